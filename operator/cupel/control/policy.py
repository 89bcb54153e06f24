"""What goes into a tick of the fleet and what comes out: settings, sightings, outcomes. Arrays of shape
(N,), float64; NaN is missing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import saved as table
from .bounds import MOST_LOAD
from .forecast import Near
from .normal import deviations
from .rows import Floats, Mask, Rows, either
from .tuning import Bounds

LEAST_ETA, LEAST_GAMMA = 0.01, 0.5


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
    settle: Floats
    """After a ScaleUp, before Pods are taken away."""
    counts: Mask
    """Load counts events (a rate); False: it is a gauge."""
    retune: Mask
    most_eta: Floats
    most_gamma: Floats
    least_tau: Floats
    most_tau: Floats
    at_least: Floats
    """(N, OBJECTIVES): objectives, a lower bound of each figure; -inf does not bind."""
    at_most: Floats
    """(N, OBJECTIVES): an upper one; inf does not bind."""
    weights: Floats
    """(N, OBJECTIVES): their shares in omega; 0: no objective."""

    @classmethod
    def default(cls, n: int, **given: Any) -> Settings:
        """The kind's defaults for n policies, with what is given (a number for all, or an array) in their
        place."""
        unknown = set(given) - set(_DEFAULTS)
        if unknown:
            raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
        columns = {name: given.get(name, value) for name, value in _DEFAULTS.items()}
        return cls(**{name: _column(n, name, value) for name, value in columns.items()})

    @cached_property
    def sure(self) -> Floats:
        """The sureness (N,) in deviations."""
        return deviations(self.sureness)

    @cached_property
    def near(self) -> Near:
        """Where the quantiles of the sureness were found at the last look."""
        return Near()

    @cached_property
    def bounds(self) -> Bounds:
        """Inside which RETUNE may move a row."""
        least_eta = np.minimum(LEAST_ETA, self.most_eta)
        least_gamma = np.minimum(LEAST_GAMMA, self.most_gamma)
        return Bounds(
            least_eta, self.most_eta, least_gamma, self.most_gamma, self.least_tau, self.most_tau, self.retune
        )

    @cached_property
    def objectives(self) -> tuple[tuple[int, ...], tuple[Floats, Floats, Floats]]:
        """Which columns any policy has an objective for; of those the bounds and weights, each (N, which),
        figure by figure in memory."""
        which = tuple(int(column) for column in np.flatnonzero((self.weights != 0).any(axis=0)))
        least, most, weights = (table.T[which, :].T for table in (self.at_least, self.at_most, self.weights))
        return which, (least, most, weights)

    def take(self, rows: Rows) -> Settings:
        return table.take(self, rows)


USE = 0.7
"""Share of the Pods' capacity that demand should use."""
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
    "use": USE,
    "ahead": False,
    "idle": 600.0,
    "settle": 150.0,
    "counts": True,
    "retune": True,
    "most_eta": 0.5,
    "most_gamma": 0.995,
    "least_tau": 5.0,
    "most_tau": 120.0,
    "at_least": -np.inf,
    "at_most": np.inf,
    "weights": 0.0,
}
FIGURES = ("load", "in_flight", "latency", "error_per_mille", "cpu", "memory")
"""The figures of a Sighting that objectives are about, in this order."""
INDICES = ("omega", "psi", "beta")
"""The indices that follow them, in thousandths as a spec has them. After these come the figures of
`Sighting.own`, as many as there are: OBJECTIVES = FIGURES + INDICES + own."""
_FLAGS = {"ahead", "counts", "retune"}
_TABLES = {"at_least", "at_most", "weights"}


def _column(n: int, name: str, value: Any) -> NDArray[Any]:
    if name in _TABLES:
        table = np.asarray(value, np.float64)
        width = table.shape[1] if table.ndim == 2 else len(FIGURES) + len(INDICES)
        return np.broadcast_to(table, (n, width)).copy()
    return np.full(n, value, np.bool_ if name in _FLAGS else np.float64)


def _usable(figures: Floats) -> Floats:
    absurd = (figures < 0) | (figures > MOST_LOAD)
    return either(absurd, np.nan, figures)


@dataclass(frozen=True)
class Sighting:
    """What was measured since the last tick of each row; arrays (N,), NaN is missing.

    `load` is what was *finished* a second; with `in_flight` known, its growth is added, so that calls
    that only wait count as demand. Without it, `load` had better be what arrived.
    """

    seconds: Floats
    load: Floats
    in_flight: Floats
    latency: Floats
    """Of a call, in milliseconds."""
    error_per_mille: Floats
    cpu: Floats
    """Processor use of a Pod, in percent of what it may use."""
    memory: Floats
    ready: Floats
    wanted: Floats
    called: Floats
    """1: somebody called since the last tick, whatever `load` measures; who is called is not idle."""
    own: Floats
    """(N, own): figures of the policy's own that only objectives are about. What they may be is the signal's
    affair, and below 0 is no mistake."""

    def usable(self) -> Sighting:
        """What is infinite, negative or absurd is missing."""
        own = np.where(np.isfinite(self.own), self.own, np.nan)
        rest = {f.name: _usable(getattr(self, f.name)) for f in fields(self) if f.name != "own"}
        return Sighting(**rest, own=own)

    @classmethod
    def blank(cls, n: int, **given: Any) -> Sighting:
        """Nothing but what is given."""
        own = np.asarray(given.get("own", np.zeros((n, 0))), np.float64)
        rest = {f.name: np.full(n, given.get(f.name, np.nan)) for f in fields(cls) if f.name != "own"}
        return cls(**rest, own=own)


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
    capacity_sd: Floats
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
