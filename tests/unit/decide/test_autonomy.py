"""One look at an AutonomyPolicy, one row a sentence: what it says, what it does, and what came of what it did."""

from dataclasses import replace
from datetime import timedelta
from math import nan

import pytest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import AutonomyPolicyStatus, SignalSeen
from cupel.api.common import Condition
from cupel.decide.autonomy import Plan, Row, World, Worse, decide

from .builders import NOON

DIGEST, OTHER = "sha256-" + "a" * 64, "sha256-" + "b" * 64
SEEN = (SignalSeen(name="throughputPerSecond", value="20", at=NOON),)
LOST = (SignalSeen(name="throughputPerSecond", problem="the gateway does not answer"),)
STEADY = Row(
    action="NoOp", reason="WithinForecast", replicas=2, confidence=0.9, level=12, level_sd=1, trend=0, capacity=10,
    expected=12, high=15, lead=15, omega=1, psi=0.95, beta=nan, eta=0.1, gamma=0.98, tau=15, blind=False,
)  # fmt: skip
UP = replace(STEADY, action="ScaleUp", reason="ForecastAbovePods", replicas=4, level=28, expected=30, high=36)
DOWN = replace(
    STEADY, action="ScaleDown", reason="ForecastBelowPods", replicas=1, level=4, expected=4, high=6
)
RETUNE = replace(STEADY, action="Retune", reason="TunedForFit")
BLIND = replace(
    STEADY,
    level=nan,
    level_sd=nan,
    expected=nan,
    high=nan,
    blind=True,
    action="NoOp",
    reason="SignalsMissing",
)
HERE = World(replicas=2, seen=SEEN, saved="QUJD", serving=DIGEST)
BAD = Worse(
    DIGEST, "word-count-1", OTHER, "RevisionWorse", "20 % of calls failed, 1 % before; back to word-count-1"
)
WORSE = replace(HERE, worse=BAD)
HASH, EARLIER = "6f9d7c", "5c8b4d"
DEPLOYED = replace(HERE, serving=HASH, serving_name=f"web-{HASH}", revisions=(HASH, EARLIER))
APP_BAD = Worse(HASH, f"revision 1 (web-{EARLIER})", EARLIER, "RevisionWorse", "20 % of calls failed; back")
APP_WORSE = replace(DEPLOYED, worse=APP_BAD)


def policy(kind="GeneratedTool", status=None, generation=3, **spec):
    """A policy, by default of a tool, that may act."""
    watch = {"signals": [{"name": "load", "type": "Prometheus", "prometheus": {"query": "up"}}]}
    scaling = {"minReplicas": 1, "maxReplicas": 10} | ({} if kind == "GeneratedTool" else {"load": "load"})
    full = ({} if kind == "GeneratedTool" else watch) | {"authority": "Act"} | spec
    full["scaling"] = scaling | spec.get("scaling", {})
    full["targetRef"] = {"kind": kind, "name": "word-count"}
    made = AutonomyPolicy.parse(
        {"metadata": {"name": "p", "namespace": "tools", "generation": generation}, "spec": full}
    )
    return made if status is None else made.model_copy(update={"status": status})


TOOL, APP = policy(), policy("Deployment")
RECOMMENDS, OBSERVES = policy(authority="Recommend"), policy(authority="Observe")
ROLLS = policy(rollback={"enabled": True})
COUNTERS = {"port": 9090, "calls": {"metric": "calls_total"}, "failed": {"metric": "failed_total"}}
APP_ROLLS = policy("Deployment", rollback={"enabled": True, "counters": COUNTERS})
HOLDS = AutonomyPolicyStatus(desired_replicas=6, desired_at=NOON - timedelta(minutes=1))


SLEEPS = AutonomyPolicyStatus(desired_replicas=0, desired_at=NOON - timedelta(minutes=1))
MAY_SLEEP, ASLEEP = policy(status=SLEEPS, scaling={"minReplicas": 0}), replace(HERE, replicas=0)
DOUBT = replace(STEADY, reason="NotSureEnough", level=1, expected=1, high=2)
WOKEN = replace(STEADY, action="ScaleUp", reason="Woken", replicas=1, level=0.1)


def UNSEEN(seconds):
    """A policy that was said to see too little so long ago."""
    said = {"type": "Seeing", "status": "False", "reason": "SignalsMissing"}
    blind = Condition.model_validate(said | {"lastTransitionTime": NOON - timedelta(seconds=seconds)})
    status = SLEEPS.model_copy(update={"conditions": (blind,)})
    return policy(status=status, scaling={"minReplicas": 0})


def summary(plan: Plan) -> str:
    """`Seeing Acting Ready`, each with its reason where it is not True, and the mark."""
    said = [
        c.type
        if c.status == "True" and c.type not in ("Stalled", "Suspended", "Reconciling")
        else f"{c.type}={c.status}/{c.reason}"
        for c in plan.status.conditions
    ]
    return " ".join(said)


def does(plan: Plan) -> str:
    """What is written beside the status."""
    condemn = f"condemn {plan.condemn[:12]}" if plan.condemn else ""
    return " ".join(
        filter(
            None,
            [
                f"scale {plan.scale}" if plan.scale is not None else "",
                condemn,
                f"back to {plan.back_to}" if plan.back_to else "",
            ],
        )
    )


def decided(plan: Plan) -> str:
    one = plan.status.decision
    return f"{one.action}/{one.reason}" if one else ""


WELL = "Seeing Acting Ready"
# fmt: off
CASES = [
    # sentence                                              policy      row     world                                     says                                   decides                       wants  does
    ("steady: nothing",                                     TOOL,       STEADY, HERE,                                     WELL,                                  "NoOp/WithinForecast",         2,    ""),
    ("more is coming: the operator is told",                TOOL,       UP,     HERE,                                     WELL,                                  "ScaleUp/ForecastAbovePods",   4,    ""),
    ("... a Deployment is scaled",                          APP,        UP,     HERE,                                     WELL,                                  "ScaleUp/ForecastAbovePods",   4,    "scale 4"),
    ("less is coming",                                      APP,        DOWN,   HERE,                                     WELL,                                  "ScaleDown/ForecastBelowPods", 1,    "scale 1"),
    ("at most twice what there is",                         APP,        replace(UP, replicas=9), HERE,                    WELL,                                  "ScaleUp/ForecastAbovePods",   4,    "scale 4"),
    ("at least half of it",                                 APP,        replace(DOWN, replicas=1), replace(HERE, replicas=8), WELL,                              "ScaleDown/ForecastBelowPods", 4,    "scale 4"),
    ("never above the most",                                APP,        replace(UP, replicas=14), replace(HERE, replicas=8), WELL,                               "ScaleUp/ForecastAbovePods",   10,   "scale 10"),
    ("nor below the least",                                 policy("Deployment", scaling={"minReplicas": 2}), DOWN, replace(HERE, replicas=3), WELL,             "ScaleDown/ForecastBelowPods", 2,    "scale 2"),
    ("what is outside is brought nearer",                   APP,        replace(DOWN, replicas=10, reason="AboveMost"), replace(HERE, replicas=40), WELL,        "ScaleDown/AboveMost",         10,   "scale 20"),
    ("a move that the bounds make none is none",            APP,        replace(UP, replicas=12),     replace(HERE, replicas=10),               WELL,                                  "NoOp/AtMost",                 10,   ""),
    ("the ToolPolicy's most is the stronger",               TOOL,       UP,     replace(HERE, most=3),                    WELL,                                  "ScaleUp/ForecastAbovePods",   3,    ""),
    ("doubt keeps a Pod",                                   TOOL,       DOUBT,  HERE,                                     WELL,                                  "NoOp/NotSureEnough",          2,    ""),
    ("... and not the last that has to be",                 APP,        DOUBT,  replace(HERE, replicas=1),                WELL,                                  "NoOp/WithinForecast",         1,    ""),
    ("a tool may sleep",                                    policy(scaling={"minReplicas": 0}), replace(DOWN, replicas=0, reason="Idle"), replace(HERE, replicas=1), WELL, "ScaleDown/Idle",      0,    ""),
    ("... and is woken",                                    policy(scaling={"minReplicas": 0}), replace(UP, replicas=1, reason="Woken"), replace(HERE, replicas=0), WELL, "ScaleUp/Woken",        1,    ""),
    ("... also by a switch that holds all the others",      MAY_SLEEP,  WOKEN,  replace(ASLEEP, all_paused=True),         "Seeing Acting=False/AllPaused Suspended=True/AllPaused Ready", "ScaleUp/Woken", 1, ""),
    ("... also where too little else is seen",              MAY_SLEEP,  replace(WOKEN, blind=True), replace(ASLEEP, seen=LOST), "Seeing=False/SignalsMissing Acting Ready", "ScaleUp/Woken", 1, ""),
    ("... not by a policy that is paused",                  policy(status=SLEEPS, paused=True, scaling={"minReplicas": 0}), WOKEN, ASLEEP, "Seeing Acting=False/Paused Suspended=True/Paused Ready", "NoOp/Paused", 0, ""),
    ("... only said, where it may only recommend",          policy(authority="Recommend", scaling={"minReplicas": 0}), WOKEN, ASLEEP, "Seeing Acting=False/NotAllowed Ready", "ScaleUp/Woken", 1, ""),
    ("nobody sees whether it is called: it sleeps on",      UNSEEN(20), BLIND,  replace(ASLEEP, seen=LOST),               "Seeing=False/SignalsMissing Acting Ready", "NoOp/SignalsMissing",   0,    ""),
    ("... for half a minute, then it is woken",             UNSEEN(30), BLIND,  replace(ASLEEP, seen=LOST),               "Seeing=False/SignalsMissing Acting Ready", "ScaleUp/WokenUnseen",   1,    ""),
    ("... also under the switch",                           UNSEEN(30), BLIND,  replace(ASLEEP, seen=LOST, all_paused=True), "Seeing=False/SignalsMissing Acting=False/AllPaused Suspended=True/AllPaused Ready", "ScaleUp/WokenUnseen", 1, ""),
    ("... not where somebody else flies it",                UNSEEN(30), BLIND,  replace(ASLEEP, seen=LOST, rival="old"),  "Seeing=False/SignalsMissing Acting Stalled=True/AlreadyFlown Ready=False/AlreadyFlown", "", 0, ""),
    ("... and what runs is let be",                         UNSEEN(99), BLIND,  replace(HERE, replicas=1, seen=LOST),     "Seeing=False/SignalsMissing Acting Ready", "NoOp/SignalsMissing",   0,    ""),
    ("the estimator is retuned",                            TOOL,       RETUNE, HERE,                                     WELL,                                  "Retune/TunedForFit",          2,    ""),
    # authority and switches
    ("observing decides nothing",                           OBSERVES,   UP,     HERE,                                     "Seeing Acting=False/NotAllowed Ready", "",                           None, ""),
    ("recommending says it, and does nothing",              RECOMMENDS, UP,     HERE,                                     "Seeing Acting=False/NotAllowed Ready", "ScaleUp/ForecastAbovePods",  4,    ""),
    ("... of a Deployment",                                 policy("Deployment", authority="Recommend"), UP, HERE,        "Seeing Acting=False/NotAllowed Ready", "ScaleUp/ForecastAbovePods",  4,    ""),
    ("paused: what is held stays",                          policy("Deployment", HOLDS, paused=True), UP, HERE,           "Seeing Acting=False/Paused Suspended=True/Paused Ready", "NoOp/Paused", 6,  ""),
    ("the switch holds every policy",                       policy("Deployment", HOLDS), UP, replace(HERE, all_paused=True), "Seeing Acting=False/AllPaused Suspended=True/AllPaused Ready", "NoOp/AllPaused", 6, ""),
    ("the namespace did not opt in",                        APP,        UP,     replace(HERE, may_scale=False),           "Seeing Acting=False/NotOptedIn Ready", "ScaleUp/ForecastAbovePods",  4,    ""),
    ("... which a tool does not need",                      TOOL,       UP,     replace(HERE, may_scale=False),           WELL,                                  "ScaleUp/ForecastAbovePods",   4,    ""),
    ("... to rollback: it is scaled all the same",          APP_ROLLS,  UP,     replace(DEPLOYED, may_roll_back=False),       "Seeing Acting=False/NotOptedIn Ready", "ScaleUp/ForecastAbovePods",  4,    "scale 4"),
    ("... to scaling: it is rolled back all the same",      APP_ROLLS,  UP,     replace(APP_WORSE, may_scale=False),      "Seeing Acting=False/NotOptedIn Ready", "Rollback/RevisionWorse",     2,    "back to 5c8b4d"),
    ("what was refused is tried again, and said",           APP,        UP,     replace(HERE, denied="no"),               "Seeing Acting=False/WriteDenied Ready", "ScaleUp/ForecastAbovePods", 4,    "scale 4"),
    # what is in the way
    ("nothing there",                                       APP,        UP,     replace(HERE, replicas=None),             "Seeing Acting Reconciling=True/TargetMissing Ready=Unknown/TargetMissing", "", None, ""),
    ("a person wants no Pods",                              TOOL,       UP,     replace(HERE, replicas=0, off=True),      "Seeing Acting Reconciling=True/SwitchedOff Ready=Unknown/SwitchedOff", "", None, ""),
    ("an HPA scales it, too",                               APP,        UP,     replace(HERE, scaler="hpa"),              "Seeing Acting Stalled=True/SharedWithAutoscaler Ready=False/SharedWithAutoscaler", "", None, ""),
    ("an older policy flies it",                            APP,        UP,     replace(HERE, rival="old"),               "Seeing Acting Stalled=True/AlreadyFlown Ready=False/AlreadyFlown", "", None, ""),
    # blind
    ("blind: what is held stays",                           policy("Deployment", HOLDS), BLIND, replace(HERE, seen=LOST), "Seeing=False/SignalsMissing Acting Ready", "NoOp/SignalsMissing",   6,    ""),
    ("... also what the engine would do",                   policy("Deployment", HOLDS), replace(UP, blind=True), HERE,   "Seeing=False/SignalsMissing Acting Ready", "NoOp/SignalsMissing",   6,    ""),
    ("one signal less is no reason to stop",                APP,        UP,     replace(HERE, seen=SEEN + LOST[:0] + (SignalSeen(name="load", problem="late"),)), WELL, "ScaleUp/ForecastAbovePods", 4, "scale 4"),
    # rollback
    ("worse: condemned by way of the operator",             ROLLS,      STEADY, WORSE,                                    WELL,                                  "Rollback/RevisionWorse",      2,    f"condemn {DIGEST[:12]}"),
    ("... before anything else",                            ROLLS,      UP,     WORSE,                                    WELL,                                  "Rollback/RevisionWorse",      2,    f"condemn {DIGEST[:12]}"),
    ("... though the load is not seen",                     ROLLS,      BLIND,  WORSE,                                    "Seeing=False/SignalsMissing Acting Ready", "Rollback/RevisionWorse", None, f"condemn {DIGEST[:12]}"),
    ("... a Deployment's template is put back",             APP_ROLLS,  STEADY, APP_WORSE,                                WELL,                                  "Rollback/RevisionWorse",      2,    "back to 5c8b4d"),
    ("... only said, where the namespace did not opt in",   APP_ROLLS,  STEADY, replace(APP_WORSE, may_roll_back=False),  "Seeing Acting=False/NotOptedIn Ready", "Rollback/RevisionWorse",     2,    ""),
    ("... which holds up no scaling",                       APP_ROLLS,  UP,     replace(APP_WORSE, may_roll_back=False),  "Seeing Acting=False/NotOptedIn Ready", "Rollback/RevisionWorse",     4,    "scale 4"),
    ("... nor does anything where neither was let",         APP_ROLLS,  UP,     replace(APP_WORSE, may_roll_back=False, may_scale=False),  "Seeing Acting=False/NotOptedIn Ready", "Rollback/RevisionWorse",     4,    ""),
    ("... tried again where it was refused",                APP_ROLLS,  STEADY, replace(APP_WORSE, denied="no"),          "Seeing Acting=False/WriteDenied Ready", "Rollback/RevisionWorse",    2,    "back to 5c8b4d"),
    ("... not while an older policy flies it",              APP_ROLLS,  STEADY, replace(APP_WORSE, rival="old"),          "Seeing Acting Stalled=True/AlreadyFlown Ready=False/AlreadyFlown", "", None, ""),
    ("... not where it is not enabled",                     TOOL,       STEADY, WORSE,                                    WELL,                                  "NoOp/WithinForecast",         2,    ""),
    ("... not of what serves no more",                      ROLLS,      STEADY, replace(WORSE, serving=OTHER),            WELL,                                  "NoOp/WithinForecast",         2,    ""),
    ("... only said, where it may only recommend",          policy(authority="Recommend", rollback={"enabled": True}), STEADY, WORSE, "Seeing Acting=False/NotAllowed Ready", "Rollback/RevisionWorse", 2, ""),
    ("... of a Deployment as well",                         policy("Deployment", authority="Recommend", rollback={"enabled": True, "counters": COUNTERS}), STEADY, APP_WORSE, "Seeing Acting=False/NotAllowed Ready", "Rollback/RevisionWorse", 2, ""),
    ("... not while paused",                                policy(paused=True, rollback={"enabled": True}), STEADY, WORSE, "Seeing Acting=False/Paused Suspended=True/Paused Ready", "NoOp/Paused", None, ""),
]
# fmt: on
each = pytest.mark.parametrize(("of", "row", "seen"), [c[1:4] for c in CASES], ids=[c[0] for c in CASES])


@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_one_look(case):
    _, of, row, seen, says, chooses, wants, writes = case
    plan = decide(of, row, seen, NOON)

    assert (summary(plan), decided(plan), plan.status.desired_replicas, does(plan)) == (
        says,
        chooses,
        wants,
        writes,
    )


@each
def test_a_second_look_at_the_same_world_changes_nothing(of, row, seen):
    first = decide(of, row, seen, NOON)
    if seen.denied:  # the write is tried, and its refusal seen, between the two
        first = decide(of.model_copy(update={"status": first.status}), row, seen, NOON)
    again = decide(of.model_copy(update={"status": first.status}), row, seen, NOON + timedelta(seconds=5))

    assert again.status == first.status
    assert again.told == ()
    assert not again.condemn
    assert not again.back_to or again.back_to == decide(of, row, seen, NOON).back_to, "until another serves"


@each
def test_the_api_server_can_store_it(of, row, seen):
    status = decide(of, row, seen, NOON).status

    assert AutonomyPolicyStatus.model_validate(status.wire(), by_alias=True) == status


@each
def test_only_act_writes_anything(of, row, seen):
    for authority in ("Observe", "Recommend"):
        spec = of.spec.model_copy(update={"authority": authority})
        plan = decide(of.model_copy(update={"spec": spec}), row, seen, NOON)
        assert does(plan) == "", authority


def looked(of, *looks):
    """The plan of the last of several looks: (seconds after noon, row, world)."""
    plan = Plan(of.status)
    for seconds, row, seen in looks:
        plan = decide(
            of.model_copy(update={"status": plan.status}), row, seen, NOON + timedelta(seconds=seconds)
        )
    return plan


FOUR = replace(HERE, replicas=4)
HIGH, LOW = replace(UP, action="NoOp", reason="WithinForecast"), replace(STEADY, level=12)
ONE = replace(HERE, replicas=1)
IDLE = replace(DOWN, replicas=0, reason="Idle", confidence=0.0)
# fmt: off
OUTCOMES = [
    # sentence                                           policy      looks                                                                    came of it
    ("not before its time",                              APP,        [(0, UP, HERE), (14, HIGH, FOUR)],                                       ["ScaleUp Pending"]),
    ("up, and it was needed",                            APP,        [(0, UP, HERE), (15, HIGH, FOUR)],                                       ["ScaleUp Right"]),
    ("up, for nothing",                                  APP,        [(0, UP, HERE), (15, LOW, FOUR)],                                        ["ScaleUp Wrong"]),
    ("up, and they would have been used too much",       APP,        [(0, UP, HERE), (15, replace(LOW, level=18), FOUR)],                     ["ScaleUp Right"]),
    ("... or just not",                                  APP,        [(0, UP, HERE), (15, replace(LOW, level=16.5), FOUR)],                   ["ScaleUp Wrong"]),
    ("... and one is to be in reserve",                  policy("Deployment", scaling={"warmReserve": 1}), [(0, UP, HERE), (15, LOW, FOUR)],  ["ScaleUp Right"]),
    ("down, and it was enough",                          APP,        [(0, DOWN, HERE), (15, replace(STEADY, level=9), ONE)],                  ["ScaleDown Right"]),
    ("down, too far",                                    APP,        [(0, DOWN, HERE), (15, LOW, ONE)],                                       ["ScaleDown Wrong"]),
    ("asleep, and nobody came",                          policy(scaling={"minReplicas": 0}), [(0, replace(DOWN, replicas=0), ONE), (15, replace(STEADY, level=0.2), replace(HERE, replicas=0))], ["ScaleDown Right"]),
    ("... where no load tells any more",                 policy(scaling={"minReplicas": 0}), [(0, IDLE, ONE), (15, BLIND, ASLEEP)],       ["ScaleDown Right"]),
    ("... and somebody came soon after",                 policy(scaling={"minReplicas": 0}), [(0, IDLE, ONE), (5, WOKEN, ASLEEP), (15, BLIND, ONE)], ["ScaleUp Pending", "ScaleDown Wrong"]),
    ("woken, and nothing else is seen",                  MAY_SLEEP,  [(0, WOKEN, ASLEEP), (15, BLIND, ONE)],                                  ["ScaleUp Right"]),
    ("woken by a single call",                            MAY_SLEEP,  [(0, WOKEN, ASLEEP), (15, replace(STEADY, level=0.1), ONE)],             ["ScaleUp Right"]),
    ("woken, for nobody saw whether it is called",         UNSEEN(30), [(0, BLIND, ASLEEP), (315, replace(STEADY, level=0.1), ONE)],           ["ScaleUp Unknown"]),
    ("recommended, and it would have been needed",       RECOMMENDS, [(0, UP, HERE), (15, replace(HIGH, level=31), HERE)],                    ["ScaleUp Right"]),
    ("... said once, however often it is seen",          RECOMMENDS, [(0, UP, HERE), (5, UP, HERE), (10, UP, HERE)],                          ["ScaleUp Pending"]),
    ("... and anew once it was judged",                  RECOMMENDS, [(0, UP, HERE), (15, UP, HERE), (20, UP, HERE)],                         ["ScaleUp Pending", "ScaleUp Right"]),
    ("blind at its time: later",                         APP,        [(0, UP, HERE), (15, BLIND, FOUR)],                                      ["ScaleUp Pending"]),
    ("... or never",                                     APP,        [(0, UP, HERE), (315, BLIND, FOUR)],                                     ["ScaleUp Unknown"]),
    ("refused by the API server",                        APP,        [(0, UP, HERE), (5, UP, replace(HERE, denied="no"))],                    ["ScaleUp NotTaken"]),
    ("... again and again: said once",                   APP,        [(0, UP, HERE), *((n, UP, replace(HERE, denied="no")) for n in (5, 10, 15))], ["ScaleUp NotTaken"]),
    ("two steps are two decisions",                      APP,        [(0, UP, HERE), (5, replace(UP, replicas=6), FOUR)],                     ["ScaleUp Pending", "ScaleUp Pending"]),
    ("retuned, and it fits better",                      TOOL,       [(0, RETUNE, HERE), (15, replace(STEADY, psi=0.97), HERE)],              ["Retune Right"]),
    ("retuned, and it fits worse",                       TOOL,       [(0, RETUNE, HERE), (15, replace(STEADY, psi=0.9), HERE)],               ["Retune Wrong"]),
    ("rolled back, and another serves",                  ROLLS,      [(0, STEADY, WORSE), (60, STEADY, replace(HERE, serving=OTHER))],        ["Rollback Right"]),
    ("rolled back, and it serves on",                    ROLLS,      [(0, STEADY, WORSE), (60, STEADY, WORSE), (70, STEADY, WORSE)],                                ["Rollback Wrong"]),
    ("... refused by the API server, at once",           ROLLS,      [(0, STEADY, WORSE), (5, STEADY, replace(WORSE, denied="no"))],          ["Rollback NotTaken"]),
    ("... and still, long after its time",               ROLLS,      [(0, STEADY, WORSE), (5, STEADY, replace(WORSE, denied="no")), (10, STEADY, HERE), (300, STEADY, WORSE)], ["Rollback NotTaken"]),
    ("... and asked for after all",                      ROLLS,      [(0, STEADY, WORSE), (5, STEADY, replace(WORSE, denied="no")), (600, STEADY, replace(WORSE, asked=DIGEST))], ["Rollback Pending"]),
    ("... whereupon another serves",                     ROLLS,      [(0, STEADY, WORSE), (5, STEADY, replace(WORSE, denied="no")), (600, STEADY, replace(WORSE, asked=DIGEST)), (660, STEADY, replace(HERE, serving=OTHER, asked=DIGEST))], ["Rollback Right"]),
    ("a Deployment rolled back, and another serves",     APP_ROLLS,  [(0, STEADY, APP_WORSE), (60, STEADY, replace(DEPLOYED, serving=EARLIER, revisions=(EARLIER, HASH)))], ["Rollback Right"]),
    ("... and another is on its way",                    APP_ROLLS,  [(0, STEADY, APP_WORSE), (60, STEADY, replace(DEPLOYED, revisions=(EARLIER, HASH)))], ["Rollback Pending"]),
    ("... and it serves on",                             APP_ROLLS,  [(0, STEADY, APP_WORSE), (60, STEADY, APP_WORSE)],                       ["Rollback Wrong"]),
    ("... refused by the API server",                    APP_ROLLS,  [(0, STEADY, APP_WORSE), (60, STEADY, replace(APP_WORSE, denied="no"))], ["Rollback NotTaken"]),
    ("only said, and then done",                         APP_ROLLS,  [(0, STEADY, replace(APP_WORSE, may_roll_back=False)), (5, STEADY, APP_WORSE)], ["Rollback Pending", "Rollback Pending"]),
    ("nothing chosen is nothing to judge",               TOOL,       [(0, STEADY, HERE), (15, STEADY, HERE)],                                 []),
    ("observed: nothing happened",                       OBSERVES,   [(0, UP, HERE), (15, UP, HERE)],                                         []),
    ("paused meanwhile: still judged",                   policy("Deployment"), [(0, UP, HERE), (15, HIGH, replace(FOUR, all_paused=True))],   ["ScaleUp Right"]),
]
# fmt: on


@pytest.mark.parametrize(("of", "looks", "came"), [c[1:] for c in OUTCOMES], ids=[c[0] for c in OUTCOMES])
def test_what_came_of_it(of, looks, came):
    assert [f"{one.action} {one.outcome}" for one in looked(of, *looks).status.history] == came


def test_what_was_judged_stays_so():
    plan = looked(APP, (0, UP, HERE), (15, HIGH, FOUR), (30, LOW, FOUR))

    assert plan.status.history[0].outcome == "Right"
    assert (
        plan.status.history[0].outcome_message
        == "to carry demand well took 4 Pods; there were 2, 4 were chosen"
    )


def test_the_last_ten_are_kept_newest_first():
    looks = [(n, replace(UP, replicas=n % 3 + 2), replace(HERE, replicas=n % 3 + 1)) for n in range(12)]
    history = looked(APP, *looks).status.history

    assert len(history) == 10
    assert [one.at for one in history] == sorted((one.at for one in history), reverse=True)


class TestCount:
    def test_it_is_confirmed_while_it_stays(self):
        first = decide(TOOL, STEADY, HERE, NOON)
        seen = TOOL.model_copy(update={"status": first.status})

        assert decide(seen, STEADY, HERE, NOON + timedelta(seconds=14)).status.desired_at == NOON
        later = NOON + timedelta(seconds=15)
        assert decide(seen, STEADY, HERE, later).status.desired_at == later

    @pytest.mark.parametrize("case", ["blind", "paused", "all paused"])
    def test_what_is_held_is_confirmed_as_well(self, case):
        of = policy(status=HOLDS, paused=case == "paused")
        seen = replace(HERE, all_paused=case == "all paused")
        status = decide(of, BLIND if case == "blind" else UP, seen, NOON).status

        assert (status.desired_replicas, status.desired_at) == (6, NOON)

    def test_a_clock_that_was_set_back_does_not_keep_it_from_being_confirmed(self):
        future = AutonomyPolicyStatus(desired_replicas=2, desired_at=NOON + timedelta(hours=1))

        assert decide(policy(status=future), STEADY, HERE, NOON).status.desired_at == NOON

    def test_a_refused_policy_confirms_nothing(self):
        status = decide(policy(status=HOLDS), UP, replace(HERE, scaler="hpa"), NOON).status

        assert status.desired_at == HOLDS.desired_at

    def test_it_keeps_to_what_the_api_server_admits(self):
        """Inside the policy's bounds, at most doubled from what was wanted or what there is."""
        for there in range(1, 30):
            for asked in range(30):
                for of in (TOOL, APP, policy(scaling={"minReplicas": 4})):
                    for action in ("ScaleUp", "ScaleDown"):
                        row, seen = replace(UP, action=action, replicas=asked), replace(HERE, replicas=there)
                        plan, scaling = decide(of, row, seen, NOON), of.spec.scaling
                        wants = plan.status.desired_replicas
                        assert scaling.min_replicas <= wants <= scaling.max_replicas
                        assert wants <= max(2 * there, scaling.min_replicas)
                        if plan.scale is not None:
                            assert there / 2 <= plan.scale <= 2 * there


class TestRollback:
    def test_it_is_asked_for_once(self):
        first = decide(ROLLS, STEADY, WORSE, NOON)
        again = decide(
            ROLLS.model_copy(update={"status": first.status}), STEADY, WORSE, NOON + timedelta(hours=1)
        )

        assert first.condemn == f"{DIGEST}@2030-01-01T12:00:00Z"
        assert (again.condemn, decided(again)) == ("", "NoOp/WithinForecast")

    def test_one_that_was_refused_is_asked_for_again(self):
        first = decide(ROLLS, STEADY, WORSE, NOON)
        refused = replace(WORSE, denied="the API server is being updated")
        later = NOON + timedelta(minutes=1)
        again = decide(ROLLS.model_copy(update={"status": first.status}), STEADY, refused, later)

        assert again.condemn == f"{DIGEST}@2030-01-01T12:01:00Z"

    @pytest.mark.parametrize("minutes", [1, 9, 11, 600])
    def test_one_that_was_refused_is_asked_for_again_after_a_look_that_saw_nothing_worse(self, minutes):
        refused = replace(WORSE, denied="at most one rollback of a tool in ten minutes")
        later = looked(
            ROLLS, (0, STEADY, WORSE), (2, STEADY, refused), (4, STEADY, HERE), (60 * minutes, STEADY, WORSE)
        )

        assert later.condemn.startswith(f"{DIGEST}@")

    def test_what_the_tool_was_asked_before_is_not_asked_again_though_this_policy_is_new(self):
        plan = decide(ROLLS, STEADY, replace(WORSE, asked=DIGEST), NOON)

        assert (plan.condemn, decided(plan)) == ("", "NoOp/WithinForecast")

    def test_one_that_was_refused_holds_up_no_other(self):
        first = looked(ROLLS, (0, STEADY, WORSE), (2, STEADY, replace(WORSE, denied="no")))
        next_ = replace(HERE, serving=OTHER, worse=replace(BAD, identity=OTHER))
        of = ROLLS.model_copy(update={"status": first.status})

        assert decide(of, STEADY, next_, NOON + timedelta(minutes=1)).condemn.startswith(f"{OTHER}@")

    @pytest.mark.parametrize(("minutes", "asked"), [(9, False), (10, True)])
    def test_not_twice_in_ten_minutes(self, minutes, asked):
        first = decide(ROLLS, STEADY, WORSE, NOON)
        next_ = replace(HERE, serving=OTHER, worse=replace(BAD, identity=OTHER))
        second = decide(
            ROLLS.model_copy(update={"status": first.status}),
            STEADY,
            next_,
            NOON + timedelta(minutes=minutes),
        )

        assert bool(second.condemn) == asked


class TestWords:
    def test_a_decision_says_why_this_and_why_not_the_others(self):
        assert decide(APP, UP, HERE, NOON).status.decision.message == (
            "the forecast is more than the Pods carry well: in 15 s 30/s are expected, at most 36/s; "
            "2 Pods carry 20/s, 14/s at the use that is aimed for (70 %). "
            "Not down: 1 would carry 10/s; retuned: the estimator fits; rolled back: not enabled"
        )

    def test_the_switch_for_all_says_how_it_is_turned_back(self):
        said = decide(TOOL, STEADY, replace(HERE, all_paused=True), NOON).status.conditions
        acting = next(one for one in said if one.type == "Acting")
        assert acting.message.endswith(
            """kubectl -n cupel-system patch cm cupel-autopilot -p '{"data":{"paused":"false"}}' lets them go on"""
        )

    def test_no_condition_is_without_words(self):
        said = decide(TOOL, STEADY, replace(HERE, seen=()), NOON).status.conditions
        assert "every signal has a usable sample" in [one.message for one in said] and all(
            one.message for one in said
        )

    def test_of_a_tool_asleep_no_figure_is_told(self):
        asleep = replace(STEADY, reason="Idle", replicas=0, level=0, expected=0, high=0.4)
        decision = decide(MAY_SLEEP, asleep, ASLEEP, NOON).status.decision
        assert decision.message == "nobody has called for `idleSeconds`: it sleeps until somebody does"

    def test_a_belief_is_one_line(self):
        believed = decide(TOOL, replace(STEADY, trend=0.5), HERE, NOON).status.believed

        assert believed.summary == "12 ± 1/s, rising by 30/s a minute; a Pod carries 10/s"
        assert decide(TOOL, STEADY, HERE, NOON).status.believed.summary.startswith("12 ± 1/s, steady;")

    def test_is_kept_while_nobody_knows_what_a_pod_carries(self):
        believed = decide(TOOL, replace(STEADY, capacity=nan), HERE, NOON).status.believed
        assert (believed.level, believed.capacity, believed.saved) == ("12", None, "QUJD")
        assert believed.summary == "12 ± 1/s, steady; what one Pod carries is not known yet"

    def test_what_is_not_known_any_more_stays_as_it_was(self):
        before = decide(TOOL, STEADY, HERE, NOON).status
        after = decide(policy(status=before), BLIND, HERE, NOON + timedelta(minutes=1)).status

        assert after.believed == before.believed
        assert after.forecast is None

    def test_it_names_what_is_missing_and_what_to_type(self):
        blind = decide(TOOL, BLIND, replace(HERE, seen=LOST), NOON).status.conditions[0].message
        closed = decide(APP, UP, replace(HERE, may_scale=False), NOON).status.conditions[1].message

        assert "throughputPerSecond: the gateway does not answer" in blind
        assert closed.endswith(
            "kubectl create rolebinding cupel-autopilot-scale -n tools --clusterrole=cupel-autopilot-scale "
            "--serviceaccount=cupel-system:cupel-autopilot"
        )

    def test_events_tell_what_was_chosen_and_what_came_of_it(self):
        chosen = decide(RECOMMENDS, UP, HERE, NOON).told
        judged = looked(APP, (0, UP, HERE), (15, LOW, FOUR)).told

        assert [(one.kind, one.action, one.reason) for one in chosen] == [
            ("Normal", "ScaleUp", "ForecastAbovePods")
        ]
        assert chosen[0].message.startswith("would be done: 2 to 4 Pods, 90 % sure: the forecast")
        assert [(one.kind, one.reason) for one in judged] == [("Warning", "Judged")]
        assert (
            judged[0].message
            == "ScaleUp of 12:00:00: Wrong, to carry demand well took 2 Pods; there were 2, 4 were chosen"
        )


@pytest.mark.parametrize(
    ("reason", "says"), [("Idle", "by rule: nobody has called"), ("ForecastBelowPods", "0 % sure")]
)
def test_what_a_rule_chose_is_not_said_to_be_unsure(reason, says):
    row = replace(DOWN, replicas=0, reason=reason, confidence=0.0)
    plan = decide(policy(scaling={"minReplicas": 0}), row, replace(HERE, replicas=1), NOON)
    assert says in plan.told[0].message
