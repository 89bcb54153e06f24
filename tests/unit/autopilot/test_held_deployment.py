"""A Deployment's Pods, from their pages to the word that a revision is worse, and what a restart keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import RevisionServed
from cupel.autopilot.held import Held
from cupel.autopilot.subjects import DeploymentSubject
from cupel.decide.autonomy import Worse
from cupel.decide.deployment_history import ReplicaSetSeen
from cupel.signals.reading import Moment, PodAddress
from cupel.signals.revision_pods import PodCounters, counted

from .flown import policy

COUNTERS = {
    "port": 9090,
    "calls": {"metric": "calls"},
    "failed": {"metric": "failures"},
    "seconds": {"metric": "seconds"},
}
POLICY = policy(rollback={"enabled": True, "counters": COUNTERS}, authority="Act", periodSeconds=1)
A, B = "aaa", "bbb"
NOON = 1_800_000_000


def revision(number: int, digits: str, ready: int = 1) -> ReplicaSetSeen:
    return ReplicaSetSeen("shop", f"web-{digits}", f"uid-{digits}", "uid-web", number, digits, ready)


def good(*digits: str) -> tuple[RevisionServed, ...]:
    since = datetime.fromtimestamp(NOON, UTC)
    return tuple(
        RevisionServed(template_hash=one, name=f"web-{one}", since=since, good_at=since) for one in digits
    )


class Scene:
    """Pods that count, and a policy that looks at them every second."""

    def __init__(self, of: AutonomyPolicy = POLICY) -> None:
        self.policy = of
        self.held = Held()
        self.held.crew([of], {})
        self.history: tuple[ReplicaSetSeen, ...] = (revision(1, A),)
        self.counts: dict[str, list[int]] = {A: [0, 0], B: [0, 0]}
        self.buckets = ("0.1", "0.5")
        self.slow = 0.0
        self.obstacle = ""
        self.at = 1000.0

    def knows(self, *revisions: RevisionServed) -> None:
        status = self.policy.status.model_copy(update={"revisions": revisions})
        self.policy = self.policy.model_copy(update={"status": status})

    def rolls_out(self, ready: int = 1) -> None:
        """The second revision, beside the first."""
        self.history = (revision(2, B, ready), revision(1, A))
        self.knows(*good(A))

    def page(self, digits: str) -> bytes:
        calls, failures = self.counts[digits]
        fast = round(calls * (1 - self.slow))
        lines = [f"calls {calls}", f"failures {failures}"]
        lines += [f'seconds_bucket{{le="{self.buckets[0]}"}} {fast}']
        lines += [f'seconds_bucket{{le="{bound}"}} {calls}' for bound in (self.buckets[1], "+Inf")]
        return ("\n".join(lines) + "\n").encode()

    def look(self, calls: int = 10, failing: int = 0, away: bool = False, beside: int = 0) -> Worse | None:
        """A second in which every revision with a ready Pod is called, and the newest fails; `beside`: how
        often the others do.
        """
        self.at += 1
        able = [one for one in self.history if one.ready]
        for one in able:
            self.counts[one.template_hash][0] += calls
            self.counts[one.template_hash][1] += failing if one is self.history[0] else beside
        pods = tuple(PodAddress(one.name, "10.0.0.1", revision=one.template_hash) for one in able)
        pages: dict[str, Any] = {one.name: self.page(one.template_hash) for one in able}
        if away:
            pages = dict.fromkeys(pages, "it cannot be read: ClientConnectorError")
        said = counted(PodCounters(self.policy.spec.rollback.counters or _none(), pods), pages, self.at)
        subject = DeploymentSubject(self.policy, self.history, said, self.held.identity(0), self.obstacle)
        moment = Moment(NOON + self.at, self.at)
        assert not self.held.weigh([subject], moment), "no gateway knows who calls a Deployment"
        return self.held.judged([subject], {}, moment)[0]

    def looks(self, times: int, calls: int = 10, failing: int = 0) -> Worse | None:
        """The first word that it is worse, within so many seconds."""
        found = (self.look(calls, failing) for _ in range(times))
        return next((one for one in found if one), None)

    def said(self) -> tuple[str, str]:
        saved = self.held.saved(0)
        return (saved.reason, saved.message) if saved else ("", "")


def _none() -> Any:
    raise AssertionError("the policy has counters")


def test_a_successor_that_fails_every_fifth_call_is_worse_while_it_is_still_rolled_out() -> None:
    scene = Scene()
    assert scene.looks(60) is None
    scene.rolls_out()

    worse = scene.looks(20, failing=2)

    assert worse is not None
    assert (worse.identity, worse.back_to, worse.target) == (B, "revision 1 (web-aaa)", A)
    assert "20 % of calls failed" in worse.message


def test_a_healthy_successor_is_left_alone() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()

    assert scene.looks(120) is None
    assert scene.said()[0] == "NoRegression"


def test_a_revision_that_became_slow_days_after_it_took_over_is_worse() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    scene.looks(300)
    scene.slow = 0.6

    worse = scene.looks(60)

    assert worse is not None
    assert "were slow" in worse.message


def test_one_is_good_once_enough_was_counted_and_nothing_speaks_against_it() -> None:
    scene = Scene()
    scene.looks(25)
    early = scene.held.good(0)
    scene.looks(10)
    by_then = scene.held.good(0)
    scene.rolls_out()
    scene.looks(20, failing=3)

    assert (early, by_then, scene.held.good(0)) == (None, True, False)


def test_nothing_is_gone_back_to_that_is_not_known_to_be_good() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    scene.knows()

    assert scene.looks(20, failing=2) is None
    assert scene.said()[0] == "NoGoodRevision"


def test_what_was_left_and_brought_back_is_not_left_again() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    (known,) = good(B)
    left = known.model_copy(update={"good_at": None, "condemned_at": known.since, "left_at": known.since})
    scene.knows(*good(A), left)

    assert scene.looks(20, failing=2) is None
    assert scene.said()[0] == "AlreadyCondemned"


def test_one_that_is_condemned_and_serves_on_is_still_left() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    (known,) = good(B)
    scene.knows(*good(A), known.model_copy(update={"good_at": None, "condemned_at": known.since}))

    assert scene.looks(20, failing=2) is not None


def test_a_newer_one_on_its_way_is_waited_for() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    scene.looks(2, failing=2)
    scene.history = (revision(3, "ccc", ready=0), *scene.history)
    scene.counts["ccc"] = [0, 0]
    for _ in range(20):
        scene.counts[B][1] += 2
        assert scene.look() is None

    assert scene.said()[0] == "RolloutHeld"
    assert "revision 3 (web-ccc) is being rolled out" in scene.said()[1]


def test_what_is_paused_by_a_person_stays() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    scene.obstacle = "`spec.paused` of the Deployment is true"

    assert scene.looks(20, failing=2) is None
    assert "`spec.paused`" in scene.said()[1]


def test_a_rollout_without_a_ready_pod_changes_nothing() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out(ready=0)
    scene.looks(20, failing=10)

    assert scene.held.identity(0) == A


def test_pods_that_do_not_answer_are_no_evidence_and_are_named() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()

    assert not any(scene.look(10, 5, away=True) for _ in range(30))
    assert "nothing is counted now: Pod web-bbb: it cannot be read" in scene.said()[1]


def test_what_was_held_against_it_is_still_held_after_a_restart() -> None:
    before = Scene()
    before.looks(60)
    saved = before.held.saved(0)
    assert saved is not None
    after = Scene(POLICY.model_copy(update={"status": POLICY.status.model_copy(update={"evidence": saved})}))
    identity = after.held.identity(0)
    after.rolls_out()
    after.look()

    assert (saved.digest, saved.template_hash, identity) == (None, A, A)
    assert after.looks(20, failing=2) is not None


def test_other_counters_begin_anew() -> None:
    before = Scene()
    before.looks(60)
    saved = before.held.saved(0)
    others = {"enabled": True, "counters": COUNTERS | {"failed": {"metric": "errors"}}}
    other = policy(rollback=others, authority="Act")
    status = other.status.model_copy(update={"evidence": saved})
    restarted, edited = Scene(other.model_copy(update={"status": status})), before.held
    edited.crew([other], {0: 0})

    assert (restarted.held.identity(0), edited.identity(0)) == ("", "")


def test_a_successor_that_times_its_calls_in_other_buckets_is_not_slower_for_that() -> None:
    """All calls take a twentieth of a second; the new revision has no bucket below a second."""
    scene = Scene()
    scene.looks(120)
    scene.rolls_out()
    scene.buckets = ("1.0", "5.0")

    assert scene.looks(120) is None
    assert scene.held.good(0) is True


def test_after_a_rollback_the_one_that_was_left_is_no_baseline() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    scene.looks(20, failing=5)
    scene.history = (revision(3, A), revision(2, B, ready=0))
    scene.looks(60)
    calm = scene.said()[0]
    scene.looks(20, failing=3)

    assert calm == "NoRegression"
    assert scene.said()[0] == "NoGoodRevision"


def test_a_predecessor_that_still_serves_and_fails_as_well_clears_it() -> None:
    """What both call went down in the middle of a rollout."""
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    scene.looks(10)

    assert not any(scene.look(10, failing=4, beside=4) for _ in range(30))
    assert scene.said()[0] == "SharedIncident"


def test_a_predecessor_that_fails_as_it_always_did_clears_nothing() -> None:
    scene = Scene()
    for second in range(120):
        scene.look(10, failing=second % 5 == 0)
    scene.rolls_out()
    found = [scene.look(10, failing=4, beside=second % 5 == 0) for second in range(30)]

    assert any(found)


def test_what_the_predecessor_did_clears_nothing_once_it_is_gone() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    for _ in range(10):
        scene.look(10, failing=0, beside=4)
    scene.history = (revision(2, B), revision(1, A, ready=0))
    scene.looks(60)

    assert scene.looks(20, failing=3) is not None


def test_others_of_the_namespace_that_became_worse_with_it_clear_it() -> None:
    """Three Deployments call one database, and it goes down."""
    scenes = [Scene() for _ in range(3)]
    held = Held()
    held.crew([one.policy for one in scenes], {})
    reasons: set[str] = set()
    for second in range(120):
        subjects = []
        for scene in scenes:
            scene.at += 1
            scene.counts[A][0] += 10
            scene.counts[A][1] += 5 if second > 60 else (second % 3 == 0)
            pods = (PodAddress("web-aaa", "10.0.0.1", revision=A),)
            said = counted(
                PodCounters(scene.policy.spec.rollback.counters or _none(), pods),
                {"web-aaa": scene.page(A)},
                scene.at,
            )
            subjects.append(DeploymentSubject(scene.policy, scene.history, said, A))
        moment = Moment(NOON + second, 1000.0 + second)
        held.weigh(subjects, moment)
        held.judged(subjects, {}, moment)
        saved = held.saved(0)
        reasons.add(saved.reason if saved else "")

    assert "SharedIncident" in reasons
    assert "NoGoodRevision" not in reasons


def test_figures_for_the_metrics_are_powers_of_ten() -> None:
    scene = Scene()
    scene.looks(60)
    scene.rolls_out()
    scene.looks(20, failing=3)
    found = scene.held.figures(0)

    assert found["rollback_evidence"] > found["rollback_evidence_needed"] > 0
    assert all(np.isfinite(value) for value in found.values())
