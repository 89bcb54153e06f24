"""A tool whose policy lets it sleep, from asleep to awake: one row a sentence."""

from datetime import timedelta

import pytest

from cupel.decide.generated_tool import decide
from cupel.decide.sleep import WAKE

from .builders import NOON, deployed, done, grown, last, pod, served, summary, tool
from .test_replicas import OFF, REV, SERVED, TOOL, flown, runs, seen

SLEEPS, WAKES = flown(0, least=0), flown(1, least=0)
JUST, LATE = NOON - timedelta(seconds=5), NOON - WAKE
NO_POD = ()


def starting(since, **how):
    return (pod(REV, ready=False, address="", created_at=since, **how),)


UP = (pod(REV, created_at=JUST),)
CRASHES = starting(JUST, waiting="CrashLoopBackOff", last_exit="exit code 1")
NO_IMAGE = starting(JUST, waiting="ImagePullBackOff")
NO_NODE = starting(JUST, unschedulable="no node has 4 GiB")
REFUSED = (deployed(TOOL, REV, wanted=1, ready=0, complete=False, failure="exceeded quota"),)

# fmt: off
CASES = [
    # sentence                                       tool     policy   Deployment    Pods                 Available                         Ready            sleep
    ("asleep",                                       SERVED,  SLEEPS,  runs(0),      NO_POD,              "True/Asleep",                    "True/Asleep",   "Asleep"),
    ("falling asleep, its Pod still there",          SERVED,  SLEEPS,  runs(1),      UP,                  "True/Asleep",                    "True/Asleep",   "Asleep"),
    ("woken, the Deployment not told yet",           SERVED,  WAKES,   runs(0),      NO_POD,              "True/Waking",                    "True/Waking",   "Waking"),
    ("... told, and without a Pod yet",              SERVED,  WAKES,   runs(1, 0),   NO_POD,              "True/Waking",                    "True/Waking",   "Waking"),
    ("its Pod starts",                               SERVED,  WAKES,   runs(1, 0),   starting(JUST),      "True/Waking",                    "True/Waking",   "Waking"),
    ("... for too long",                             SERVED,  WAKES,   runs(1, 0),   starting(LATE),      "Unknown/PodsStarting",           "Unknown/PodsStarting", None),
    ("... and ends again and again",                 SERVED,  WAKES,   runs(1, 0),   CRASHES,             "False/ToolCrashing",             "False/ToolCrashing", None),
    ("... and its image is not there",               SERVED,  WAKES,   runs(1, 0),   NO_IMAGE,            "Unknown/ImageMissing",           "Unknown/ImageMissing", None),
    ("... and no node takes it",                     SERVED,  WAKES,   runs(1, 0),   NO_NODE,             "Unknown/Unschedulable",          "Unknown/Unschedulable", None),
    ("... and the API server refuses it",            SERVED,  WAKES,   REFUSED,      NO_POD,              "Unknown/PodsDenied",             "Unknown/PodsDenied", None),
    ("it is ready",                                  SERVED,  WAKES,   runs(1),      UP,                  "True/PodsReady",                 "True/Serving",  None),
    ("its only Pod is replaced",                     SERVED,  WAKES,   runs(1, 0),   starting(JUST),      "True/Waking",                    "True/Waking",   "Waking"),
    ("... where it may not sleep: not ready",        SERVED,  flown(1), runs(1, 0),  starting(JUST),      "Unknown/PodsStarting",           "Unknown/PodsStarting", None),
    ("more are on their way than one",               SERVED,  flown(3, least=0), runs(3, 1), UP,          "True/PodsReady",                 "True/Serving",  None),
    ("paused in its sleep: it wakes",                SERVED,  flown(0, least=0, paused=True), runs(0), NO_POD, "True/Waking",               "True/Waking",   "Waking"),
    ("a person switched it off",                     OFF,     SLEEPS,  runs(0),      NO_POD,              "Unknown/ScaledToZero",           "False/ScaledToZero", None),
    ("... and on again: its Pod starts",             SERVED,  flown(1), runs(0),     NO_POD,              "Unknown/PodsStarting",           "Unknown/PodsStarting", None),
]
# fmt: on
each = pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])


def condition_of(plan, kind):
    found = next(c for c in plan.status.conditions if c.type == kind)
    return f"{found.status}/{found.reason}"


def world_of(case):
    _, _, policy, deployments, pods, *_ = case
    return seen((policy,), deployments, pods)


@each
def test_what_is_said_of_it(case):
    _, of, _, _, _, available, ready, sleep = case
    plan = decide(of, world_of(case), NOON)

    assert condition_of(plan, "Available") == available
    assert condition_of(plan, "Ready") == ready
    assert plan.status.serving.sleep == sleep
    assert plan.status.serving.digest == REV.spec.digest, "what is called stays the same digest"


@each
def test_no_revision_is_said_to_serve_whose_own_pods_are_missing(case):
    plan = decide(case[1], world_of(case), NOON)
    ready = next(one for one in plan.status.conditions if one.type == "Ready")

    assert plan.status.serving.ready_replicas or "serves meanwhile" not in ready.message


@each
def test_the_words_of_kstatus_hold(case):
    """Asleep and waking are Current: a call is answered. What is not ready is in progress, failed or suspended."""
    plan = decide(case[1], world_of(case), NOON)
    marks = [c.type for c in plan.status.conditions if c.type in ("Reconciling", "Stalled", "Suspended")]

    assert bool(marks) != summary(plan).endswith("Ready=True")


@each
def test_nobody_is_called_while_no_pod_is_ready(case):
    plan = decide(case[1], world_of(case), NOON)

    assert not [one for one in done(plan) if one.startswith("Verify")]


@each
def test_a_second_look_changes_nothing(case):
    first = decide(case[1], world_of(case), NOON)
    again = decide(case[1].model_copy(update={"status": first.status}), world_of(case), NOON)

    assert again.status == first.status


def test_it_is_looked_at_again_when_waking_takes_too_long():
    plan = decide(SERVED, seen((WAKES,), runs(1, 0), starting(JUST)), NOON)

    assert plan.revisit == WAKE - timedelta(seconds=5)


def test_an_example_that_is_always_checked_is_not_checked_asleep():
    examples = [{"name": "two", "arguments": {"text": "a b"}, "result": {"words": 2}, "liveCheck": "Always"}]
    asked = tool(examples=examples)
    rev = grown(asked)
    sleeper = served(asked, rev)
    world = seen((SLEEPS,), (deployed(asked, rev, wanted=0, ready=0),), (), rev)

    plan = decide(sleeper, world, NOON)

    assert (last(plan), summary(plan)) == ("Verified=True/LiveCheckPassed", "Ready=True")
    assert not [one for one in done(plan) if one.startswith("Verify")]


def test_it_goes_on_being_listed_under_an_older_revision_while_a_new_one_is_proved():
    edited = tool(code="def run(text): return {}\n", status=SERVED.status)
    plan = decide(edited, seen((SLEEPS,), runs(0), ()), NOON)

    assert plan.status.serving.digest == REV.spec.digest
    assert plan.status.serving.sleep == "Asleep"
