"""What goes into a tick of the fleet and what comes out: settings, sightings, outcomes. Arrays of shape (N,), float64; NaN is missing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import rows as table
from .belief import Floats, Mask
from .rows import Rows


@dataclass(frozen=True)
class Settings:
    """What each policy asks for; arrays (N,), seconds and Pods."""

    period: Floats
    lead: Floats
    """From a decision to a ready Pod."""
    capacity: Floats
    """Load one Pod carries; NaN: estimated."""
    least: Floats
    most: Floats
    up: Floats
    down: Floats
    reserve: Floats
    sureness: Floats
    use: Floats
    """Share of the Pods' capacity that demand should use, 0 to 1."""
    ahead: Mask
    idle: Floats
    """Without a call, before the last Pod goes where least is 0."""
    counts: Mask
    """Load counts events (a rate); False: it is a gauge."""
    retune: Mask
    most_eta: Floats
    most_gamma: Floats
    least_tau: Floats
    most_tau: Floats

    @classmethod
    def default(cls, n: int, **given: Any) -> Settings:
        """The kind's defaults for n policies, with what is given (a number for all, or an array) in their place."""
        unknown = set(given) - set(_DEFAULTS)
        if unknown:
            raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
        columns = {name: given.get(name, value) for name, value in _DEFAULTS.items()}
        flags = {"ahead", "counts", "retune"}
        return cls(**{k: np.full(n, v, np.bool_ if k in flags else np.float64) for k, v in columns.items()})

    def take(self, rows: Rows) -> Settings:
        return table.take(self, rows)


_DEFAULTS: dict[str, Any] = {
    "period": 2.0,
    "lead": 10.0,
    "capacity": np.nan,
    "least": 1.0,
    "most": 5.0,
    "up": 2.0,
    "down": 1.0,
    "reserve": 0.0,
    "sureness": 0.7,
    "use": 0.72,
    "ahead": False,
    "idle": 600.0,
    "counts": True,
    "retune": True,
    "most_eta": 0.5,
    "most_gamma": 0.995,
    "least_tau": 5.0,
    "most_tau": 120.0,
}


@dataclass(frozen=True)
class Sighting:
    """What was measured since the last tick of each row; arrays (N,), NaN is missing.

    `load` is what was *finished* a second; with `in_flight` known, its growth is added, so that calls that only wait count as
    demand. Without it, `load` had better be what arrived.
    """

    seconds: Floats
    load: Floats
    in_flight: Floats
    latency: Floats
    error_per_mille: Floats
    cpu: Floats
    memory: Floats
    ready: Floats
    wanted: Floats

    @classmethod
    def blank(cls, n: int, **given: Any) -> Sighting:
        """Nothing but what is given."""
        return cls(**{f.name: np.full(n, given.get(f.name, np.nan), np.float64) for f in fields(cls)})


@dataclass(frozen=True)
class Outcome:
    """What to do, and what is believed; arrays (N,)."""

    action: NDArray[np.int8]
    """Index of ACTIONS."""
    reason: NDArray[np.int8]
    """Index of REASONS."""
    replicas: Floats
    """Pods wanted; NaN where nobody knows how many there are."""
    confidence: Floats
    demand: Floats
    """What arrived a second; NaN: not known."""
    level: Floats
    level_sd: Floats
    trend: Floats
    capacity: Floats
    expected: Floats
    high: Floats
    lead: Floats
    """Seconds ahead that expected and high are about."""
    nis: Floats
    omega: Floats
    psi: Floats
    beta: Floats
    eta: Floats
    gamma: Floats
    tau: Floats
    blind: Mask


