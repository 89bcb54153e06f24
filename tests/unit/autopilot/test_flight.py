"""The rows of one period: who flies goes on, who joins resumes, time is measured by the clock that never jumps."""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np
import pytest

from cupel.autopilot.engine import gap, settings_of
from cupel.autopilot.flight import Flight
from cupel.autopilot.roster import Judged, Roster
from cupel.control import trust
from cupel.control.fleet import ACTIONS, REASONS
from cupel.signals.reading import Key, Moment, Reading

from .flown import policy, tool_policy

NOON = 1_800_000_000.0
PODS, NONE = np.array([4.0]), np.array([-inf])


def moment(seconds: float, step: float = 0.0) -> Moment:
    """So long after noon, by both clocks; `step` is what the clock of the day was set by."""
    return Moment(NOON + seconds + step, 100.0 + seconds)


def flown(load: float, looks: int, period: float = 5.0, step: float = 0.0) -> Flight:
    """A flight of one policy that has seen this load so often; the clock of the day is set half-way."""
    flight = Flight(period, moment(0))
    flight.crew([policy()], moment(0))
    for number in range(1, looks + 1):
        now = moment(number * period, step if number > looks / 2 else 0.0)
        flight.tick([Reading(load, now.now)], now, PODS, PODS, NONE)
    return flight


def level(flight: Flight) -> float:
    return float(flight.memory.belief.level[0])


def test_it_believes_what_it_sees() -> None:
    assert level(flown(20.0, 40)) == pytest.approx(20.0, rel=0.05)


def test_a_step_of_the_clock_of_the_day_moves_no_belief() -> None:
    steady, stepped = flown(20.0, 40), flown(20.0, 40, step=-86_400.0)

    assert level(stepped) == level(steady)
    assert stepped.memory.belief.p00[0] == steady.memory.belief.p00[0]


def test_a_missing_sample_is_no_zero_and_makes_less_sure() -> None:
    flight = flown(20.0, 40)
    before, sure = level(flight), float(flight.memory.belief.p00[0])
    now = moment(205)
    flight.tick([Reading.missing("away")], now, PODS, PODS, NONE)

    assert level(flight) == pytest.approx(before, rel=0.1)
    assert flight.memory.belief.p00[0] > sure
    assert flight.judged.verdicts.tolist() == [trust.ABSENT]


def test_who_flew_already_goes_on_when_another_joins() -> None:
    flight = flown(20.0, 40)
    flight.crew([policy("new"), policy()], moment(200))

    assert flight.row(("shop", "web")) == 1
    assert flight.memory.belief.level[1] == pytest.approx(20.0, rel=0.05)
    assert flight.memory.belief.steps.tolist() == [0, 40]


def test_the_same_crew_changes_nothing() -> None:
    flight = flown(20.0, 5)
    memory = flight.memory
    flight.crew([policy()], moment(30))

    assert flight.memory is memory


def test_another_policy_of_the_same_name_starts_anew() -> None:
    flight = flown(20.0, 40)
    flight.crew([policy(uid="other")], moment(200))

    assert flight.memory.belief.steps.tolist() == [0]


def test_one_that_joins_resumes_from_its_status() -> None:
    saved = flown(20.0, 40).memory.pack_row(0)
    believed = {
        "at": "2026-11-26T12:00:00Z", "level": "20", "levelDeviation": "1", "trend": "0", "capacity": "7",
        "summary": "20", "saved": saved,
    }  # fmt: skip
    flight = Flight(5.0, moment(0))
    flight.crew([policy(status={"believed": believed})], moment(0))

    assert level(flight) == pytest.approx(20.0, rel=0.05)
    assert flight.memory.belief.steps[0] > 0


def test_a_damaged_memory_starts_anew() -> None:
    believed = {
        "at": "2026-11-26T12:00:00Z", "level": "20", "levelDeviation": "1", "trend": "0", "capacity": "7",
        "summary": "20", "saved": "AAAA",
    }  # fmt: skip
    flight = Flight(5.0, moment(0))
    flight.crew([policy(status={"believed": believed})], moment(0))

    assert flight.memory.belief.steps.tolist() == [0]


def believed_at(seconds: float) -> float:
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(NOON - seconds, UTC).isoformat()
    body = {
        "at": at,
        "level": "1",
        "levelDeviation": "1",
        "trend": "0",
        "capacity": "1",
        "summary": "",
        "saved": "",
    }
    return gap(policy(status={"believed": body}), NOON)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(30.0, 30.0, id="as long as it was away"),
        pytest.param(0.0, 2.0, id="at least a period"),
        pytest.param(-3600.0, 2.0, id="a belief of the future says that a clock was stepped"),
        pytest.param(1e9, 86_400.0, id="no sleep is longer than a day"),
    ],
)
def test_how_long_a_belief_slept(seconds: float, expected: float) -> None:
    assert believed_at(seconds) == expected


def test_a_late_tick_is_one_of_more_than_half_a_period() -> None:
    flight = Flight(4.0, moment(0))

    assert not flight.late(moment(2))
    assert flight.late(moment(2.1))


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        pytest.param(0.5, 4.0, id="in time: a period after it was due"),
        pytest.param(3.9, 4.0, id="hardly in time"),
        pytest.param(9.0, 13.0, id="what was missed is not made up for"),
    ],
)
def test_when_it_is_due_again(ended: float, due: float) -> None:
    flight = Flight(4.0, moment(0))
    flight.next(moment(ended))

    assert flight.due == 100.0 + due


def test_a_tools_policy_watches_what_the_gateway_measures() -> None:
    roster = Roster.of([tool_policy(), policy()])

    assert [key.signal for key in roster.signals] == [
        "throughputPerSecond", "inFlight", "latencyMilliseconds", "errorPerMille", "throughputPerSecond",
    ]  # fmt: skip
    assert roster.owner.tolist() == [0, 0, 0, 0, 1]
    assert roster.columns["load"].tolist() == [0, 4]
    assert roster.columns["latency"].tolist() == [2]


def test_figures_stand_in_the_row_of_their_policy() -> None:
    roster = Roster.of([tool_policy(), policy()])
    clean = np.array([1.0, 2.0, 3.0, 4.0, 5.0])

    assert roster.figures("load", clean).tolist() == [1.0, 5.0]
    assert roster.figures("error_per_mille", clean)[0] == 4.0
    assert isnan(roster.figures("error_per_mille", clean)[1])


def test_how_long_a_figure_stood_still_survives_a_change_of_crew() -> None:
    judged = Judged(Roster.of([policy()]))
    for number in range(4):
        judged.take([Reading(3.7, NOON)], Moment(NOON, float(number)), np.array([5.0]))
    moved = judged.moved(Roster.of([policy("new"), policy()]))

    assert moved.standing.looks.tolist() == [0.0, 3.0]
    assert moved.roster.signals[1] == Key("shop", "web", "throughputPerSecond")


def test_settings_are_in_the_engines_units() -> None:
    spec = {
        "mode": "Aggressive", "periodSeconds": 3,
        "scaling": {"capacityPerReplica": 7500, "startSeconds": 20, "maxReplicas": 9},
        "objectives": [{"signal": "throughputPerSecond", "atMost": 100, "weight": 3}],
    }  # fmt: skip
    found = settings_of(
        [policy(**spec), tool_policy(objectives=[{"signal": "latencyMilliseconds", "atMost": 250}])]
    )

    assert found.capacity[0] == 7.5
    assert isnan(found.capacity[1])
    assert (found.period.tolist(), found.lead.tolist(), found.most.tolist()) == ([3, 2], [20, 10], [9, 5])
    assert (found.sureness.tolist(), found.ahead.tolist()) == ([0.5, 0.7], [True, False])
    assert found.at_most[0].tolist() == [100, *[inf] * 8]
    assert found.at_most[1].tolist() == [inf, inf, 250, *[inf] * 6]
    assert found.weights.tolist() == [[3, *[0] * 8], [0, 0, 1, *[0] * 6]]


def of_cloudwatch(read: str) -> dict[str, object]:
    asked = {"region": "eu-west-1", "namespace": "AWS/SQS", "metricName": "x", "statistic": "Sum"}
    every = {"metricPeriodSeconds": 1, "delaySeconds": 0, "read": read}
    return {"name": "queue", "type": "CloudWatch", "cloudWatch": asked | every}


@pytest.mark.parametrize(
    ("signal", "counts"),
    [
        ({"name": "throughputPerSecond", "type": "Prometheus", "prometheus": {"query": "x"}}, True),
        ({"name": "queue", "type": "Prometheus", "prometheus": {"query": "x"}}, False),
        (
            {"name": "queue", "type": "PodMetrics", "podMetrics": {"port": 1, "metric": "x", "read": "Rate"}},
            True,
        ),
        ({"name": "queue", "type": "PodMetrics", "podMetrics": {"port": 1, "metric": "x"}}, False),
        (of_cloudwatch("Rate"), True),
        (of_cloudwatch("Value"), False),
    ],
)
def test_what_scatters_as_counts_do(signal: dict[str, object], counts: bool) -> None:
    found = settings_of([policy(signals=[signal], scaling={"load": signal["name"]})])

    assert found.counts.tolist() == [counts]


def test_nobody_flies() -> None:
    flight = Flight(5.0, moment(0))
    flight.crew([], moment(0))

    assert len(flight.memory) == 0
    assert nan not in flight.judged.clean


# fmt: off
CALLED = [
    # sentence                                                  signal        Pods   called before  chosen
    ("nobody calls: it sleeps on",                               0.0,          0.0,   None,    "NoOp Idle"),
    ("a call waits for a Pod",                                   1.0,          0.0,   0.0,     "ScaleUp Woken"),
    ("... and the policy watches nothing of the gateway's",      None,         0.0,   0.0,     "ScaleUp Woken"),
    ("... and no Pod has counted it under that name",            0.0,          0.0,   4.9,     "ScaleUp Woken"),
    ("one that ended before the look before is none",            None,         0.0,   5.0,     "NoOp Idle"),
    ("nobody calls, and a Pod runs",                             None,         1.0,   None,    "ScaleDown Idle"),
    ("a tool that is called does not sleep",                     None,         1.0,   3.0,     "NoOp CapacityUnknown"),
]
# fmt: on


@pytest.mark.parametrize(
    ("in_flight", "pods", "before", "chosen"), [c[1:] for c in CALLED], ids=[c[0] for c in CALLED]
)
def test_any_call_keeps_a_tool_awake_or_wakes_it(
    in_flight: float | None, pods: float, before: float | None, chosen: str
) -> None:
    """The load is another figure, and zero: one look at one call is enough."""
    query = {"type": "Prometheus", "prometheus": {"query": "load"}}
    signals = [{"name": "load", **query}] + ([{"name": "inFlight", **query}] if in_flight is not None else [])
    scaling = {"minReplicas": 0, "load": "load", "idleSeconds": 30}
    flight, one = Flight(5.0, moment(0)), np.array([1.0])
    flight.crew([tool_policy(signals=signals, scaling=scaling)], moment(0))
    for number in range(1, 13):
        now = moment(5.0 * number)
        flight.tick([Reading(0.0, now.now)] * len(signals), now, one, one, NONE)

    now, here = moment(65), np.array([pods])
    seen = [Reading(0.0, now.now)] + [Reading(in_flight, now.now)] * (len(signals) - 1)
    called = NONE if before is None else np.array([now.steady - before])
    outcome = flight.tick(seen, now, here, here, called)

    assert f"{ACTIONS[outcome.action[0]]} {REASONS[outcome.reason[0]]}" == chosen
    if chosen.startswith("Scale"):
        assert outcome.replicas[0] == (0.0 if before is None else 1.0)


DEPTH = {"name": "depth", "type": "Prometheus", "prometheus": {"query": "depth"}}
LOAD = {"name": "throughputPerSecond", "type": "Prometheus", "prometheus": {"query": "load"}}


def kept(objectives: list[dict[str, object]], depth: float | None = 5.0, looks: int = 30) -> float:
    """omega_score of a policy with a signal of its own, `depth`, under these objectives."""
    flight = Flight(5.0, moment(0))
    flight.crew([policy(signals=[LOAD, DEPTH], objectives=objectives), policy("other")], moment(0))
    for number in range(1, looks + 1):
        now = moment(5.0 * number)
        load = 20.0 + 0.01 * (number % 7)
        own = Reading.missing("away") if depth is None else Reading(depth + 0.01 * (number % 5), now.now)
        found = [Reading(load, now.now), own, Reading(load, now.now)]
        outcome = flight.tick(found, now, np.full(2, 40.0), np.full(2, 40.0), np.full(2, nan))
    assert isnan(outcome.omega[1])  # the one beside it has no objectives
    return float(outcome.omega[0])


MET, MISSED = {"signal": "throughputPerSecond", "atMost": 100}, {"signal": "throughputPerSecond", "atMost": 1}


@pytest.mark.parametrize(
    ("objectives", "omega"),
    [
        pytest.param([{"signal": "depth", "atMost": 9}], 1.0, id="a signal of its own, kept"),
        pytest.param([{"signal": "depth", "atMost": 2}], 0.0, id="... and missed"),
        pytest.param([{"signal": "depth", "atMost": 2, "weight": 3}, MET], 0.25, id="... by its weight"),
        pytest.param([{"signal": "psiPerMille", "atLeast": 1}], 1.0, id="psi"),
        pytest.param([{"signal": "betaPerMille", "atLeast": 900}, MET], 1.0, id="beta, which nothing disturbed yet"),
        pytest.param([{"signal": "betaPerMille", "atLeast": 900}], nan, id="... alone: nothing is measured"),
        pytest.param([{"signal": "omegaPerMille", "atLeast": 900}, MET], 1.0, id="omega, of all others"),
        pytest.param([{"signal": "omegaPerMille", "atLeast": 900}, MISSED], 0.0, id="omega of others, missed"),
        pytest.param([{"signal": "omegaPerMille", "atLeast": 400}, MET, {"signal": "depth", "atMost": 2}], 2 / 3, id="omega, one of two"),
    ],
)  # fmt: skip
def test_objectives_are_about_any_signal_and_any_index(
    objectives: list[dict[str, object]], omega: float
) -> None:
    assert kept(objectives) == pytest.approx(omega, nan_ok=True)


def test_an_objective_on_psi_that_is_missed_counts_from_the_second_look_on() -> None:
    assert 0.5 < kept([{"signal": "psiPerMille", "atMost": 0}, MET], looks=60) < 0.75


def test_an_objective_on_a_signal_that_is_missing_is_not_measured() -> None:
    assert kept([{"signal": "depth", "atMost": 2}, MET], depth=None) == 1.0


def test_a_figure_of_ones_own_may_be_below_zero() -> None:
    below = {**DEPTH, "least": -100}
    flight = Flight(5.0, moment(0))
    flight.crew([policy(signals=[LOAD, below], objectives=[{"signal": "depth", "atMost": -1}])], moment(0))
    outcome = flight.tick([Reading(20.0, NOON + 5), Reading(-4.0, NOON + 5)], moment(5), PODS, PODS, NONE)

    assert outcome.omega[0] == 1.0
