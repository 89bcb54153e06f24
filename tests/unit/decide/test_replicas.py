"""How many Pods a tool runs, and who says so: one row a sentence."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.decide.generated_tool import decide
from cupel.decide.replicas import count

from .builders import NOON, deployed, done, grown, last, live, pod, policy, served, summary, tool, world

TOOL, REV = tool(), grown()
SERVED = served(TOOL, REV)
OFF = tool(serving={"replicas": 0}, status=SERVED.status)
THREE = tool(serving={"replicas": 3}, status=SERVED.status)
AGO = {
    n: (NOON - timedelta(seconds=n)).isoformat()
    for n in (5, 44, 45, 89, 90, 599, 689, 690, 691, 750, 810, 4000)
}


def ready(status="True", reason="Flying", since=5):
    return {"type": "Ready", "status": status, "reason": reason, "lastTransitionTime": AGO[since]}


def flown(wants=None, at=5, name="load", conditions=None, least=1, most=20, born=4000, **spec):
    """A policy that flies the tool with Act; it asked for `wants` Pods, `at` seconds ago."""
    asked = {"desiredReplicas": wants, "desiredAt": AGO[at]} if wants is not None else {}
    target = {"kind": "GeneratedTool", "name": "word-count"}
    scaling = {"minReplicas": least, "maxReplicas": most}
    metadata = {"name": name, "namespace": "tools", "creationTimestamp": AGO[born]}
    full = {"targetRef": target, "authority": "Act", "scaling": scaling} | spec
    status = asked | {"conditions": conditions if conditions is not None else [ready()]}
    return AutonomyPolicy.parse({"metadata": metadata, "spec": full, "status": status})


def runs(n, up=None):
    """A Deployment that asks for `n` Pods; all ready, or `up` of them."""
    return (deployed(TOOL, REV, wanted=n, ready=n if up is None else up, complete=up is None),)


# fmt: off
CASES = [
    # sentence                                            tool     policies                                            runs        Pods  why
    ("nobody flies it: its own count",                    SERVED,  (),                                                 runs(1),     1, ""),
    ("it is flown: the count asked for",                  SERVED,  (flown(4),),                                        runs(2),     4, "scales it, between 1 and 20"),
    ("... and down",                                      SERVED,  (flown(1),),                                        runs(9),     1, "scales it"),
    ("... below its own spec",                            THREE,   (flown(1),),                                        runs(3),     1, "scales it"),
    ("recommending scales nothing",                       SERVED,  (flown(4, authority="Recommend"),),                 runs(1),     1, ""),
    ("observing scales nothing",                          SERVED,  (flown(4, authority="Observe"),),                   runs(1),     1, ""),
    ("a policy that said nothing yet scales nothing",     SERVED,  (flown(),),                                         runs(1),     1, "has not said a count yet"),
    ("a policy nobody looked at yet scales nothing",      SERVED,  (flown(4, conditions=[]),),                         runs(1),     1, "has not said a count yet"),
    ("its most bounds an absurd count",                   SERVED,  (flown(1000, most=12),),                            runs(10),   12, "scales it"),
    ("its least bounds it",                               SERVED,  (flown(0, least=3),),                               runs(3),     3, "scales it"),
    ("the ToolPolicy's most is the stronger",             SERVED,  (flown(19, most=20),),                              runs(10),   15, "scales it"),
    ("... and stronger than its least",                   SERVED,  (flown(19, least=18),),                             runs(10),   15, "scales it"),
    ("it rises to twice what is ready",                   SERVED,  (flown(12),),                                       runs(3),     6, "scales it"),
    ("... and no further while Pods start",               SERVED,  (flown(12),),                                       runs(6, 3),  6, "scales it"),
    ("Pods that crash are no reason to have fewer",       SERVED,  (flown(6),),                                        runs(6, 0),  6, "scales it"),
    ("it may sleep where the policy says so",             SERVED,  (flown(0, least=0),),                               runs(1),     0, "scales it"),
    ("... not before anything served",                    TOOL,    (flown(0, least=0),),                               (),          1, "scales it"),
    ("a sleeper wakes",                                   SERVED,  (flown(2, least=0),),                               runs(0),     1, "scales it"),
    ("a person's 0 is obeyed by all",                     OFF,     (flown(4),),                                        runs(4),     0, ""),
    ("paused: what runs stays",                           SERVED,  (flown(9, paused=True),),                           runs(4),     4, "is paused"),
    ("... whatever is asked for, however old",            SERVED,  (flown(9, at=4000, paused=True),),                  runs(4),     4, "is paused"),
    ("... and a sleeper wakes, for nothing else would",   SERVED,  (flown(0, least=0, paused=True),),                  runs(0),     1, "is paused"),
    ("confirmed 89 s ago is confirmed",                   SERVED,  (flown(8, at=89),),                                 runs(4),     8, "scales it"),
    ("not confirmed for 90 s: the count stays",           SERVED,  (flown(8, at=90),),                                 runs(8),     8, "not confirmed"),
    ("... for ten minutes",                               SERVED,  (flown(8, at=689),),                                runs(8),     8, "not confirmed"),
    ("... then one Pod goes",                             SERVED,  (flown(8, at=690),),                                runs(8),     7, "not confirmed"),
    ("... and one more a minute later",                   SERVED,  (flown(8, at=750),),                                runs(7),     6, "not confirmed"),
    ("... and one more",                                  SERVED,  (flown(8, at=810),),                                runs(6),     5, "not confirmed"),
    ("... down to its own count",                         THREE,   (flown(8, at=4000),),                               runs(3),     3, "not confirmed"),
    ("... to which it goes up at once",                   THREE,   (flown(1, at=690),),                                runs(1),     3, "not confirmed"),
    ("what sleeps sleeps on while somebody confirms it",   SERVED,  (flown(0, least=0, at=44),),                        runs(0),     0, "scales it"),
    ("... and wakes when nobody does",                     SERVED,  (flown(0, least=0, at=45),),                        runs(0),     1, "not confirmed"),
    ("... of a slow policy, in three periods",             SERVED,  (flown(0, least=0, at=89, periodSeconds=30),),      runs(0),     0, "scales it"),
    ("a slow policy has three periods",                   SERVED,  (flown(8, at=599, periodSeconds=300),),             runs(4),     8, "scales it"),
    ("a refused policy lets go, a Pod at a time",         SERVED,  (flown(8, conditions=[ready("False", "TargetShared")]),), runs(8), 7, "does not scale it: TargetShared"),
    ("... long ago: its own count",                       THREE,   (flown(8, conditions=[ready("False", "TargetShared", since=4000)]),), runs(3), 3, "TargetShared"),
    ("two policies: the older one flies",                 SERVED,  (flown(2, name="a", born=90), flown(4, name="b")),  runs(2),     4, "AutonomyPolicy b scales it"),
    ("... of one second: the first by name",              SERVED,  (flown(4, name="a"), flown(2, name="b")),           runs(2),     4, "AutonomyPolicy a scales it"),
    ("... even where only the newer one may act",         SERVED,  (flown(2, name="a", born=90), flown(4, name="b", authority="Observe")), runs(2), 1, ""),
]
# fmt: on


UP = (pod(REV),)


def seen(policies, deployments, pods=UP, rev=REV):
    return world(rev, flown_by=policies, deployments=deployments, pods=pods, policy=policy(maxReplicas=15))


@pytest.mark.parametrize(
    ("of", "policies", "deployments", "pods", "why"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_pods_and_why(of, policies, deployments, pods, why):
    found = count(of, seen(policies, deployments), NOON)

    assert found.replicas == pods
    assert why in found.why and bool(why) == bool(found.why)


@pytest.mark.parametrize(
    ("of", "policies", "deployments"), [c[1:4] for c in CASES], ids=[c[0] for c in CASES]
)
def test_time_alone_changes_it_when_it_says(of, policies, deployments):
    """Looked at again just before the time it gives, nothing has changed."""
    found = count(of, seen(policies, deployments), NOON)
    if found.revisit is None:
        assert count(of, seen(policies, deployments), NOON + timedelta(days=1)).replicas == found.replicas
    else:
        assert found.revisit > timedelta(0)
        almost = found.revisit - timedelta(milliseconds=1)
        assert count(of, seen(policies, deployments), NOON + almost) == replace(
            found, revisit=timedelta(milliseconds=1)
        )
        assert count(of, seen(policies, deployments), NOON + found.revisit) != found


def test_it_never_drops_by_more_than_one_pod_once_nobody_confirms():
    deployments, minute = runs(15), timedelta(seconds=7)
    counts = [
        count(SERVED, seen((flown(15),), deployments), NOON + n * minute).replicas for n in range(9 * 27)
    ]

    assert (counts[0], counts[-1]) == (15, 1)
    assert all(before - after in (0, 1) for before, after in pairwise(counts))


def test_a_stolen_autopilot_that_writes_absurd_counts_stays_inside_the_bounds():
    for absurd in (0, 1, 16, 20, 999, 1000):
        for n in range(16):
            found = count(SERVED, seen((flown(absurd, least=2, most=12),), runs(n)), NOON).replicas
            assert 1 <= found <= max(12, n) and found <= max(n, 2 * n, 1)


class TestWholePass:
    def test_the_message_says_who_scales(self):
        plan = decide(SERVED, seen((flown(2),), runs(1)), NOON)

        assert done(plan) == ["Apply ConfigMap", "Apply Deployment"]
        assert plan.actions[1].manifest["spec"]["replicas"] == 2
        message = next(c.message for c in plan.status.conditions if c.type == "Available")
        assert "AutonomyPolicy load scales it, between 1 and 20 Pods" in message

    def test_pods_on_their_way_are_no_reason_not_to_be_ready(self):
        plan = decide(SERVED, seen((flown(6),), runs(6, 3)), NOON)

        assert (last(plan), summary(plan)) == ("Verified=True/LiveCheckPassed", "Ready=True")

    def test_too_few_of_them_are(self):
        plan = decide(SERVED, seen((flown(6, least=4),), runs(6, 3)), NOON)

        assert (last(plan), summary(plan)) == ("Available=Unknown/PodsStarting", "Reconciling Ready=Unknown")

    def test_a_tool_not_flown_waits_for_all_of_its_pods(self):
        plan = decide(THREE, seen((), runs(3, 2)), NOON)

        assert last(plan) == "Available=Unknown/PodsStarting"

    def test_pods_that_are_refused_show_though_it_serves(self):
        denied = (deployed(TOOL, REV, wanted=6, ready=3, complete=False, failure="exceeded quota"),)
        plan = decide(SERVED, seen((flown(6),), denied), NOON)

        assert summary(plan) == "Ready=True"
        assert "exceeded quota" in next(c.message for c in plan.status.conditions if c.type == "Available")

    def test_a_tool_asleep_has_its_deployment_without_pods(self):
        plan = decide(SERVED, seen((flown(0, least=0),), runs(0)), NOON)

        assert done(plan) == ["Apply ConfigMap", "Apply Deployment"]
        assert plan.actions[1].manifest["spec"]["replicas"] == 0

    def test_a_revision_that_was_not_verified_does_not_sleep(self):
        edited = tool(code="def run(text): return {}\n", status=SERVED.status)
        new = grown(edited, "2030-01-01T12:00:00Z")
        both = {"deployments": (deployed(TOOL, REV, wanted=0, ready=0), deployed(edited, new))}
        seen_now = world(REV, new, flown_by=(flown(0, least=0),), pods=(pod(REV), pod(new)), **both)
        plan = decide(edited, seen_now, NOON)

        assert last(plan) == "Verified=Unknown/LiveCheck"
        assert [a.manifest["spec"]["replicas"] for a in plan.actions if "Deployment" in str(a)[:80]] == [1, 0]

    @pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
    def test_a_second_look_changes_nothing(self, case):
        _, of, policies, deployments, _, _ = case
        here = world(REV, flown_by=policies, deployments=deployments, pods=(pod(REV),), live=live(TOOL, REV))
        first = decide(of, here, NOON)
        again = decide(of.model_copy(update={"status": first.status}), here, NOON + timedelta(milliseconds=1))

        assert again.status == first.status
