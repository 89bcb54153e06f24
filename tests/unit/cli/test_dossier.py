"""What an approver sees before deciding."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cupel.api.capability_gap import CapabilityGap
from cupel.cli.dossier import EVERYTHING, Extent, dossier
from cupel.cli.output import Failure
from cupel.cli.seen import Seen, assembled
from cupel.decide.disclosure import last_approved

from .scenes import CODE, ago, digest_of, ledger, review, revision, tool


def shown(seen: Seen, width: int = 10_000, extent: Extent = EVERYTHING) -> str:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    assert seen.revision is not None
    dossier(out, seen, seen.revision, extent)
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


LONG = CODE + "".join(f"# line {n}\n" for n in range(200))
SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}, "unit": {"type": ["string", "null"]}}}
GAP = CapabilityGap.parse({
    "metadata": {"name": "gap-0123456789", "namespace": "tools"},
    "spec": {
        "wish": "count the words of a text\n\x1b[2Jsoon", "origin": "Agent", "requestedBy": "alice",
        "demand": {"reports": 7, "callers": [], "firstAt": ago(hours=2), "lastAt": ago(hours=1)},
    },
})  # fmt: skip
MADE = {"generator": "Template", "template": "text-measure", "parameters": {}, "gap": "gap-0123456789"}
FINDING = {"rule": "unused", "line": 3, "message": "x is never used"}


def in_short(gap: CapabilityGap | None = GAP, **spec: object) -> str:
    body = tool(LONG, interface={"inputSchema": SCHEMA, "outputSchema": {"type": "object"}}, **spec)
    evidence = {"analyser": "a/1", "verdict": "Accepted", "capabilities": ["State"], "findings": [FINDING]}
    seen = assembled(body, [revision(body, analysis=evidence)], ledger())
    return shown(seen, extent=Extent(full=False, gap=gap))


@pytest.mark.parametrize(
    "says",
    [
        "made by       template text-measure",
        "made for      CapabilityGap gap-0123456789: asked for 7 times, by 1 known by name",
        "what was wished for, of agent (strangers' words)",
        "> count the words of a text",
        "> Count the words of a text.",
        "code      one file, 203 lines, ",
        "reaches   state",
        "takes     text (string), unit (string or null)",
        "trials    1 examples, 0 tests (--full shows them)",
        "finding   line 3, unused: x is never used",
        "lines more, --full shows them",
    ],
)
def test_in_short_it_says_where_a_tool_came_from_and_what_it_may_do(says: str) -> None:
    assert says in in_short(origin=MADE)


def test_in_short_is_short_and_harmless() -> None:
    text = in_short(origin=MADE)
    assert len(text.splitlines()) < 40 and "# line 150" not in text and "\x1b" not in text
    assert "inputSchema" not in text


@pytest.mark.parametrize(
    ("spec", "gap", "says"),
    [
        pytest.param(
            {"origin": MADE}, None, "gap-0123456789, which is gone or not yours to read", id="no gap"
        ),
        pytest.param({}, None, "made by       hand", id="a person's"),
        pytest.param(
            {"origin": {"generator": "Model", "model": "small"}}, None, "model small", id="a model's"
        ),
    ],
)
def test_what_is_not_known_is_said(spec: dict[str, object], gap: CapabilityGap | None, says: str) -> None:
    assert says in in_short(gap, **spec)


def test_in_short_changes_are_shown_and_unchanged_code_is_not() -> None:
    text = shown(edited(), extent=Extent(full=False))
    assert "+     return {\"words\": len(text.split(' '))}" in text
    assert "    1 | def run(" not in text and "unchanged: permissions" in text
