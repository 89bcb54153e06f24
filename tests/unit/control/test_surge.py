"""A load that jumps: how long calls are late, and how many Pods that takes."""

from __future__ import annotations

import numpy as np
import pytest

from cupel.control.fleet import Settings
from cupel.control.pilot import Pilot
from cupel.control.plant import Flight, Plant

CAPACITY, LEAD, PERIOD = 5.0, 10, 2
BEFORE, JUMP = 20.0, 300


def flown(after: float) -> tuple[list[int], list[float]]:
    """Seconds after the jump in which calls wait longer than half a second, and Pods wanted in each second since."""
    settings = Settings.default(1, period=float(PERIOD), lead=float(LEAD), capacity=CAPACITY, most=200.0)
    flight, pilot = Flight(Plant(np.array([CAPACITY]), LEAD), np.array([6.0])), Pilot(settings)
    late: list[int] = []
    wanted: list[float] = []
    for second in range(JUMP + 120):
        if second and second % PERIOD == 0:
            flight.want(pilot(flight.seen()))
        missed = flight.score().missed[0]
        flight.advance(np.array([BEFORE if second < JUMP else after]))
        if second >= JUMP:
            wanted.append(float(flight.wanted[0]))
            if flight.score().missed[0] > missed:
                late.append(second - JUMP)
    return late, wanted


@pytest.mark.parametrize("after", [45.0, 60.0])
def test_calls_are_late_hardly_longer_than_pods_take_to_start(after: float) -> None:
    """Two looks, the start of a Pod, and half of that."""
    late, _ = flown(after)

    assert late and max(late) <= 2 * PERIOD + 1.5 * LEAD


@pytest.mark.parametrize("after", [45.0, 60.0])
def test_pods_that_start_already_are_not_asked_for_again(after: float) -> None:
    """What waits grows until they are ready, and is no reason for more."""
    _, wanted = flown(after)
    waits = (after - 6 * CAPACITY) * (LEAD + 2 * PERIOD)

    assert max(wanted) <= (after + waits / (0.5 * LEAD)) / CAPACITY + 2
