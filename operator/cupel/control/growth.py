"""How fast load grows just now: two running means of it, one taken of the other.

Behind a load that grows evenly the second lags the first by what is added while either looks back (Brown's
double exponential smoothing, 1959), which is its growth. The filter's own trend is slower, as it must not
follow every bunch of calls. This one follows some, and is asked only where calls wait already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .policy import Settings
from .rows import Floats, Mask, either

SURELY = 2.0
"""Deviations of what calls that come by chance would show; less is no growth."""
LOOKED_BACK = 0.5
"""Of a lead: over so long growth is taken to be even, and over a lead it goes on."""


@dataclass(frozen=True)
class Growth:
    """Arrays (N,): loads a second; NaN: none was seen."""

    near: Floats
    """Load, averaged."""
    far: Floats
    """That mean, averaged over as long again."""

    @classmethod
    def blank(cls, n: int) -> Growth:
        """Nothing seen yet."""
        return cls(np.full(n, np.nan), np.full(n, np.nan))


def followed(growth: Growth, load: Floats, seconds: Floats, settings: Settings, anew: Mask) -> Growth:
    """After so many seconds (N,) at this load (N,). A NaN load says nothing; `anew`, it has jumped, which is
    no growth."""
    share = seconds / (seconds + _looked_back(settings))
    anew = anew | ~np.isfinite(growth.near)
    near = either(anew, load, growth.near + share * (load - growth.near))
    far = either(anew, load, growth.far + share * (near - growth.far))
    seen = np.isfinite(load)
    return Growth(either(seen, near, growth.near), either(seen, far, growth.far))


def rising(growth: Growth, settings: Settings) -> Floats:
    """Load a second that is added each second (N,); 0 where it falls, may only seem to grow, or nobody
    knows."""
    over = _looked_back(settings)
    risen = growth.near - growth.far
    chance = np.sqrt(np.fmax(growth.near, 0.0) / (4.0 * over))  # of a Poisson load that stays as it is
    return either(risen > SURELY * chance, risen / over, 0.0)


def _looked_back(settings: Settings) -> Floats:
    seconds: Floats = LOOKED_BACK * np.maximum(settings.lead, settings.period)
    return seconds
