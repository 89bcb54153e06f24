"""How far demand rises above what was expected of it: an empirical distribution per policy, learnt from
its own past.

What is learnt is the *peak*: the largest load of one period within the next WATCH seconds, less the load
that was expected when those began, in deviations. Its quantile is the head-room (nonparametric prediction
limits, Conformal style: the past errors of the forecast are the law of its next one); a slope is never
multiplied into one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rows import Floats

Indices = NDArray[np.intp]

WATCH = 600.0
"""Seconds over which a peak is awaited: as long as a ScaleDown is judged by."""
BLOCKS = 16
"""Watches under way at once, begun one after the other: a sample of the peak every WATCH / BLOCKS seconds."""
BINS, LEAST, WIDTH = 56, -2.5, 0.15
"""Bins of asinh(peak in deviations): narrow near 0, and up to 250 deviations far out."""
PRIOR = 8.0
"""Watches that what is assumed at first is worth."""
STEADY = 60.0
"""Seconds over which load is averaged for what peaks are measured from."""
RELATIVE = 0.05
"""Deviation of a load that is not Poisson's, as a share of it."""
NEVER = 1e30
"""Seconds until what does not come."""
UPPER_EDGES = LEAST + WIDTH * np.arange(1, BINS + 1)


@dataclass(frozen=True)
class Peaks:
    """What was learnt, and the watches under way: BLOCKS places, taken in turn and left in that order.

    A look touches only what is one figure a policy. What a place holds is about the time from its watch's
    beginning to the next one's, so that it is written once, and a watch's peak is looked for when it ends.
    """

    law: Floats
    """(N, BINS): the share of peaks that were in this bin or a lower one."""
    learnt: Floats
    """(N,): watches it rests on."""
    expected: Floats
    """(N, BLOCKS): load expected when the watch in this place began."""
    highest: Floats
    """(N, BLOCKS): the largest load from then until the next watch began; 0 where none is under way."""
    lasted: Floats
    """(N, BLOCKS): seconds between the two."""
    oldest: Floats
    """(N,): place of the oldest watch under way."""
    under_way: Floats
    """(N,): how many there are, in the places from there on."""
    recent: Floats
    """(N,): the largest load since the youngest one began."""
    since: Floats
    """(N,): seconds since then."""
    left: Floats
    """(N,): seconds until the oldest one ends; NEVER where there is none."""
    due: Floats
    """(N,): seconds until the next one begins."""

    @classmethod
    def blank(cls, n: int) -> Peaks:
        """Nothing learnt: a peak is assumed to be 3 deviations above, give or take as many."""
        zero, places = np.zeros(n), np.zeros((n, BLOCKS))
        return cls(
            law=np.tile(_assumed(), (n, 1)),
            learnt=np.full(n, PRIOR),
            expected=np.full((n, BLOCKS), np.nan),
            highest=places,
            lasted=places,
            left=np.full(n, NEVER),
            **dict.fromkeys(("oldest", "under_way", "recent", "since", "due"), zero),
        )


class Near:
    """Where quantiles of these shares were found last: a guess, which is checked. No answer depends on it."""

    place: Indices | None = None


def deviation(expected: Floats, period: Floats) -> Floats:
    """What peaks are measured in (N,): Poisson's deviation of a period's load, and RELATIVE of the load
    itself."""
    load = np.maximum(expected, 0.0)
    return np.sqrt(np.maximum(load, 1.0 / period) / period + (RELATIVE * load) ** 2)


def quantile(peaks: Peaks, share: Floats, near: Near | None = None) -> Floats:
    """Deviations (N,) that this share (N,) of peaks did not exceed; found sooner where a law hardly moved
    since the last one that `near` was given for."""
    place, lower, upper = _found(peaks.law, share, near.place if near else None)
    if near:
        near.place = place
    part = np.clip((share - lower) / np.maximum(upper - lower, 1e-9), 0.0, 1.0)
    return np.sinh(LEAST + WIDTH * (place + part))


def share_below(peaks: Peaks, deviations: Floats, rows: Indices | None = None) -> Floats:
    """Share (N,) of peaks that did not exceed so many deviations (N,); with `rows`, of those only."""
    where = np.clip((np.arcsinh(deviations) - LEAST) / WIDTH, 0.0, BINS - 1e-9)
    place = where.astype(np.intp)
    lower, upper = _around(peaks.law, place, rows)
    return lower + (upper - lower) * (where - place)


def most_known(peaks: Peaks) -> Floats:
    """The largest share (N,) that so few peaks can vouch for.

    BLOCKS watches overlap, so only every BLOCKS-th tells something of its own. Of m stretches in which no
    peak was higher, the next one's is not either with chance (m + 1/2) / (m + 1) (Jeffreys' prior).
    """
    stretches = peaks.learnt / BLOCKS
    most: Floats = (stretches + 0.5) / (stretches + 1.0)
    return most


def _around(law: Floats, place: Indices, rows: Indices | None = None) -> tuple[Floats, Floats]:
    """The law just below these bins (N,), and at their upper ends."""
    at = (np.arange(len(law)) if rows is None else rows) * BINS + place
    flat = law.reshape(-1)
    lower = flat.take(np.maximum(at - 1, 0))
    return np.where(place > 0, lower, 0.0), flat.take(at)


def _found(law: Floats, share: Floats, guess: Indices | None) -> tuple[Indices, Floats, Floats]:
    """The first bin of each row (N,) that holds at least the share, and the law around it."""
    if guess is None or guess.shape != share.shape:
        place = _first_at_least(law, share)
        return (place, *_around(law, place))
    lower, upper = _around(law, guess)
    moved = np.flatnonzero(~(((lower < share) | (guess == 0)) & (upper >= share)))
    if not moved.size:
        return guess, lower, upper
    place = guess.copy()
    place[moved] = _first_at_least(law[moved], share[moved])
    lower[moved], upper[moved] = _around(law, place[moved], moved)
    return place, lower, upper


def _first_at_least(law: Floats, share: Floats) -> Indices:
    """The first bin of each row (N,) that holds at least the share, else the last; by bisection, as a law
    never falls."""
    flat, first = law.reshape(-1), np.arange(len(law)) * BINS
    at, size = first, BINS - 1
    while size > 0:
        half = (size + 1) // 2
        at = at + half * (flat.take(at + (half - 1)) < share)
        size -= half
    return at - first


def _assumed() -> Floats:
    centres = np.sinh(UPPER_EDGES - WIDTH / 2)
    mass = np.exp(-0.5 * ((centres - 3.0) / 3.0) ** 2) * np.cosh(UPPER_EDGES - WIDTH / 2)
    law: Floats = np.cumsum(mass) / mass.sum()
    law[-1] = 1.0
    return law
