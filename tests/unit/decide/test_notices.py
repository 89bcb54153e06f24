"""What is news of a tool, whom it is for, and when it is said again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.decide.builders import NOON, revision, tool, window

from cupel.api.common import Condition
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generated_tool_status import GeneratedToolStatus
from cupel.api.routing import Routing
from cupel.api.tool_revision import AnalysisEvidence, Finding, ToolRevision
from cupel.decide.notice_due import Mark, owed
from cupel.decide.notices import Key, Notice, notices, seen_revision, seen_tool

HOUR = timedelta(hours=1)
ROUTES = Routing.model_validate(
    {
        "channels": [{"name": name, "url": "json://x"} for name in ("chat", "mail", "team-a")],
        "routes": [
            {"name": "all", "channels": ["chat"]},
            {"name": "people", "channels": ["mail", "chat"], "news": ["Waiting"], "remindAfterSeconds": [3600, 14400],
             "remindBeforeDeadlineSeconds": [3600]},
            {"name": "a", "channels": ["team-a"], "namespaces": ["a-*", "alpha"], "reasons": ["CodeRefused"]},
        ],
    },
    by_alias=True,
)  # fmt: skip


def condition(kind: str, status: str, reason: str, at: datetime = NOON, message: str = "") -> Condition:
    return Condition(type=kind, status=status, reason=reason, message=message, last_transition_time=at)  # type: ignore[arg-type]


def standing(
    *conditions: Condition, generation: int = 7, observed: int = 7, meta: Any = None, **spec: Any
) -> GeneratedTool:
    made = tool(meta={"generation": generation} | (meta or {}), **spec)
    digest = revision(made).spec.digest
    status = GeneratedToolStatus(
        observed_generation=observed, conditions=conditions, revision="word-count-1", digest=digest
    )
    return made.model_copy(update={"status": status})


def served(at: datetime = NOON, **more: Any) -> GeneratedTool:
    return standing(condition("Ready", "True", "Serving", at), **more)


def refused(reason: str = "CodeRefused", **more: Any) -> GeneratedTool:
    return standing(condition("Stalled", "True", reason), condition("Ready", "False", reason), **more)


def waits(reason: str = "AwaitingApproval", **more: Any) -> GeneratedTool:
    return standing(condition("Suspended", "True", reason), condition("Ready", "False", reason), **more)


def condemned(of: GeneratedTool | None = None, **more: Any) -> ToolRevision:
    return revision(of, conditions=(condition("Approved", "False", "Condemned"),), **more)


def known(of: GeneratedTool, *revisions: ToolRevision) -> tuple[Notice, ...]:
    return notices(seen_tool(of), [seen_revision(rev) for rev in revisions])


STANDS: dict[str, tuple[GeneratedTool, Sequence[ToolRevision], list[tuple[str, str]]]] = {
    "a tool that serves": (served(), [], [("Served", "Serving")]),
    "... told once, however often it sleeps": (standing(condition("Ready", "True", "Asleep")), [], [("Served", "Serving")]),
    "... and wakes": (standing(condition("Ready", "True", "Waking")), [], [("Served", "Serving")]),
    "a tool that is refused": (refused(), [], [("Refused", "CodeRefused")]),
    "a reason this version does not know": (refused("SomethingNew"), [], [("Refused", "SomethingNew")]),
    "time for approval ran out": (refused("ApprovalExpired"), [], [("Refused", "ApprovalExpired")]),
    "somebody said no": (refused("Rejected"), [], [("Refused", "Rejected")]),
    "it waits for approval": (waits(), [revision(approval=window("Waiting"))], [("Waiting", "AwaitingApproval")]),
    "its policy is paused": (waits("Paused"), [], [("Waiting", "Paused")]),
    "it is scaled to zero": (waits("ScaledToZero"), [], [("Waiting", "ScaledToZero")]),
    "it is retired: nobody waits": (waits("Retired"), [], []),
    "work goes on": (standing(condition("Reconciling", "True", "TrialRunning"), condition("Ready", "Unknown", "TrialRunning")), [], []),
    "nobody has looked at it yet": (standing(observed=0), [], []),
    "the status is about the spec before": (served(observed=6), [], []),
    "it is being deleted": (served(meta={"deletionTimestamp": "2030-01-01T12:00:00Z"}), [], []),
    "it was rolled back": (refused("Condemned"), [], [("Condemned", "Condemned")]),
    "what served was rolled back while the next one waits": (
        waits(), [condemned(tool(code="def run(text: str) -> dict:\n    return {}\n"))], [("Waiting", "AwaitingApproval"), ("Condemned", "Condemned")]),
}  # fmt: skip


@pytest.mark.parametrize("case", STANDS)
def test_there_is_to_tell(case: str) -> None:
    of, revisions, expected = STANDS[case]

    assert [(one.news, one.key.reason) for one in known(of, *revisions)] == expected


def test_of_the_revision_asked_for_the_tool_speaks_and_the_revision_is_only_remembered() -> None:
    by_tool, by_revision = known(refused("Condemned"), condemned())

    assert (by_tool.key.uid, by_tool.told_otherwise) == ("tool-uid", False)
    assert by_revision.told_otherwise
    assert told(by_revision) == "remembered"


def test_a_notice_says_who_asked_until_when_and_the_command() -> None:
    (notice,) = known(waits(onBehalfOf="agent"), revision(approval=window("Waiting")))

    assert notice.requesters == ("agent", "alice")
    assert notice.deadline == NOON + timedelta(days=1)
    assert notice.since == NOON
    assert notice.commands[0].startswith("kubectl cupel approve word-count -n tools")


def test_a_window_of_an_earlier_attempt_sets_no_deadline() -> None:
    (notice,) = known(waits(attempt=1), revision(approval=window("Waiting")))

    assert notice.deadline is None


def test_a_refusal_names_rule_and_line() -> None:
    finding = Finding(rule="dynamic-code", line=3, message="eval")
    evidence = AnalysisEvidence(analyser="x", verdict="Refused", findings=(finding,) * 5)

    (notice,) = known(refused(), revision(analysis=evidence))

    assert notice.details == ("line 3, rule dynamic-code: eval",) * 3
    assert notice.commands[0] == "kubectl cupel explain word-count -n tools"


def told(
    notice: Notice,
    at: datetime = NOON,
    before: Mark | None = None,
    earlier: Mark | None = None,
    routes: Routing = ROUTES,
) -> str:
    """What is owed, in words: the channels, `remembered`, or nothing."""
    found = owed(notice, before, earlier, routes, at)
    if found is None:
        return "nothing"
    assert found.before == before
    if not found.channels:
        return "remembered"
    return f"{found.after.tellings}: {' '.join(found.channels)}"


def mark(since: datetime = NOON, covered: datetime = NOON, tellings: int = 1) -> Mark:
    return Mark(since, covered, tellings)


(SERVED,) = known(served())
(REFUSED,) = known(refused())
(REFUSED_IN_A,) = known(refused(meta={"namespace": "a-team"}))
(REFUSED_IN_ALPHA,) = known(refused(meta={"namespace": "alpha"}))
(REFUSED_IN_ALPHABET,) = known(refused(meta={"namespace": "alphabet"}))
(WAITS,) = known(waits(), revision(approval=window("Waiting")))
(WAITS_ANEW,) = known(waits(), revision(approval=window("Waiting", asked=NOON + 2 * HOUR)))
(PAUSED,) = known(waits("Paused"))
DAY = timedelta(days=1)
OWED: dict[str, tuple[str, str]] = {
    "served, for the first time": (told(SERVED), "1: chat"),
    "served, as was told": (told(SERVED, NOON + HOUR, mark()), "nothing"),
    "served, known and not told": (told(SERVED, NOON + HOUR, mark(tellings=0)), "nothing"),
    "the spec changed and it served on": (told(SERVED, earlier=mark()), "remembered"),
    "the spec changed and it came to serve again": (told(SERVED, earlier=mark(NOON - HOUR)), "1: chat"),
    "refused once more for the same reason": (told(REFUSED, earlier=mark()), "1: chat"),
    "a route of some namespaces, by beginning": (told(REFUSED_IN_A), "1: chat team-a"),
    "a route of some namespaces, by name": (told(REFUSED_IN_ALPHA), "1: chat team-a"),
    "a route of other namespaces": (told(REFUSED_IN_ALPHABET), "1: chat"),
    "no route at all": (told(SERVED, routes=Routing(channels=(), routes=())), "remembered"),
    "waiting, for the first time: each channel once": (told(WAITS), "1: chat mail"),
    "waiting, before the first reminder": (told(WAITS, NOON + HOUR - timedelta(seconds=1), mark()), "nothing"),
    "waiting, at the first reminder": (told(WAITS, NOON + HOUR, mark()), "2: mail chat"),
    "waiting, after the first reminder": (told(WAITS, NOON + 2 * HOUR, mark(covered=NOON + HOUR)), "nothing"),
    "waiting, at the second": (told(WAITS, NOON + 4 * HOUR, mark(covered=NOON + HOUR, tellings=2)), "3: mail chat"),
    "two reminders were slept through: one is sent": (told(WAITS, NOON + 5 * HOUR, mark()), "2: mail chat"),
    "waiting, an hour before the deadline": (told(WAITS, NOON + 23 * HOUR, mark(covered=NOON + 5 * HOUR)), "2: mail chat"),
    "waiting, half an hour before the deadline": (told(WAITS, NOON + 23.5 * HOUR, mark(covered=NOON + 23 * HOUR)), "nothing"),
    "found late, it is told once and not reminded of at once": (told(WAITS, NOON + 5 * HOUR, mark(covered=NOON + 5 * HOUR)), "nothing"),
    "the operator's clock is ahead of ours": (told(WAITS, NOON - HOUR), "1: chat mail"),
    "and it is not told twice for it": (told(WAITS, NOON - HOUR, mark()), "nothing"),
    "an approval was withdrawn: the time runs anew": (told(WAITS_ANEW, NOON + 2 * HOUR, mark()), "2: chat mail"),
    "a change of the spec that touched no wait": (told(WAITS, NOON + HOUR / 2, earlier=mark()), "remembered"),
    "paused: there is no deadline, but a reminder": (told(PAUSED, NOON + HOUR, mark()), "2: mail chat"),
    "served things are not reminded of": (told(SERVED, NOON + DAY, mark()), "nothing"),
}  # fmt: skip


@pytest.mark.parametrize("case", OWED)
def test_owed(case: str) -> None:
    found, expected = OWED[case]

    assert found == expected


def test_what_goes_on_over_a_change_of_the_spec_is_reminded_of_as_before() -> None:
    before = mark(covered=NOON + HOUR, tellings=2)

    found = owed(WAITS, None, before, ROUTES, NOON + 2 * HOUR)

    assert found is not None and found.after == before


def test_looking_again_owes_nothing() -> None:
    """The second look: whatever was just owed is covered, at once and in the same second."""
    for notice in (SERVED, REFUSED, WAITS, PAUSED):
        for at in (NOON, NOON + HOUR, NOON + 23 * HOUR, NOON - HOUR):
            first = owed(notice, None, None, ROUTES, at)
            assert first is not None
            assert owed(notice, first.after, None, ROUTES, at) is None
            again = owed(notice, first.after, None, ROUTES, at + 5 * HOUR)
            assert again is None or owed(notice, again.after, None, ROUTES, at + 5 * HOUR) is None


def test_a_notice_is_of_object_generation_and_reason() -> None:
    assert SERVED.key == Key("tool-uid", 7, "Serving")
