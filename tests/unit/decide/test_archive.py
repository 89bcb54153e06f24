"""Which tools are archived, what is said of them, and how they come back: one row a sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cupel.api import names
from cupel.api.tool_policy import CallsKnown
from cupel.decide import tool_policy
from cupel.decide.archive import Use, calls_known, last_used
from cupel.decide.generated_tool import decide
from cupel.decide.plan import Apply

from .builders import NOON, done, last, pod, policy, summary, tool, world
from .test_replicas import OFF, REV, SERVED, TOOL, flown, runs, seen

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LATER = NOON + 30 * DAY
JUST = LATER - MINUTE


def known(since=NOON, **lifecycle):
    """A ToolPolicy of a zone whose gateways have been looked at since then."""
    found = policy(lifecycle=lifecycle) if lifecycle else policy()
    calls = CallsKnown(since=since, looked_at=JUST)
    return found.model_copy(update={"status": found.status.model_copy(update={"calls": calls})})


def used(of, **status):
    return of.model_copy(update={"status": of.status.model_copy(update=status)})


def touched(of, said, annotation=names.USED):
    annotations = of.metadata.annotations | {annotation: said}
    meta = of.metadata.model_copy(update={"annotations": annotations})
    return of.model_copy(update={"metadata": meta})


def put_away(of, at):
    """A person archived it then."""
    return touched(of, at if isinstance(at, str) else at.isoformat(), names.ARCHIVE)


def sleeping(of, sleep):
    return used(of, serving=of.status.serving.model_copy(update={"sleep": sleep}))


SEEN = Use(looked_at=JUST)
ASLEEP = sleeping(SERVED, "Archived")
UP, NO_POD = (pod(REV),), ()
RETIRED = tool(status=SERVED.status, lifecycle="Retired")
# fmt: off
CASES = [
    # sentence                                       tool      policy                        use                                    flown                      runs        Pods wanted  Available
    ("nobody called for 30 days",                    SERVED,   known(),                      SEEN,                                  (),                        runs(1),    0, "True/Archived"),
    ("... but for a second",                         used(SERVED, last_used=NOON + timedelta(seconds=1)), known(), SEEN,             (),                        runs(1),    1, "True/PodsReady"),
    ("it was called yesterday",                      SERVED,   known(),                      Use(JUST, LATER - DAY),                (),                        runs(1),    1, "True/PodsReady"),
    ("it was called, before that gateway restarted", used(SERVED, last_used=LATER - DAY), known(), SEEN,                            (),                        runs(1),    1, "True/PodsReady"),
    ("a call waits",                                 SERVED,   known(),                      Use(JUST, waits=True),                 (),                        runs(1),    1, "True/PodsReady"),
    ("somebody said that it is wanted",              touched(SERVED, JUST.isoformat()), known(), SEEN,                              (),                        runs(1),    1, "True/PodsReady"),
    ("... in the future: from now",                  touched(SERVED, "2999-01-01T00:00:00Z"), known(), SEEN,                        (),                        runs(1),    1, "True/PodsReady"),
    ("... in words that are no time",                touched(SERVED, "always"), known(),     SEEN,                                  (),                        runs(1),    0, "True/Archived"),
    ("nobody could be asked yet",                    SERVED,   known(),                      Use(),                                 (),                        runs(1),    1, "True/PodsReady"),
    ("nobody could be asked of late",                SERVED,   known(),                      Use(LATER - timedelta(minutes=11)),    (),                        runs(1),    1, "True/PodsReady"),
    ("nobody was ever asked",                        SERVED,   policy(),                     SEEN,                                  (),                        runs(1),    1, "True/PodsReady"),
    ("calls are known for 29 days only",             SERVED,   known(NOON + DAY),            SEEN,                                  (),                        runs(1),    1, "True/PodsReady"),
    ("the policy says never",                        SERVED,   known(archiveAfterDays=0),    SEEN,                                  (),                        runs(1),    1, "True/PodsReady"),
    ("the policy says later",                        SERVED,   known(archiveAfterDays=31),   SEEN,                                  (),                        runs(1),    1, "True/PodsReady"),
    ("a policy lets it sleep, too",                  SERVED,   known(),                      SEEN,                                  (flown(0, least=0),),      runs(0),    0, "True/Archived"),
    ("a policy wants Pods of it",                    SERVED,   known(),                      SEEN,                                  (flown(1),),               runs(1),    1, "True/PodsReady"),
    ("a policy only watches it",                     SERVED,   known(),                      SEEN,                                  (flown(1, authority="Observe"),), runs(1), 0, "True/Archived"),
    ("a person switched it off",                     OFF,      known(),                      SEEN,                                  (),                        runs(0),    0, "Unknown/ScaledToZero"),
    ("archived stays archived",                      ASLEEP,   known(),                      SEEN,                                  (),                        runs(0),    0, "True/Archived"),
    ("... while nobody can be asked",                ASLEEP,   known(),                      Use(),                                 (),                        runs(0),    0, "True/Archived"),
    ("... though the days began again",              ASLEEP,   known(JUST),                  SEEN,                                  (),                        runs(0),    0, "True/Archived"),
    ("... until a call waits",                       ASLEEP,   known(),                      Use(JUST, waits=True),                 (),                        runs(0),    1, "True/Waking"),
    ("... or came",                                  ASLEEP,   known(),                      Use(JUST, JUST),                       (),                        runs(0),    1, "True/Waking"),
    ("... or the policy lets nothing be archived",   ASLEEP,   known(archiveAfterDays=0),    SEEN,                                  (),                        runs(0),    1, "True/Waking"),
    ("its Pod is there again",                       sleeping(used(SERVED, last_used=JUST), "Waking"), known(), SEEN,                (),                        runs(1),    1, "True/PodsReady"),
    ("a person archived it",                         put_away(SERVED, JUST), known(JUST), SEEN,                             (),                        runs(1),    0, "True/Archived"),
    ("... where nobody could be asked, ever",        put_away(SERVED, JUST), policy(), Use(),                               (),                        runs(1),    0, "True/Archived"),
    ("... where the policy archives nothing",        put_away(SERVED, JUST), known(archiveAfterDays=0), SEEN,               (),                        runs(1),    0, "True/Archived"),
    ("... and a call waits",                         put_away(ASLEEP, JUST), known(JUST), Use(JUST, waits=True),            (),                        runs(0),    1, "True/Waking"),
    ("... and a call came since",                    put_away(ASLEEP, JUST), known(JUST), Use(LATER, LATER),                (),                        runs(0),    1, "True/Waking"),
    ("... and a call came before",                   put_away(SERVED, JUST), known(JUST), Use(JUST, JUST - DAY),            (),                        runs(1),    0, "True/Archived"),
    ("... and somebody wants it since",              touched(put_away(ASLEEP, JUST - DAY), JUST.isoformat()), known(JUST), SEEN, (),                    runs(0),    1, "True/Waking"),
    ("... before this revision served",              put_away(SERVED, NOON - DAY), known(JUST), SEEN,                       (),                        runs(1),    1, "True/PodsReady"),
    ("... in the future: not yet",                   put_away(SERVED, LATER + DAY), known(JUST), SEEN,                      (),                        runs(1),    1, "True/PodsReady"),
    ("... in words that are no time",                put_away(SERVED, "now"), known(JUST), SEEN,                            (),                        runs(1),    1, "True/PodsReady"),
    ("... which a policy that wants Pods overrules", put_away(SERVED, JUST), known(JUST), SEEN,                             (flown(1),),               runs(1),    1, "True/PodsReady"),
    ("a new tool is not archived before it served",  TOOL,     known(),                      SEEN,                                  (),                        (),         1, "Unknown/DeploymentStarting"),
]
# fmt: on
each = pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])


def pass_over(case, now=LATER):
    _, of, by, use, flying, running, *_ = case
    pods = UP if running and running[0].ready else NO_POD
    return decide(of, replace(seen(flying, running, pods), policy=by, use=use), now)


def wanted(plan):
    applied = [each.manifest for each in plan.actions if isinstance(each, Apply)]
    (found,) = [each for each in applied if each["kind"] == "Deployment"]
    return found["spec"]["replicas"]


@each
def test_it_runs_and_says(case):
    *_, replicas, available = case
    if case[4]:  # confirmed lately by the autopilot
        at = {"desired_at": JUST, "desired_replicas": case[4][0].status.desired_replicas}
        flies = case[4][0].model_copy(update={"status": case[4][0].status.model_copy(update=at)})
        case = (*case[:4], (flies,), *case[5:])
    plan = pass_over(case)
    found = next(c for c in plan.status.conditions if c.type == "Available")

    assert (wanted(plan), f"{found.status}/{found.reason}") == (replicas, available)


@each
def test_a_second_look_changes_nothing_but_that_what_woke_is_awake(case):
    first = pass_over(case)
    again = (case[0], case[1].model_copy(update={"status": first.status}), *case[2:])
    second = pass_over(again)
    third = pass_over((case[0], case[1].model_copy(update={"status": second.status}), *case[2:]))

    assert third.status == second.status and wanted(third) == wanted(first)


def test_it_is_ready_and_says_how_it_comes_back():
    plan = pass_over(CASES[0])
    ready = plan.status.conditions[-1]

    assert (summary(plan), ready.reason, plan.status.serving.sleep) == ("Ready=True", "Archived", "Archived")
    for part in ("2030-01-01", "30 days", "kubectl cupel unarchive"):
        assert part in ready.message
    assert plan.status.serving.digest == REV.spec.digest, "what is called stays the same digest"


def test_one_that_did_not_answer_its_live_check_runs_until_it_did():
    of = used(SERVED, verifications=())
    plan = pass_over(("", of, known(), SEEN, (), runs(1)))

    assert wanted(plan) == 1 and last(plan) == "Verified=Unknown/LiveCheck"


LAST = [
    ("nothing is known", None, Use(JUST), None),
    ("the first call", None, Use(JUST, JUST), JUST),
    ("a call on the same day is not written", NOON, Use(JUST, NOON + DAY - MINUTE), NOON),
    ("a call a day later is", NOON, Use(JUST, NOON + DAY), NOON + DAY),
    ("what a gateway forgot stays", NOON, Use(JUST), NOON),
    ("a call that waits is one", NOON, Use(JUST, waits=True), LATER),
    ("a clock that is ahead", NOON, Use(JUST, LATER + DAY), LATER),
    ("a gateway that is behind", JUST, Use(JUST, NOON), JUST),
]
AWAY = [
    (
        "a call that ends a person's archive is written at once",
        NOON,
        Use(JUST, NOON + 2 * MINUTE),
        NOON + 2 * MINUTE,
    ),
    ("... also one that waits", LATER - 2 * DAY, Use(JUST, waits=True), LATER),
    ("a call before it is not", NOON, Use(JUST, NOON + MINUTE / 2), NOON),
    ("one after the first is not", NOON + 2 * MINUTE, Use(JUST, NOON + 3 * MINUTE), NOON + 2 * MINUTE),
]


@pytest.mark.parametrize(("stored", "use", "then"), [c[1:] for c in LAST], ids=[c[0] for c in LAST])
def test_the_last_use_is_kept(stored, use, then):
    assert last_used(used(SERVED, last_used=stored), use, LATER) == then


@pytest.mark.parametrize(("stored", "use", "then"), [c[1:] for c in AWAY], ids=[c[0] for c in AWAY])
def test_a_gateway_that_forgets_archives_nothing_anew(stored, use, then):
    of = put_away(used(SERVED, last_used=stored), NOON + MINUTE)

    assert last_used(of, use, LATER) == then


def test_it_says_that_a_person_archived_it():
    plan = pass_over(("", put_away(SERVED, JUST), known(JUST), SEEN, (), runs(1)))
    said = plan.status.conditions[-1].message

    assert f"archived by hand at {JUST:%Y-%m-%d %H:%M:%S} UTC" in said and "kubectl cupel unarchive" in said


def known_calls(hours_since, hours_looked):
    return CallsKnown(
        since=NOON - timedelta(hours=hours_since), looked_at=NOON - timedelta(hours=hours_looked)
    )


LOOKS = [
    ("nobody looked", None, None, None),
    ("nobody looks any more", known_calls(9, 7), None, known_calls(9, 7)),
    ("the first look", None, NOON, known_calls(0, 0)),
    ("a look soon after is not written", known_calls(9, 0.5), NOON, known_calls(9, 0.5)),
    ("a look an hour later is", known_calls(9, 1), NOON, known_calls(9, 0)),
    ("a pause that may be", known_calls(9, 6), NOON, known_calls(9, 0)),
    ("a pause too long: it begins again", known_calls(9, 6.1), NOON, known_calls(0, 0)),
]


@pytest.mark.parametrize(("stored", "looked", "then"), [c[1:] for c in LOOKS], ids=[c[0] for c in LOOKS])
def test_a_policy_says_since_when_calls_are_known(stored, looked, then):
    of = policy()
    of = of.model_copy(update={"status": of.status.model_copy(update={"calls": stored})})

    assert calls_known(stored, looked) == then
    assert tool_policy.decide(of, tool_policy.World(looked_at=looked), NOON).status.calls == then


def test_a_retired_tool_runs_no_pod_and_keeps_everything():
    plan = decide(RETIRED, seen((), runs(1), UP), NOON)

    assert last(plan) == "Accepted=Unknown/Retired" and summary(plan) == "Suspended Ready=False"
    assert wanted(plan) == 0 and not [each for each in done(plan) if each.startswith("Delete")]
    assert plan.status.serving.digest == REV.spec.digest
    assert "calls are told that it is gone" in plan.status.conditions[-1].message
    assert "serves meanwhile" not in plan.status.conditions[-1].message


def test_back_from_retirement_it_serves_the_same_digest_without_a_new_approval():
    gone = decide(RETIRED, seen((), runs(1), UP), NOON).status
    back = tool(status=gone)
    starting = decide(back, seen((), runs(0), NO_POD), NOON)
    there = decide(back, seen((), runs(1), UP), NOON)

    assert wanted(starting) == 1
    assert (summary(there), there.status.serving.digest) == ("Ready=True", REV.spec.digest)
    assert there.status.versions == SERVED.status.versions


def test_retired_before_it_served_nothing_begins():
    plan = decide(tool(lifecycle="Retired", successor="better"), world(), NOON)

    assert last(plan) == "Accepted=Unknown/Retired" and plan.status.serving is None
    assert "GeneratedTool better" in plan.status.conditions[-1].message


def test_nobody_succeeds_themselves():
    assert last(decide(tool(successor="word-count"), seen((), (), NO_POD), NOON)) == (
        "Accepted=False/SuccessorInvalid"
    )
