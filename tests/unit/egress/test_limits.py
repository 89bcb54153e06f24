"""Requests a minute and at once, for each digest by itself."""

from __future__ import annotations

import pytest

from cupel.egress.limits import MOST_KEYS, Meter
from cupel.egress.outcome import Refusal

ONE, OTHER = ("tools", "sha256-1"), ("tools", "sha256-2")


def admitted(meter: Meter, key: tuple[str, str], now: float) -> bool:
    try:
        meter.enter(key, now)
    except Refusal:
        return False
    meter.leave(key)
    return True


def test_a_minutes_worth_at_once_then_as_they_come_back() -> None:
    meter = Meter(per_minute=60, at_once=100)

    assert [admitted(meter, ONE, 0.0) for _ in range(61)] == [True] * 60 + [False]
    assert [admitted(meter, ONE, 0.5), admitted(meter, ONE, 1.0), admitted(meter, ONE, 1.5)] == [
        False,
        True,
        False,
    ]
    assert admitted(meter, OTHER, 1.5)


def test_a_clock_that_steps_back_gives_nothing() -> None:
    meter = Meter(per_minute=1, at_once=1)

    assert [admitted(meter, ONE, 100.0), admitted(meter, ONE, 0.0), admitted(meter, ONE, 1.0)] == [
        True,
        False,
        False,
    ]


def test_so_many_at_once() -> None:
    meter = Meter(per_minute=1000, at_once=2)
    meter.enter(ONE, 0.0)
    meter.enter(ONE, 0.0)

    with pytest.raises(Refusal, match="2 requests under way"):
        meter.enter(ONE, 0.0)
    meter.enter(OTHER, 0.0)
    meter.leave(ONE)
    meter.enter(ONE, 0.0)


def test_what_is_remembered_is_bounded() -> None:
    meter = Meter(per_minute=10, at_once=1)

    for number in range(MOST_KEYS + 10):
        admitted(meter, ("tools", str(number)), 0.0)

    assert len(meter._left) <= MOST_KEYS
