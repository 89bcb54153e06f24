"""A load that goes and comes back, for as long as anybody looks: who is late, and how often Pods are changed."""

from __future__ import annotations

import numpy as np
import pytest

from cupel.control.fleet import Settings
from cupel.control.pilot import Pilot
from cupel.control.plant import Flight, Plant
from cupel.control.settling import forgotten, settled

LEAD, PERIOD, HOUR = 10, 2, 3600


def flown(load: np.ndarray, capacity: float) -> tuple[np.ndarray, np.ndarray]:
    """Calls (steps, N) that were late in each second, and whether Pods were changed in it."""
    rows = load.shape[1]
    settings = Settings.default(rows, period=float(PERIOD), lead=float(LEAD), capacity=capacity, most=1e4)
    flight, pilot = Flight(Plant(np.full(rows, capacity), LEAD), np.full(rows, 6.0)), Pilot(settings)
    missed, acted = [], []
    for second, arrives in enumerate(load):
        if second and second % PERIOD == 0:
            flight.want(pilot(flight.seen()))
        flight.advance(arrives)
        missed.append(flight.score().missed)
        acted.append(flight.score().actions)
    return np.diff(missed, axis=0, prepend=0.0), np.diff(acted, axis=0, prepend=0.0)


def test_load_that_comes_back_within_five_minutes_finds_its_pods() -> None:
    """They were needed too lately to be taken away: once they are there nobody is late, and nothing changes."""
    every, at = np.array([60, 240, 500]), np.arange(HOUR // 2)[:, None]
    late, acted = flown(np.where(at % every < every / 2, 10.0, 40.0), 5.0)

    assert (late[:500].sum(axis=0) > 0).all()
    assert late[1000:].sum() == 0
    assert acted[1000:].sum() == 0


def test_load_that_stays_away_for_longer_does_not_hold_its_pods() -> None:
    load = np.repeat([10.0, 40.0, 10.0], [300, 300, 600])[:, None]
    since = np.cumsum(flown(load, 5.0)[1][600:])

    assert since[-1] > 0


def test_a_batch_a_minute_changes_the_pods_at_most_sixty_times_in_any_hour() -> None:
    """Each is over before Pods for it are ready, and each is a surge."""
    load = np.full((HOUR + 60, 1), 0.2)
    load[30::60] += 120.0
    _, acted = flown(load, 0.5)
    an_hour = np.convolve(acted[:, 0], np.ones(HOUR), "valid")

    assert 20 < an_hour.max() <= 60


@pytest.mark.parametrize(
    ("what", "spare", "since_up", "since_down", "changes", "may"),
    [
        ("long ago", 1.0, 1e6, 1e6, 0.0, True),
        ("none to spare", 0.0, 1e6, 1e6, 0.0, False),
        ("one, soon after a ScaleUp", 1.0, 100.0, 1e6, 0.0, False),
        ("several, soon after a ScaleUp", 2.0, 100.0, 1e6, 0.0, True),
        ("several, while they start", 2.0, 15.0, 1e6, 0.0, False),
        ("right after a ScaleDown", 2.0, 1e6, 20.0, 0.0, False),
        ("changed often", 2.0, 1e6, 1e6, 14.0, True),
        ("changed too often", 2.0, 1e6, 1e6, 14.5, False),
    ],
)
def test_pods_may_go(
    what: str, spare: float, since_up: float, since_down: float, changes: float, may: bool
) -> None:
    given = (np.array([figure]) for figure in (spare, since_up, since_down, changes))

    assert settled(*given, Settings.default(1))[0] == may, what


def test_changes_are_forgotten_evenly_and_never_owed() -> None:
    assert forgotten(np.array([10.0, 0.5]), np.array([80.0, 80.0])).tolist() == [9.0, 0.0]
