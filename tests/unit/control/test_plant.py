"""The plant against arithmetic: late calls, Pods that start, what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from cupel.control.plant import Flight, Plant, fly


def flight(capacity: float, pods: float, start: int = 10, objective: float = 0.5) -> Flight:
    return Flight(Plant(np.array([capacity]), start, objective), np.array([pods]))


@pytest.mark.parametrize(
    ("arrivals", "late"),
    [
        ([10.0], 0.0),  # just carried
        ([15.0], 0.0),  # five wait half a second at the end of it: just in time
        ([20.0], 10.0),  # the queue reaches ten; the second half of it waits longer than half a second
        ([20.0, 10.0], 20.0),  # all of the next second find ten before them
        ([20.0, 0.0, 10.0], 10.0),  # it drained in between
    ],
)
def test_who_is_late(arrivals: list[float], late: float) -> None:
    one = flight(10.0, 1.0)
    for arrived in arrivals:
        one.advance(np.array([arrived]))

    assert one.score().missed[0] == pytest.approx(late)


def test_without_a_ready_pod_everybody_is_late_and_nobody_is_lost() -> None:
    one = flight(10.0, 0.0, start=3)
    one.want(np.array([4.0]))
    for _ in range(20):
        one.advance(np.array([5.0]))

    assert one.seen().waiting[0] == 0.0
    assert 15.0 <= one.score().missed[0] <= 25.0


def test_a_pod_is_ready_start_seconds_after_the_decision_and_paid_from_it() -> None:
    one = flight(1.0, 2.0, start=10)
    one.want(np.array([5.0]))
    ready = []
    for _ in range(12):
        one.advance(np.zeros(1))
        ready.append(one.ready[0])

    assert ready == [2.0] * 10 + [5.0] * 2
    assert one.score().pod_seconds[0] == 60.0


def test_the_newest_pods_go_first() -> None:
    one = flight(1.0, 2.0, start=10)
    for wanted in (5.0, 3.0):
        one.want(np.array([wanted]))
        for _ in range(6):
            one.advance(np.zeros(1))

    assert one.ready[0] == 3.0  # the third was wanted all along


def test_reversals_are_turns_within_ten_minutes() -> None:
    one = flight(1.0, 5.0)
    for wanted, seconds in ((6.0, 100), (5.0, 700), (6.0, 100), (7.0, 100), (6.0, 1)):
        one.want(np.array([wanted]))
        for _ in range(seconds):
            one.advance(np.zeros(1))
    score = one.score()

    assert (score.actions[0], score.turns[0], score.reversals[0]) == (5.0, 3.0, 2.0)


def test_rows_fly_alone_and_the_warm_part_does_not_count() -> None:
    arrivals = np.random.default_rng(1).poisson(8.0, (300, 3)).astype(np.float64)
    plant = Plant(np.array([1.0, 2.0, 4.0]))
    first = np.array([9.0, 6.0, 3.0])
    together = fly(plant, arrivals, first, 5, lambda seen: np.ceil(seen.arrived) + 1, warm=100)
    alone = fly(
        Plant(plant.capacity[1:2]),
        arrivals[:, 1:2],
        first[1:2],
        5,
        lambda s: np.ceil(s.arrived) + 1,
        warm=100,
    )

    assert together.missed[1] == alone.missed[0]
    assert together.total[1] == arrivals[100:, 1].sum()
    assert together.seconds == 200.0
