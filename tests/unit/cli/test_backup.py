"""A ledger's backup: what the file holds, what is no backup, and what a restore has left to do."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cupel.cli.backup import Backup, parse, read, write
from cupel.cli.ledger import Work, work
from cupel.cli.ledger_preview import preview
from cupel.cli.output import Failure

from .scenes import ledger, review

Body = dict[str, Any]
A, B = "sha256-" + "a" * 64, "sha256-" + "b" * 64


def stored(
    decisions: Body | None = None, condemned: Body | None = None, generation: int = 1, **spec: Any
) -> Body:
    body = ledger(decisions, condemned, **spec)
    return body | {"metadata": body["metadata"] | {"generation": generation}}


def kept(**more: Any) -> Backup:
    return Backup.of(stored({A: review(), **more}, {B: "errors"}), "2026-11-26T12:00:00+00:00", "zoe")


def test_it_comes_back_as_it_went(tmp_path: Path) -> None:
    write(kept(), str(tmp_path / "f"))
    assert read(str(tmp_path / "f")) == kept()
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_backup_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("older")
    with pytest.raises(Failure, match="is never overwritten"):
        write(kept(), str(tmp_path / "f"))
    assert (tmp_path / "f").read_text() == "older" and len(list(tmp_path.iterdir())) == 1


def at(*path: str, value: Any = None) -> Callable[[Body], None]:
    def change(body: Body) -> None:
        for part in path[:-1]:
            body = body[part]
        if value is None:
            del body[path[-1]]
        else:
            body[path[-1]] = value

    return change


# fmt: off
BAD = [
    ("another format",                 at("format", value="cupel.dev/get/v1"), "`format` must be cupel.dev/ledger-backup/v2"),
    ("a field is missing",             at("takenBy"), "`takenBy` is missing"),
    ("a field too many",               at("extra", value=1), "`extra` is unknown"),
    ("a name that is none",            at("namespace", value=1), "`namespace` must be a text"),
    ("a decision that is neither",     at("spec", "decisions", A, "review", "decision", value="Maybe"), f"`spec.decisions.{A}.review.decision`"),
    ("an unknown field in an entry",   at("spec", "decisions", A, "note", value="x"), f"`spec.decisions.{A}.note`"),
    ("a key that is no digest",        at("condemned", "x", value="y"), "`condemned.x"),
    ("floors are gone",                at("spec", "floors"), "`spec.floors`"),
    ("one decision was changed",       at("spec", "decisions", A, "review", "by", value="mallory"), "changed after it was taken"),
    ("a condemnation was taken out",   at("condemned", B), "changed after it was taken"),
    ("it is of another namespace",     at("namespace", value="other"), "changed after it was taken"),
    ("another took it",                at("takenBy", value="king"), "changed after it was taken"),
    ("it was taken at another time",   at("takenAt", value="2026-11-27T12:00:00+00:00"), "changed after it was taken"),
    ("the floors were lowered",        at("spec", "floors", value={"withoutEgress": 0, "withEgress": 0}), "changed after it was taken"),
]
# fmt: on


@pytest.mark.parametrize(("change", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_no_backup_is_told_by_its_field(change: Callable[[Body], None], says: str) -> None:
    body = copy.deepcopy(kept().document())
    change(body)
    with pytest.raises(ValueError) as error:
        parse(body)
    assert says in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100_000, '{"format": NaN}', "\udcff"])
def test_a_file_that_is_none_ends_in_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Failure, match="is no backup of a ledger"):
        read(str(path))


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be read: No such file"):
        read(str(tmp_path / "none"))


# fmt: off
WORK = [
    ("there is no ledger: all of it",            None, Work(create=True, condemned=True, decisions=True)),
    ("an empty ledger nobody changed",           stored(), Work(condemned=True, decisions=True)),
    ("cut short after the condemnations",        stored(None, {B: "errors"}), Work(decisions=True)),
    ("all of it is there",                       stored({A: review()}, {B: "errors"}, 2), Work()),
    ("settings may differ",                      stored(separation="OnePersonTwoChannels"), Work(condemned=True, decisions=True)),
]
IN_USE = [
    ("somebody decided",                         stored({B: review()}, generation=2)),
    ("the settings were changed since",          stored(generation=2)),
    ("it was emptied",                           stored(generation=7)),
    ("the operator condemned something else",    stored(None, {A: "other"})),
    ("the decisions are there, not the condemned", stored({A: review()}, generation=2)),
]
# fmt: on


@pytest.mark.parametrize(("found", "left"), [row[1:] for row in WORK], ids=[row[0] for row in WORK])
def test_what_is_left_to_do(found: Body | None, left: Work) -> None:
    said = {A: {**review(), "review": review()["review"]}}
    assert work(Backup.of(stored(said, {B: "errors"}), "", ""), found) == left


@pytest.mark.parametrize("found", [row[1] for row in IN_USE], ids=[row[0] for row in IN_USE])
def test_a_ledger_in_use_is_left_alone(found: Body) -> None:
    with pytest.raises(Failure, match=r"is in use .* restored only into a ledger that nobody changed"):
        work(kept(), found)


def test_the_preview_shows_every_entry_and_no_escape() -> None:
    both = {
        "egress": ["a.test:443"],
        "review": review()["review"],
        "code": {"decision": "Reject", "by": "e\x1b[2Jve", "vouchedBy": "x"},
    }
    out = Console(file=io.StringIO(), width=10_000, highlight=False)
    preview(out, kept(**{B: both}), stored(separation="OnePersonTwoChannels"))
    assert isinstance(out.file, io.StringIO)
    text = out.file.getvalue()
    assert "\x1b" not in text
    assert f"{A}  Approve by bob (review)" in text
    assert "Reject by e\\x1b[2Jve (code); egress a.test:443" in text
    assert f"{B}  condemned: errors" in text
    assert "differ from the backup's (ledger -> backup); they are left alone" in text
    assert "  separation: OnePersonTwoChannels -> TwoPeople\n" in text
    assert "2 decisions (bob 2," in text


def test_two_ledgers_that_say_the_same_have_the_same_hash() -> None:
    one = Backup.of(stored({A: review()}), "a", "b")
    other = Backup.of(json.loads(json.dumps(stored({A: one.spec["decisions"][A]}, generation=9))), "c", "d")
    assert one.content == other.content and one.sha256 != other.sha256


IMAGE, OTHER = "x.test/a@sha256:" + "1" * 64, "x.test/b@sha256:" + "2" * 64


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (None, ["floor without egress: made with 0", "floor with egress: made with 0", "separation: made with TwoPeople", f"launcher image {IMAGE}: made with yes"]),
        ({"floors": {"withoutEgress": 0, "withEgress": 0}, "launcherImages": [IMAGE]}, ["settings: as the ledger has them", "floor with egress: 0\n", f"launcher image {IMAGE}: yes\n"]),
        ({"floors": {"withoutEgress": 0, "withEgress": 2}, "launcherImages": [OTHER]}, ["floor without egress: 0\n", "floor with egress: 2 -> 0", f"launcher image {IMAGE}: no -> yes", f"launcher image {OTHER}: yes -> no"]),
    ],
    ids=["no ledger", "the same", "others"],
)  # fmt: skip
def test_the_preview_shows_every_setting(found: Body | None, lines: list[str]) -> None:
    floors = {"withoutEgress": 0, "withEgress": 0}
    out = Console(file=io.StringIO(), width=10_000, highlight=False)
    of = Backup.of(stored(floors=floors, launcherImages=[IMAGE]), "a", "b")
    preview(out, of, None if found is None else stored(**found))
    assert isinstance(out.file, io.StringIO)
    assert [line for line in lines if line not in out.file.getvalue()] == []
