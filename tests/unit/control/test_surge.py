"""A load that jumps: how long calls are late, and how many Pods that takes."""

from __future__ import annotations

import numpy as np
import pytest

from cupel.control.fleet import Settings
from cupel.control.pilot import Pilot
from cupel.control.plant import Flight, Plant

CAPACITY, LEAD, PERIOD = 5.0, 10, 2
BEFORE, JUMP = 20.0, 300


def flown(after: float, rise: int = 1, most: float = 200.0) -> tuple[list[int], list[float]]:
    """Seconds after the jump in which calls wait longer than half a second, and Pods wanted in each second since. The
    load is what it is `after` when it has risen for so many seconds."""
    settings = Settings.default(1, period=float(PERIOD), lead=float(LEAD), capacity=CAPACITY, most=most)
    flight, pilot = Flight(Plant(np.array([CAPACITY]), LEAD), np.array([6.0])), Pilot(settings)
    late: list[int] = []
    wanted: list[float] = []
    for second in range(JUMP + 120):
        if second and second % PERIOD == 0:
            flight.want(pilot(flight.seen()))
        missed = flight.score().missed[0]
        share = min(max(second + 1 - JUMP, 0) / rise, 1.0)
        flight.advance(np.array([BEFORE + (after - BEFORE) * share]))
        if second >= JUMP:
            wanted.append(float(flight.wanted[0]))
            if flight.score().missed[0] > missed:
                late.append(second - JUMP)
    return late, wanted


@pytest.mark.parametrize("after", [45.0, 60.0])
def test_calls_are_late_hardly_longer_than_pods_take_to_start(after: float) -> None:
    """Two looks, the start of a Pod, and a quarter of that; steps are seconds."""
    late, _ = flown(after)

    assert late and max(late) <= 2 * PERIOD + 1.25 * LEAD + 1


def test_a_crowd_that_comes_within_a_minute_is_late_in_the_beginning_only() -> None:
    """Its growth is foreseen: Pods catch up with it while it still grows."""
    late, _ = flown(after=110.0, rise=60)

    assert late and max(late) <= 3 * LEAD


@pytest.mark.parametrize("after", [45.0, 60.0])
def test_pods_that_start_already_are_not_asked_for_again(after: float) -> None:
    """What waits grows until they are ready, and is no reason for more."""
    _, wanted = flown(after)
    waits = (after - 6 * CAPACITY) * (LEAD + 2 * PERIOD)

    assert max(wanted) <= (after + waits / (0.25 * LEAD)) / CAPACITY + 2


@pytest.mark.parametrize("after", [45.0, 60.0])
def test_pods_that_worked_off_what_waited_go_when_it_is_gone(after: float) -> None:
    """Not before they were ready, nor all of them: what stays carries the load with a band to spare."""
    late, wanted = flown(after)
    most = max(wanted)
    first = next(second for second, pods in enumerate(wanted) if second > wanted.index(most) and pods < most)

    assert max(late) < first <= wanted.index(most) + 2 * LEAD + PERIOD
    assert min(wanted[first:]) > after / CAPACITY


def test_pods_stay_while_calls_wait_for_them() -> None:
    """At `most` the queue lasts: Pods are ready for more than two leads, and none is to spare."""
    late, wanted = flown(after=60.0, most=13.0)
    full = wanted.index(13.0)

    assert max(late) > full + 3 * LEAD
    assert set(wanted[full : max(late)]) == {13.0}
