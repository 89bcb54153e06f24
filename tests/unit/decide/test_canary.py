"""A revision that first gets a share of the calls: one row a sentence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.serving import CanaryStatus
from cupel.decide.canary import obstacle
from cupel.decide.generated_tool import decide

from .builders import (
    NOON,
    deployed,
    done,
    grown,
    last,
    ledger,
    live,
    pod,
    review,
    served,
    summary,
    tool,
    world,
)

MINUTE = timedelta(minutes=1)
CANARY = {"replicas": 3, "canary": {"percent": 20, "minutes": 15}}
OLD_TOOL = tool(serving=CANARY)
OLD = grown(OLD_TOOL)
FULL = {"wanted": 3, "ready": 3}
SERVED = served(
    OLD_TOOL,
    OLD,
    world(OLD, deployments=(deployed(OLD_TOOL, OLD, **FULL),), pods=(pod(OLD),), live=live(OLD_TOOL, OLD)),
)
CODE = "def run(text: str) -> dict:\n    return {'words': 0}\n"
WIDER = {
    "inputSchema": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "additionalProperties": False,
    },
    "outputSchema": {"type": "object", "properties": {"words": {"type": "integer"}}},
}


def edited(canary: Any = CANARY, **spec: Any):
    """The tool after an edit, which the first revision still serves for."""
    return tool(code=CODE, status=SERVED.status, serving=canary, **spec)


def since(of, ago: timedelta, rev):
    """It has had its share for so long."""
    found = CanaryStatus(revision=rev.name, digest=rev.spec.digest, since=NOON - ago, percent=20)
    return of.model_copy(update={"status": of.status.model_copy(update={"canary": found})})


def beside(of, new, *, ready: int = 3, condemned=(), asked: int = 3):
    """Both run."""
    both = (
        deployed(OLD_TOOL, OLD, **FULL),
        deployed(of, new, wanted=asked, ready=ready, complete=ready >= asked),
    )
    decisions = {one.spec.digest: review() for one in (OLD, new)}
    return world(
        OLD,
        new,
        deployments=both,
        pods=(pod(OLD), pod(new)),
        live=live(of, new) | live(OLD_TOOL, OLD),
        ledger=ledger(decisions, dict.fromkeys(condemned, "bad")),
    )


def flown(reason="NoRegression", about="", **spec):
    """A policy that may condemn, and what it holds against a digest."""
    full = {
        "targetRef": {"kind": "GeneratedTool", "name": "word-count"},
        "authority": "Act",
        "rollback": {"enabled": True},
    } | spec
    said = {"digest": about or None, "reason": reason, "message": "21 % of calls failed", "saved": ""}
    metadata = {"name": "load", "namespace": "tools", "creationTimestamp": "2030-01-01T00:00:00Z"}
    return AutonomyPolicy.parse({"metadata": metadata, "spec": full, "status": {"evidence": said}})


def by(seen, *policies):
    return replace(seen, flown_by=policies)


TOOL = edited()
NEW = grown(TOOL, "2030-01-01T12:00:00Z")
OF_OLD, N = OLD.spec.digest, NEW.spec.digest
AT_ONCE = edited({"replicas": 3})
OTHER = edited(interface=WIDER)
OTHER_NEW = grown(OTHER, "2030-01-01T12:00:00Z")
KEEPS = edited(permissions={"state": "PerTenant"})
KEEPS_NEW = grown(KEEPS, "2030-01-01T12:00:00Z")

# fmt: off
CASES = [
    # sentence                                           tool                              world                                         stops at                         serves  canary
    ("ready, and gets its first calls",                  TOOL,                             beside(TOOL, NEW),                            "Canary=Unknown/CanaryRunning",  OF_OLD, N),
    ("has had them for a while",                         since(TOOL, 14 * MINUTE, NEW),    beside(TOOL, NEW),                            "Canary=Unknown/CanaryRunning",  OF_OLD, N),
    ("for as long as it should: it takes over",          since(TOOL, 15 * MINUTE, NEW),    beside(TOOL, NEW),                            "Canary=True/CanaryPassed",      N,      None),
    ("... though a policy judged it, and found nothing", since(TOOL, 15 * MINUTE, NEW),    by(beside(TOOL, NEW), flown(about=N)),        "Canary=True/CanaryPassed",      N,      None),
    ("... but not while a policy says that it is worse", since(TOOL, 15 * MINUTE, NEW),    by(beside(TOOL, NEW), flown("RevisionWorse", N)), "Canary=Unknown/CanaryRunning", OF_OLD, N),
    ("... and may not condemn it yet",                   since(TOOL, 99 * MINUTE, NEW),    by(beside(TOOL, NEW), flown("RolledBackRecently", N)), "Canary=Unknown/CanaryRunning", OF_OLD, N),
    ("... what it says of another revision is no matter", since(TOOL, 15 * MINUTE, NEW),   by(beside(TOOL, NEW), flown("RevisionWorse", OF_OLD)), "Canary=True/CanaryPassed", N,   None),
    ("... nor what it may only recommend",               since(TOOL, 15 * MINUTE, NEW),    by(beside(TOOL, NEW), flown("RevisionWorse", N, authority="Recommend")), "Canary=True/CanaryPassed", N, None),
    ("... nor what befell others as well",               since(TOOL, 15 * MINUTE, NEW),    by(beside(TOOL, NEW), flown("SharedIncident", N)), "Canary=True/CanaryPassed",  N,     None),
    ("... once it has Pods for all the calls",           since(TOOL, 15 * MINUTE, NEW),    beside(TOOL, NEW, ready=1),                   "Available=Unknown/PodsStarting", OF_OLD, N),
    ("its Pod ends: its time goes on",                   since(TOOL, MINUTE, NEW),         beside(TOOL, NEW, ready=0, asked=1),          "Available=Unknown/PodsStarting", OF_OLD, N),
    ("condemned: nothing of it stays",                   since(TOOL, MINUTE, NEW),         beside(TOOL, NEW, condemned=(N,)),            "Approved=False/Condemned",      OF_OLD, None),
    ("what serves is condemned: it takes over at once",  since(TOOL, MINUTE, NEW),         beside(TOOL, NEW, condemned=(OF_OLD,)),            "Canary=True/CanarySkipped",     N,      None),
    ("the interface changed: nothing to share",          OTHER,                            beside(OTHER, OTHER_NEW),                     "Canary=True/CanarySkipped",     OTHER_NEW.spec.digest, None),
    ("none is asked for",                                AT_ONCE,                          beside(AT_ONCE, NEW),                         "Verified=True/LiveCheckPassed", N,      None),
    ("none is asked for any more",                       since(AT_ONCE, MINUTE, NEW),      beside(AT_ONCE, NEW),                         "Verified=True/LiveCheckPassed", N,      None),
    ("another was one before it",                        since(TOOL, 20 * MINUTE, OLD),    beside(TOOL, NEW),                            "Canary=Unknown/CanaryRunning",  OF_OLD, N),
]
# fmt: on


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_one_look(case) -> None:
    _, of, seen, stops_at, serves, canary = case
    plan = decide(of, seen, NOON)

    assert last(plan) == stops_at
    assert plan.status.serving.digest == serves
    assert (plan.status.canary.digest if plan.status.canary else None) == canary


def test_its_clock_starts_with_its_first_calls_and_is_kept() -> None:
    first = decide(TOOL, beside(TOOL, NEW), NOON)
    later = TOOL.model_copy(update={"status": first.status})

    again = decide(later, beside(TOOL, NEW), NOON + 5 * MINUTE)

    assert again.status.canary.since == NOON
    assert again.revisit <= 10 * MINUTE
    assert summary(again) == "Reconciling Ready=Unknown"
    message = again.status.conditions[-1].message
    assert f"{NEW.name} gets 20 % of the calls beside {OLD.name}" in message
    assert "takes over at 2030-01-01 12:15:00 UTC" in message


@pytest.mark.parametrize(
    ("policies", "says"),
    [
        pytest.param((), "Only people judge it (kubectl cupel rollback word-count -n tools)", id="nobody"),
        pytest.param((flown(),), "AutonomyPolicy load judges it", id="a policy that may act"),
        pytest.param((flown(authority="Recommend"),), "Only people judge it", id="one that may not"),
        pytest.param((flown(paused=True),), "Only people judge it", id="one that is paused"),
        pytest.param((flown(rollback={}),), "Only people judge it", id="one that only scales"),
    ],
)
def test_it_says_who_judges_it(policies, says) -> None:
    assert says in decide(TOOL, by(beside(TOOL, NEW), *policies), NOON).status.conditions[-1].message


def test_it_says_what_is_held_against_it() -> None:
    seen = by(beside(TOOL, NEW), flown("RevisionWorse", N))
    message = decide(since(TOOL, 15 * MINUTE, NEW), seen, NOON).status.conditions[-1].message

    assert "does not take over: AutonomyPolicy load: 21 % of calls failed" in message


def test_it_has_pods_for_its_share_alone_until_it_takes_over() -> None:
    def wanted(of) -> list[int]:
        plan = decide(of, beside(of, NEW), NOON)
        names = {NEW.name, OLD.name}
        applied = (a.manifest for a in plan.actions if hasattr(a, "manifest"))
        found = {m["metadata"]["name"]: m["spec"]["replicas"] for m in applied if m["kind"] == "Deployment"}
        return [found.get(name, 0) for name in sorted(names, key=lambda name: name == OLD.name)]

    assert wanted(TOOL) == [1, 3]
    assert wanted(since(TOOL, 15 * MINUTE, NEW))[0] == 3


@pytest.mark.parametrize(
    ("new", "why"),
    [
        pytest.param(NEW, "", id="the code alone changed"),
        pytest.param(OTHER_NEW, "interface", id="the interface changed"),
        pytest.param(KEEPS_NEW, "permissions", id="the permissions changed"),
    ],
)
def test_what_can_share(new, why) -> None:
    found = obstacle(new, SERVED.status.serving, beside(TOOL, new))

    assert (why in found) if why else not found


def test_two_revisions_with_state_do_not_share() -> None:
    one, other = (
        grown(tool(code=code, permissions={"state": "PerTenant"})) for code in (CODE, CODE + "# 2\n")
    )
    serving = SERVED.status.serving.model_copy(update={"revision": one.name, "digest": one.spec.digest})

    assert "same state" in obstacle(other, serving, world(one, other))


def test_both_deployments_stay_while_they_share() -> None:
    assert not [what for what in done(decide(TOOL, beside(TOOL, NEW), NOON)) if what.startswith("Delete")]
