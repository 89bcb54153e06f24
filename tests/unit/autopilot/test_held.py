"""What the gateway counts of each revision, from its page to the word that it is worse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from prometheus_client import generate_latest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import CONDEMN
from cupel.autopilot.asking import Question
from cupel.autopilot.held import Held
from cupel.autopilot.subjects import ToolSubject, Zone
from cupel.control.one_caller import Heard
from cupel.control.rollback import Known
from cupel.decide.autonomy import Worse
from cupel.gateway.callers_door import shown
from cupel.gateway.metrics import Metrics
from cupel.signals.reading import Moment, PodAddress
from cupel.signals.revision_callers import heard, summed
from cupel.signals.revision_runs import Counted, counted

from .flown import tool_policy

OLD, NEW = f"sha256-{'a' * 64}", f"sha256-{'b' * 64}"
POD = PodAddress("gateway-1", "10.0.0.1")
KNOWN = (Known("count-b", NEW, good=True), Known("count-a", OLD, good=True))
POLICY = tool_policy("count", rollback={"enabled": True}, authority="Act")


def tool(digest: str, canary: str = "", asked: str = "") -> GeneratedTool:
    """It serves that digest, and shares its calls with a canary where one is named."""
    text = {"type": "object", "properties": {}, "additionalProperties": False}
    spec = {
        "description": "Count.",
        "interface": {"inputSchema": text, "outputSchema": text},
        "examples": [{"name": "one", "arguments": {}, "result": {}}],
        "source": {"type": "Inline", "inline": {"code": "def run() -> dict:\n    return {}\n"}},
    }
    serving = {"revision": f"count-{digest[7]}", "digest": digest, "since": "2030-01-01T00:00:00Z"}
    metadata = {"namespace": "tools", "name": "count", "uid": "u", "annotations": {CONDEMN: asked}}
    shared = {"canary": serving | {"revision": "canary", "digest": canary, "percent": 50}} if canary else {}
    return GeneratedTool.parse({"metadata": metadata, "spec": spec, "status": {"serving": serving} | shared})


class Scene:
    """A gateway that counts, and a policy that looks at it every second."""

    def __init__(self, policy: AutonomyPolicy = POLICY, known: Sequence[Known] = KNOWN) -> None:
        self.policy = policy
        self.known = known
        self.condemned: frozenset[str] = frozenset()
        self.metrics = Metrics(lambda: self.at)
        self.held = Held()
        self.held.crew([policy], {})
        self.at = 1000.0
        self.digest, self.canary = "", ""
        self.beside = 0
        """Of the calls a second that go to what serves beside a canary, those that fail."""
        self.callers: dict[str, tuple[int, int]] = {}
        """Others beside whoever is nameless, by name: calls a second, and how many of them fail."""
        self.deaf = False
        """Whether the gateway does not say who calls."""
        self.serve(OLD)

    def serve(self, digest: str, canary: str = "") -> None:
        self.digest, self.canary = digest, canary
        self.metrics.revisions.serve("tools", [("count", one) for one in (digest, canary) if one])

    def page(self) -> Counted:
        return counted({POD.name: generate_latest(self.metrics.registry)}, (POD,), self.at)

    def look(self, calls: int = 10, failing: int = 0, page: Counted | None = None) -> Worse | None:
        """A second with so many calls."""
        for number in range(calls):
            label = "tool_error" if number < failing else "ok"
            self.metrics.revisions.ran("tools", "count", self.canary or self.digest, label, 0.02)
        for number in range(calls if self.canary else 0):
            label = "tool_error" if number < self.beside else "ok"
            self.metrics.revisions.ran("tools", "count", self.digest, label, 0.02)
        self.at += 1
        for caller, calls in self.callers.items():
            for number in range(calls[0]):
                label = "tool_error" if number < calls[1] else "ok"
                self.metrics.revisions.ran("tools", "count", self.canary or self.digest, label, 0.02, caller)
        zone = Zone(lambda _: self.known, lambda _: self.condemned)
        moment = Moment(1_800_000_000 + self.at, self.at)
        subject = ToolSubject(self.policy, tool(self.digest, self.canary), page or self.page(), zone)
        subjects = [subject if self.policy.spec.rollback.enabled else None]
        asked = self.held.weigh(subjects, moment)
        return self.held.judged(subjects, {row: self.answer(one) for row, one in asked.items()}, moment)[0]

    def answer(self, asked: Question) -> Heard | None:
        """What the gateway's one Pod says of who calls."""
        if self.deaf:
            return None
        found = self.metrics.revisions.callers.of(asked.served, asked.seconds)
        return summed([heard(json.dumps(shown(found)).encode())])

    def looks(self, times: int, calls: int = 10, failing: int = 0) -> Worse | None:
        """The first word that it is worse, within so many seconds."""
        found = (self.look(calls, failing) for _ in range(times))
        return next((one for one in found if one), None)

    def reason(self) -> str:
        saved = self.held.saved(0)
        assert self.held.reason(0) == (saved.reason if saved else None)
        return saved.reason if saved else ""


def test_a_successor_that_fails_every_fifth_call_is_worse_within_seconds() -> None:
    scene = Scene()
    assert scene.looks(60) is None
    scene.serve(NEW)

    worse = scene.looks(20, failing=2)

    assert worse is not None
    assert (worse.identity, worse.back_to, worse.reason) == (NEW, "count-a", "RevisionWorse")
    assert "20 % of calls failed" in worse.message


def test_a_healthy_successor_is_left_alone() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(NEW)

    assert scene.looks(120) is None
    assert scene.reason() == "NoRegression"


@pytest.mark.parametrize("seconds", [0, 60])
def test_what_has_nothing_before_it_is_said_to_be_compared_with_itself_alone(seconds: int) -> None:
    """A canary made as soon as its policy, or after a time without calls: what it fails at is taken as usual."""
    scene = Scene()
    scene.looks(seconds, calls=10 if seconds else 0)
    scene.look(calls=10 if seconds else 0)
    scene.serve(NEW)
    scene.looks(20)

    saved = scene.held.saved(0)
    assert saved is not None and saved.message.startswith("nothing speaks for a regression")
    assert ("its own past is all there is" in saved.message) is (seconds == 0)


def test_nothing_is_rolled_back_where_no_earlier_revision_is_good() -> None:
    scene = Scene(known=(KNOWN[0], replace(KNOWN[1], good=False)))
    scene.looks(60)
    scene.serve(NEW)

    assert scene.looks(20, failing=2) is None
    assert scene.reason() == "NoGoodRevision"


def test_what_was_held_against_it_is_still_held_after_a_restart() -> None:
    before = Scene()
    before.looks(60)
    saved = before.held.saved(0)
    assert saved is not None
    status = before.policy.status.model_copy(update={"evidence": saved})
    after = Scene(before.policy.model_copy(update={"status": status}))
    after.serve(NEW)
    after.look()

    assert after.looks(20, failing=2) is not None


def test_a_gateway_that_does_not_answer_is_no_evidence() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(NEW)
    blind = Counted(problem="no Pod of the gateway is ready")

    assert not any(scene.look(10, 2, blind) for _ in range(30))
    assert scene.reason() == "NoRegression"


def test_a_condemned_one_is_no_baseline_for_what_takes_over_again() -> None:
    """Twice as bad as before is worse, even if what was in between was worse still."""
    scene = Scene()
    scene.looks(60)
    scene.serve(NEW)
    scene.looks(20, failing=5)
    scene.condemned = frozenset({NEW})
    scene.known = (KNOWN[1], Known("count-0", "sha256-" + "0" * 64, good=True))
    scene.serve(OLD)
    assert scene.looks(30) is None

    assert scene.looks(20, failing=3) is not None


def test_a_canary_is_judged_and_what_serves_beside_it_is_what_is_gone_back_to() -> None:
    scene = Scene(known=tuple(reversed(KNOWN)))  # the canary is older content that came back
    scene.looks(60)
    scene.serve(OLD, canary=NEW)

    worse = scene.looks(20, failing=2)

    assert worse is not None
    assert (worse.identity, worse.back_to) == (NEW, "count-a")


def test_a_canary_is_not_blamed_for_what_fails_beside_it_too() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(OLD, canary=NEW)
    scene.beside = 2

    assert scene.looks(30, failing=2) is None
    assert scene.reason() == "SharedIncident"


@pytest.mark.parametrize(("calls", "failing"), [(5, 1), (10, 2), (20, 4)])
def test_a_canary_that_nothing_was_counted_before_is_judged_by_what_serves_beside_it(
    calls: int, failing: int
) -> None:
    """Rollbacks were enabled a moment ago, or while it was one already."""
    scene = Scene()
    scene.serve(OLD, canary=NEW)

    worse = scene.looks(20, calls, failing)

    assert worse is not None
    assert (worse.identity, worse.back_to, worse.reason) == (NEW, "count-a", "RevisionWorse")
    assert "20 % of calls failed" in worse.message
    assert "0 % before and beside it" in worse.message


@pytest.mark.parametrize("failing", [0, 1, 5])
def test_a_canary_without_a_past_that_does_as_what_serves_beside_it_is_left_alone(failing: int) -> None:
    scene = Scene()
    scene.serve(OLD, canary=NEW)
    scene.beside = failing

    assert scene.looks(200, failing=failing) is None
    assert scene.reason() == "NoRegression"


@pytest.mark.parametrize("before", [0, 60])
def test_what_fails_in_both_after_hours_is_nobody_s_fault(before: int) -> None:
    scene = Scene()
    scene.looks(before)
    scene.serve(OLD, canary=NEW)
    scene.looks(600)
    scene.beside = 2

    assert scene.looks(60, failing=2) is None
    assert scene.reason() in {"SharedIncident", "NoRegression"}


def test_a_canary_far_worse_than_what_fails_beside_it_too_is_not_excused() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(OLD, canary=NEW)
    scene.beside = 1

    assert scene.looks(30, failing=7) is not None


def restarted(before: Scene) -> Scene:
    """Another autopilot goes on with the same gateway, from what was saved."""
    saved = before.held.saved(0)
    assert saved is not None
    status = before.policy.status.model_copy(update={"evidence": saved})
    after = Scene(before.policy.model_copy(update={"status": status}))
    after.metrics, after.at, after.beside = before.metrics, before.at, before.beside
    after.serve(before.digest, before.canary)
    return after


def test_what_served_beside_a_canary_is_known_after_a_restart() -> None:
    before = Scene()
    before.serve(OLD, canary=NEW)
    before.looks(100)
    after = restarted(before)
    after.metrics.revisions.serve("tools", [("count", NEW)])  # nothing is counted beside it any more

    assert after.looks(20, failing=3) is not None


def test_an_incident_that_both_share_outlives_a_restart() -> None:
    before = Scene()
    before.looks(60)
    before.serve(OLD, canary=NEW)
    before.looks(60)
    before.beside = 2
    before.looks(20, failing=2)
    assert before.reason() == "SharedIncident"

    assert restarted(before).looks(150, failing=2) is None


def test_a_condemned_one_that_serves_beside_a_canary_is_no_baseline() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(OLD, canary=NEW)
    scene.beside = 5
    scene.look()
    scene.condemned = frozenset({OLD})
    scene.known = (KNOWN[0], Known("count-0", "sha256-" + "0" * 64, good=True))

    worse = scene.looks(20, failing=5)

    assert worse is not None
    assert worse.back_to == "count-0"


def test_what_served_beside_a_canary_is_the_baseline_of_what_comes_after_it() -> None:
    scene = Scene()
    scene.serve(OLD, canary=NEW)
    scene.looks(60)
    scene.condemned = frozenset({NEW})
    scene.known = (*KNOWN, Known("count-0", "sha256-" + "0" * 64, good=True))
    scene.serve(OLD)
    scene.look()

    assert scene.looks(20, failing=3) is not None


def test_a_canary_that_takes_over_is_held_to_what_it_did_as_one() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(OLD, canary=NEW)
    assert scene.looks(30) is None
    before = scene.held.saved(0)
    scene.serve(NEW)
    scene.look()
    after = scene.held.saved(0)

    assert before is not None
    assert after is not None
    assert (before.digest, after.digest) == (NEW, NEW)
    assert scene.looks(30, failing=2) is not None


def test_a_canary_that_was_condemned_is_no_baseline() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(OLD, canary=NEW)
    scene.looks(20, failing=5)
    scene.condemned = frozenset({NEW})
    scene.known = (*KNOWN, Known("count-0", "sha256-" + "0" * 64, good=True))
    scene.serve(OLD)
    assert scene.looks(30) is None

    assert scene.looks(20, failing=3) is not None


def test_a_policy_that_may_not_roll_back_keeps_nothing() -> None:
    scene = Scene(tool_policy("count"))
    scene.looks(30)

    assert scene.looks(20, failing=10) is None
    assert scene.held.saved(0) is None


def test_of_policies_that_come_and_go_each_keeps_its_own() -> None:
    scene = Scene()
    scene.looks(60)
    other = tool_policy("other", rollback={"enabled": True})
    held = scene.held

    held.crew([other, scene.policy], {1: 0})
    held.crew([scene.policy], {0: 1})
    scene.serve(NEW)

    assert scene.looks(20, failing=2) is not None


ASKED = [
    ("nobody asked", "", None),
    ("a person rolled another revision back", f"{OLD}@2030-01-01T12:00:00.5Z", "2030-01-01T12:00:00.5+00:00"),
    ("... with a time of no zone", f"{OLD}@2030-01-01T12:00:00", "2030-01-01T12:00:00+00:00"),
    ("... without a time", OLD, None),
    ("... with words", f"{OLD}@yesterday", None),
    ("this one was rolled back before", f"{NEW}@2030-01-01T12:00:00Z", None),
]


@pytest.mark.parametrize(("request_", "last"), [c[1:] for c in ASKED], ids=[c[0] for c in ASKED])
def test_a_rollback_by_a_person_counts_as_the_last_one(request_: str, last: str | None) -> None:
    zone = Zone(lambda _: KNOWN, lambda _: frozenset())
    page = Scene().page()
    past = ToolSubject(POLICY, tool(NEW, asked=request_), page, zone).past(NEW)

    assert past.last == (datetime.fromisoformat(last) if last else None)


def attacked(calls: int, failing: int) -> Scene:
    """A healthy successor that four call, one of whom fails with so many of its calls a second."""
    scene = Scene()
    scene.looks(60)
    scene.serve(NEW)
    scene.callers = {f"token/{name}": (3, 0) for name in ("ann", "bob", "eve")}
    scene.callers["token/mallory"] = (calls, failing)
    return scene


@pytest.mark.parametrize(
    ("calls", "failing"),
    [
        pytest.param(1, 1, id="a few calls that all fail"),
        pytest.param(3, 3, id="as many as anybody's"),
        pytest.param(12, 12, id="more than all others'"),
        pytest.param(50, 50, id="as many as the gateway allows one caller"),
        pytest.param(12, 4, id="some of them fail"),
    ],
)
def test_one_caller_condemns_nothing_that_others_call_well(calls: int, failing: int) -> None:
    scene = attacked(calls, failing)

    assert scene.looks(120, calls=0) is None
    saved = scene.held.saved(0)

    assert saved is not None
    assert saved.reason == "OneCaller"
    assert "one caller's calls alone, `token/mallory` (" in saved.message
    assert "look at what it sends" in saved.message
    assert scene.held.figures(0)["rollback_one_caller"] == 1


def test_what_others_prove_as_well_is_condemned_within_seconds() -> None:
    """A revision that really is worse is not hidden by one who fails on purpose before."""
    scene = attacked(5, 5)
    assert scene.looks(60, calls=0) is None
    scene.callers |= {f"token/{name}": (3, 1) for name in ("ann", "bob", "eve")}

    worse = scene.looks(15, calls=0)

    assert worse is not None
    assert worse.reason == "RevisionWorse"


def test_many_who_fail_alike_are_no_excuse() -> None:
    scene = attacked(4, 2)
    scene.callers = {name: (4, 2) for name in scene.callers}

    assert scene.looks(8, calls=0) is not None


def test_where_one_calls_alone_it_is_judged_by_that_one() -> None:
    scene = attacked(10, 3)
    scene.callers = {"token/mallory": (10, 3)}

    assert scene.looks(8, calls=0) is not None


def test_a_gateway_that_does_not_say_who_calls_leaves_it_as_it_was() -> None:
    scene = attacked(12, 12)
    scene.deaf = True

    assert scene.looks(8, calls=0) is not None


def test_an_answer_that_is_lost_condemns_nothing_and_silence_does() -> None:
    scene = attacked(12, 12)
    assert scene.looks(60, calls=0) is None
    scene.deaf = True

    assert scene.looks(59, calls=0) is None
    assert scene.looks(3, calls=0) is not None


def test_after_a_restart_it_is_heard_before_it_is_condemned() -> None:
    before = attacked(12, 12)
    assert before.looks(60, calls=0) is None
    saved = before.held.saved(0)
    assert saved is not None
    status = before.policy.status.model_copy(update={"evidence": saved})
    after = Scene(before.policy.model_copy(update={"status": status}))
    after.serve(NEW)
    after.deaf = True

    assert after.looks(20, calls=0) is None
    assert after.reason() == "OneCaller"


def test_a_canary_that_one_caller_spoils_is_not_condemned() -> None:
    scene = attacked(12, 12)
    scene.serve(OLD, canary=NEW)

    assert scene.looks(120, calls=0) is None
    assert scene.reason() == "OneCaller"


def test_what_serves_beside_a_canary_need_not_be_called() -> None:
    """As after a gateway began anew: it counts nothing of what nobody called since."""
    scene = Scene()
    scene.looks(60)
    scene.metrics = Metrics(lambda: scene.at)
    scene.serve(OLD, canary=NEW)

    assert scene.looks(10, calls=0) is None


def canary_calls(scene: Scene) -> tuple[int, int, int, int]:
    saved = scene.held.saved(0)
    assert saved is not None
    assert saved.canary is not None
    found = saved.canary
    return found.calls, found.calls_beside, found.called_seconds, found.watched_seconds


def test_of_a_canary_it_is_counted_how_much_it_was_called_and_when() -> None:
    scene = Scene()
    scene.looks(60)
    scene.serve(OLD, canary=NEW)
    scene.looks(31, calls=2)
    called = canary_calls(scene)
    scene.looks(100, calls=0)
    silent = canary_calls(scene)
    scene.looks(1, calls=1)

    assert called == (60, 60, 30, 30)
    assert silent == (60, 60, 30, 130)
    assert canary_calls(scene) == (61, 61, 90, 131), "a call vouches for the minute before it"


def test_what_was_counted_of_a_canary_outlives_the_autopilot_and_no_other_canary() -> None:
    before = Scene()
    before.looks(60)
    before.serve(OLD, canary=NEW)
    before.looks(31, calls=2)
    saved = before.held.saved(0)
    status = before.policy.status.model_copy(update={"evidence": saved})
    after = Scene(before.policy.model_copy(update={"status": status}))
    after.serve(OLD, canary=NEW)
    after.looks(1, calls=0)
    kept = canary_calls(after)
    after.serve(OLD)
    after.looks(1)
    saved = after.held.saved(0)

    assert kept == (60, 60, 30, 30)
    assert saved is not None
    assert saved.canary is None
