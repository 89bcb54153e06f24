"""Which figures from outside are observations at all. Arrays, one row a signal; what is not trusted is NaN.

A stale, absurd or frozen figure is a missing one: the belief grows less sure, which is true, where a zero
would be a lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .rows import Floats, either, first_of

USABLE, ABSENT, NOT_A_NUMBER, STALE, FROM_THE_FUTURE, TOO_SMALL, TOO_LARGE, FROZEN = range(8)
"""Verdicts, in the order in which they are asked for."""
_VERDICTS = np.array(
    (ABSENT, NOT_A_NUMBER, STALE, FROM_THE_FUTURE, TOO_SMALL, TOO_LARGE, FROZEN, USABLE), np.int8
)
FUTURE_SECONDS = 5.0
"""A sample measured later than this from now was stamped by a clock that was stepped, there or here."""
FROZEN_LOOKS = 10
FROZEN_AGES = 4.0
"""Times its stale age that a figure may stand still to the last bit before it counts as frozen."""


class Bounds(NamedTuple):
    """What each signal's figures must be inside of, (N,): the signal's unit, and seconds for `stale`."""

    least: Floats
    most: Floats
    stale: Floats


@dataclass(frozen=True)
class Standing:
    """How long each figure has stood still to the last bit: (N,) last figure, looks and seconds of that."""

    value: Floats
    looks: Floats
    seconds: Floats

    @classmethod
    def blank(cls, rows: int) -> Standing:
        return cls(np.full(rows, np.nan), np.zeros(rows), np.zeros(rows))

    @property
    def columns(self) -> tuple[Floats, Floats, Floats]:
        return self.value, self.looks, self.seconds


def trusted(
    value: Floats, age: Floats, elapsed: Floats, bounds: Bounds, before: Standing
) -> tuple[Floats, NDArray[np.int8], Standing]:
    """(N,) figures with NaN for what is no observation, (N,) verdicts, and how long figures stand now.

    `value` is NaN where nothing was brought; `age` is seconds since each was measured, negative for the
    future; `elapsed` is seconds since the last look. A whole number may stand still for ever (calls under way
    do); a measured fraction that does so to the last bit comes from something that no longer measures.
    """
    standing = _stands(value, elapsed, before)
    frozen = (standing.looks >= FROZEN_LOOKS) & (standing.seconds >= FROZEN_AGES * bounds.stale)
    if frozen.any():
        frozen &= value != np.trunc(value)
    first = first_of(
        [
            np.isnan(value),
            np.isinf(value),
            age > bounds.stale,
            age < -FUTURE_SECONDS,
            value < bounds.least,
            value > bounds.most,
            frozen,
            np.True_,
        ]
    )
    verdicts = _VERDICTS[first]
    return either(verdicts == USABLE, value, np.nan), verdicts, standing


def _stands(value: Floats, elapsed: Floats, before: Standing) -> Standing:
    """A look that brought nothing neither lengthens nor ends a standstill."""
    same = value == before.value
    missing = np.isnan(value)
    return Standing(
        either(missing, before.value, value),
        either(missing, before.looks, either(same, before.looks + 1, 0.0)),
        either(missing, before.seconds, either(same, before.seconds + elapsed, 0.0)),
    )
