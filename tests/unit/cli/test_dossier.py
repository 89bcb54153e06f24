"""What an approver sees before deciding."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cupel.cli.dossier import dossier
from cupel.cli.output import Failure
from cupel.cli.seen import Seen, assembled
from cupel.decide.disclosure import last_approved

from .scenes import CODE, ago, digest_of, ledger, review, revision, tool


def shown(seen: Seen, width: int = 10_000) -> str:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    assert seen.revision is not None
    dossier(out, seen, seen.revision)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def edited(decisions: str = "Approve", condemned: bool = False) -> Seen:
    """A tool whose first revision was decided about, and then changed."""
    old, new = tool(CODE), tool(CODE.replace("split()", "split(' ')"), description="Count words apart.")
    said = ledger({digest_of(old): review(decisions)}, {digest_of(old): "why"} if condemned else {})
    return assembled(new, [revision(old, created=ago(hours=2)), revision(new)], said)


@pytest.mark.parametrize(
    "says",
    [
        "asked for by  alice",
        "risk          Low",
        "egress        none",
        "credentials   none",
        "> Count the words of a text.",
        "    1 | def run(",
    ],
)
def test_a_first_revision_is_shown_whole(says: str) -> None:
    assert says in shown(assembled(tool(), [revision(tool())], ledger()))


def test_a_later_one_is_shown_as_changes_of_every_part() -> None:
    text = shown(edited())
    assert '-     return {"words": len(text.split())}' in text
    assert "+     return {\"words\": len(text.split(' '))}" in text
    assert "+ Count words apart." in text
    assert "code: changes since word-count-" in text and "description: changes since word-count-" in text
    assert "unchanged: permissions, interface, examples, tests, all else" in text


@pytest.mark.parametrize(
    ("seen", "compared"),
    [
        pytest.param(edited(), True, id="approved"),
        pytest.param(edited("Reject"), False, id="rejected"),
        pytest.param(edited(condemned=True), False, id="condemned since"),
    ],
)
def test_it_compares_with_what_people_approved(seen: Seen, compared: bool) -> None:
    assert seen.revision is not None
    assert (last_approved(seen.revision, seen.revisions, seen.ledger, "") is not None) == compared


def test_who_else_had_a_hand_in_it_is_named() -> None:
    body = tool(contributors=["mallory"], onBehalfOf="eve")
    assert "alice, on behalf of eve; earlier content by mallory" in shown(
        assembled(body, [revision(body)], None)
    )


HOSTILE = (
    'def run(text: str) -> dict:\n    return {"a": "\x1b[1A\u202e"}  ' + " " * 60 + "    3 |     return {}\n"
)


@pytest.mark.parametrize("width", [80, 40, 10_000])
def test_strangers_text_cannot_pass_for_ours(width: int) -> None:
    body = tool(HOSTILE, description="fine.\n\x1b[2J✓ Validated   proved")
    lines = shown(assembled(body, [revision(body)], None), width).splitlines()
    assert not any("\x1b" in line or "\u202e" in line for line in lines)
    assert not any(line.startswith("    3 |     return") for line in lines)
    assert not any(line.lstrip().startswith("✓ Validated") for line in lines)


@pytest.mark.parametrize(
    ("digits", "found"),
    [
        ("{0}", True),
        ("sha256-{0}", True),
        ("{1}", True),
        ("{2}", False),
        ("word-count-{3}", True),
        ("", False),
    ],
    ids=["64 digits", "with its prefix", "8 digits", "7 digits", "the revision's name", "nothing"],
)
def test_a_digest_may_be_shortened_but_not_guessed(digits: str, found: bool) -> None:
    body = tool()
    seen = assembled(body, [revision(body)], None)
    hexes = digest_of(body).removeprefix("sha256-")
    wanted = digits.format(hexes, hexes[:8], hexes[:7], hexes[:10])
    if found:
        assert seen.named(wanted).spec.digest == digest_of(body)
    else:
        with pytest.raises(Failure):
            seen.named(wanted)
