"""Which figures are observations: one row a signal, all judged at once as the autopilot does."""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np
import pytest

from cupel.control.trust import (
    ABSENT,
    FROM_THE_FUTURE,
    FROZEN,
    NOT_A_NUMBER,
    STALE,
    TOO_LARGE,
    TOO_SMALL,
    USABLE,
    Bounds,
    Standing,
    trusted,
)

ROWS = {
    "a figure of now is taken": (12.5, 0.0, USABLE),
    "zero is a figure": (0.0, 0.0, USABLE),
    "nothing came": (nan, 0.0, ABSENT),
    "infinity is no figure": (inf, 0.0, NOT_A_NUMBER),
    "minus infinity is none either": (-inf, 0.0, NOT_A_NUMBER),
    "as old as it may be": (12.5, 30.0, USABLE),
    "too old": (12.5, 30.1, STALE),
    "a little ahead, as clocks are": (12.5, -4.0, USABLE),
    "from the future: a clock was stepped": (12.5, -3600.0, FROM_THE_FUTURE),
    "below what makes sense": (-1.0, 0.0, TOO_SMALL),
    "above what makes sense": (1e9, 0.0, TOO_LARGE),
    "old and absurd is old": (1e9, 99.0, STALE),
}
BOUNDS = Bounds(np.zeros(len(ROWS)), np.full(len(ROWS), 1e6), np.full(len(ROWS), 30.0))


def test_every_row_is_judged_in_one_batch() -> None:
    values, ages, expected = (np.array(column) for column in zip(*ROWS.values(), strict=True))
    elapsed = np.full(len(ROWS), 5.0)

    clean, verdicts, _ = trusted(values, ages, elapsed, BOUNDS, Standing.blank(len(ROWS)))

    found = dict(zip(ROWS, verdicts, strict=True))
    assert found == dict(zip(ROWS, expected, strict=True))
    assert all(isnan(one) == (verdict != USABLE) for one, verdict in zip(clean, verdicts, strict=True))


def last_verdict(figures: list[float], seconds: float = 5.0) -> int:
    bounds = Bounds(np.zeros(1), np.full(1, 1e6), np.full(1, 30.0))
    standing = Standing.blank(1)
    for figure in figures:
        _, verdicts, standing = trusted(
            np.array([figure]), np.zeros(1), np.full(1, seconds), bounds, standing
        )
    return int(verdicts[0])


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        pytest.param(
            [3.7] * 24, USABLE, id="a fraction may stand still for a while, as a slow scrape makes it"
        ),
        pytest.param([3.7] * 25, FROZEN, id="a fraction that stands still for four times its age is frozen"),
        pytest.param([3.0] * 99, USABLE, id="a whole number may stand still for ever: calls under way do"),
        pytest.param([3.7] * 25 + [3.8], USABLE, id="it moves again: it is believed again"),
        pytest.param([3.7] * 24 + [nan, 3.7], FROZEN, id="a look that brought nothing does not thaw it"),
    ],
)
def test_frozen(figures: list[float], expected: int) -> None:
    assert last_verdict(figures) == expected


def test_few_looks_far_apart_freeze_nothing() -> None:
    assert last_verdict([3.7] * 5, seconds=300.0) == USABLE
