"""What is news of a gap: what needs a person for its own sake, once, and nothing that its tool's notices say."""

from typing import Any

import pytest

from cupel.api.capability_gap import CapabilityGap
from cupel.decide.gap_notices import gap_notices, seen_gap
from cupel.decide.notice_text import letter


def gap(*conditions: tuple[str, str, str], observed: int = 3, **meta: Any) -> CapabilityGap:
    rows = [
        {"type": kind, "status": status, "reason": reason, "message": "so it is", "lastTransitionTime": "2030-01-01T12:00:00Z"}
        for kind, status, reason in conditions
    ]  # fmt: skip
    metadata = {"name": "gap-1", "namespace": "tools", "uid": "u", "generation": 3} | meta
    spec = {"wish": "ask <@everyone> for money", "requestedBy": "alice", "onBehalfOf": "agent-1"}
    status = {"observedGeneration": observed, "conditions": rows}
    return CapabilityGap.parse({"metadata": metadata, "spec": spec, "status": status})


def stops(gate: str, reason: str, mark: str = "Stalled") -> tuple[tuple[str, str, str], ...]:
    before = [
        ("Accepted", "True", "Accepted"),
        ("Planned", "True", "TemplateFits"),
        ("Built", "True", "ToolMade"),
    ]
    names = ("Accepted", "Planned", "Built", "Answered")
    return (
        *before[: names.index(gate)],
        (gate, "False", reason),
        (mark, "True", reason),
        ("Ready", "False", reason),
    )


# fmt: off
ROWS = [
    ("nothing fits",                   gap(*stops("Planned", "NothingFits", "Suspended")), ("Waiting", "NothingFits")),
    ("its template is no good",        gap(*stops("Planned", "TemplateInvalid")),          ("Refused", "TemplateInvalid")),
    ("its policy is gone",             gap(*stops("Accepted", "PolicyNotFound")),          ("Refused", "PolicyNotFound")),
    ("no attempt is left",             gap(*stops("Answered", "AttemptsExhausted")),       ("Refused", "AttemptsExhausted")),
    ("its tool is refused",            gap(*stops("Answered", "CodeRefused")),             None),
    ("its tool waits for approval",    gap(*stops("Answered", "AwaitingApproval", "Suspended")), None),
    ("a person closed it",             gap(*stops("Accepted", "Closed", "Suspended")),     None),
    ("its policy is paused",           gap(*stops("Accepted", "Paused", "Suspended")),     None),
    ("it is answered",                 gap(("Answered", "True", "Serving"), ("Ready", "True", "Answered")), None),
    ("work goes on",                   gap(("Built", "Unknown", "AwaitingAuthor"), ("Reconciling", "True", "AwaitingAuthor")), None),
    ("the status is about the spec before", gap(*stops("Planned", "NothingFits", "Suspended"), observed=2), None),
    ("it is being deleted",            gap(*stops("Planned", "NothingFits", "Suspended"), deletionTimestamp="2030-01-01T12:00:00Z"), None),
]
# fmt: on


@pytest.mark.parametrize(("of", "told"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_told(of, told):
    assert [(n.news, n.key.reason) for n in gap_notices(seen_gap(of))] == ([told] if told else [])


def test_how_it_reads():
    (notice,) = gap_notices(seen_gap(ROWS[0][1]))
    found = letter(notice, 1, "prod")

    assert found.title == "[Cupel prod] tools/gap-1 waits for a person: NothingFits"
    assert found.body.splitlines()[:5] == [
        "CapabilityGap gap-1 in namespace tools",
        "Reason: NothingFits, since 2030-01-01 12:00:00 UTC",
        "Asked for by: agent-1, alice",
        "Message: so it is",
        "- wish: ask ‹(at)everyone› for money",
    ]
    assert "  kubectl describe gap gap-1 -n tools" in found.body
