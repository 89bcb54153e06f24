"""Which revision a call goes to while a canary gets a share of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.decide.builders import NOON, grown, ledger, review, tool

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generated_tool_status import ServingStatus
from cupel.api.serving import CanaryStatus
from cupel.api.tool_revision import ToolRevision
from cupel.gateway.entry import NOTHING, Entry, Proven, admit, prove
from cupel.gateway.sharing import canary_of

TOOL = tool()
OLD = grown(TOOL)
EDITED = tool(code="def run(text: str) -> dict:\n    return {'words': 0}\n")
NEW = grown(EDITED)
WIDER = TOOL.spec.interface.wire() | {"inputSchema": {"type": "object"}}
OTHER = grown(tool(interface=WIDER))
CALLS_OUT = grown(tool(permissions={"egress": ["api.example.com:443"]}))
ELSE = grown(tool("another"))
GIVEN = ledger({one.spec.digest: review() for one in (OLD, NEW, OTHER, CALLS_OUT, ELSE)})


def shared(with_: ToolRevision) -> GeneratedTool:
    """The tool, its first revision serving and another getting a share."""
    serving = ServingStatus(revision=OLD.name, digest=OLD.spec.digest, since=NOON)
    canary = CanaryStatus(revision=with_.name, digest=with_.spec.digest, since=NOON, percent=20)
    return TOOL.model_copy(
        update={"status": TOOL.status.model_copy(update={"serving": serving, "canary": canary})}
    )


def entry(with_: ToolRevision) -> Entry:
    found = admit(shared(with_), prove(OLD), GIVEN, NOTHING)
    assert isinstance(found, Entry)
    return found


def proven(rev: ToolRevision) -> Proven:
    found = prove(rev)
    assert isinstance(found, Proven)
    return found


BANNED = ledger({NEW.spec.digest: review()}, {NEW.spec.digest: "bad"})
UNKNOWN = ledger({})


@pytest.mark.parametrize(
    ("named", "there", "book", "runs"),
    [
        pytest.param(NEW, proven(NEW), GIVEN, True, id="approved, and as callers were told"),
        pytest.param(NEW, proven(NEW), UNKNOWN, False, id="not approved"),
        pytest.param(NEW, proven(NEW), BANNED, False, id="condemned, though the status still names it"),
        pytest.param(NEW, proven(NEW), None, False, id="without a ledger"),
        pytest.param(NEW, "it is not there yet", GIVEN, False, id="not there"),
        pytest.param(NEW, proven(OLD), GIVEN, False, id="another digest than the status names"),
        pytest.param(ELSE, proven(ELSE), GIVEN, False, id="of another tool"),
        pytest.param(OTHER, proven(OTHER), GIVEN, False, id="with another interface"),
        pytest.param(CALLS_OUT, proven(CALLS_OUT), GIVEN, False, id="with other permissions"),
        pytest.param(NEW, replace(proven(NEW), tool_name="other"), GIVEN, False, id="under another name"),
    ],
)
def test_a_canary_runs_only_if_it_is_what_people_approved_and_callers_know(
    named: ToolRevision, there: Proven | str, book: ApprovalLedger | None, runs: bool
) -> None:
    found = canary_of(entry(named), there, book)

    assert (found is not None) == runs
    assert found is None or (found.digest, found.canary) == (named.spec.digest, None)


def test_both_digests_are_counted() -> None:
    assert entry(NEW).digests == (OLD.spec.digest, NEW.spec.digest)
