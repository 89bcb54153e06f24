"""How fast load grows just now, told from its running means."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from cupel.control.growth import Growth, followed, rising
from cupel.control.policy import Settings

SETTINGS = Settings.default(1, period=2.0, lead=10.0)
NO, YES = np.array([False]), np.array([True])


def grown(loads: Iterable[float], seconds: float = 2.0, settings: Settings = SETTINGS) -> float:
    """What is said to be added each second after these loads."""
    growth = Growth.blank(1)
    for load in loads:
        growth = followed(growth, np.array([load]), np.array([seconds]), settings, NO)
    return float(rising(growth, settings)[0])


@pytest.mark.parametrize(
    ("loads", "seen"),
    [
        ("none at all", []),
        ("one", [20.0]),
        ("the same ones", [20.0] * 50),
        ("those that fall", [100.0 - i for i in range(50)]),
        ("none that is known", [np.nan] * 9),
    ],
)
def test_nothing_grows_of(loads: str, seen: list[float]) -> None:
    assert grown(seen) == 0.0, loads


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0, 5.0])
def test_of_a_load_that_grows_evenly_the_growth_is_told_however_often_one_looks(seconds: float) -> None:
    assert grown((10 + 3.0 * seconds * i for i in range(int(100 / seconds))), seconds) == pytest.approx(
        3.0, rel=1e-3
    )


def test_half_of_it_is_told_when_it_has_lasted_for_one_lead() -> None:
    assert 0.5 * 3.0 < grown([20.0] * 20 + [20 + 6.0 * i for i in range(6)]) < 3.0


def test_a_look_that_saw_nothing_changes_nothing() -> None:
    loads = [20 + 6.0 * i for i in range(6)]

    assert grown([*loads, np.nan, np.nan]) == grown(loads)


def test_a_jump_is_no_growth() -> None:
    growth = Growth(np.array([20.0]), np.array([20.0]))
    growth = followed(growth, np.array([90.0]), np.array([2.0]), SETTINGS, YES)

    assert rising(growth, SETTINGS)[0] == 0.0


def test_rows_do_not_know_of_each_other() -> None:
    growth, settings = Growth.blank(2), Settings.default(2, period=2.0, lead=np.array([10.0, 60.0]))
    for i in range(30):
        growth = followed(
            growth, np.array([20.0, 10.0 + i]), np.full(2, 2.0), settings, np.array([False] * 2)
        )

    assert rising(growth, settings)[0] == 0.0
    assert 0.0 < rising(growth, settings)[1] < 0.5
