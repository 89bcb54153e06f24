"""Which policies are flown, as rows, and their signals, as rows of their own.

Made anew only when a policy changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from cupel.api.autonomy_policy import AutonomyPolicy, Signal
from cupel.control import trust
from cupel.control.trust import Bounds, Standing, trusted
from cupel.signals.reading import Key, Moment, Reading

Place = tuple[str, str]
"""(namespace, name) of a policy."""
COLUMNS = {
    "inFlight": "in_flight",
    "latencyMilliseconds": "latency",
    "errorPerMille": "error_per_mille",
    "cpuPercent": "cpu",
    "memoryPercent": "memory",
}
"""Where a built-in figure stands in the engine's arrays; what a policy calls its load stands in `load`."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Roster:
    """Policies and their signals, each with a row. Signals of a policy lie side by side."""

    policies: tuple[AutonomyPolicy, ...]
    watched: tuple[tuple[Signal, ...], ...]
    """Of each policy: its signals, those included that need not be listed."""
    rows: Mapping[Place, int]
    signals: tuple[Key, ...]
    owner: NDArray[np.intp]
    """(signals,) the row of the policy each belongs to."""
    columns: Mapping[str, NDArray[np.intp]]
    """By the engine's name of a figure: the rows of the signals that are one."""
    bounds: Bounds

    @classmethod
    def of(cls, policies: Sequence[AutonomyPolicy]) -> Roster:
        watched = tuple(one.spec.watched for one in policies)
        pairs = [(row, one, signal) for row, one in enumerate(policies) for signal in watched[row]]
        columns: dict[str, list[int]] = {name: [] for name in ("load", *COLUMNS.values())}
        for place, (_, policy, signal) in enumerate(pairs):
            if signal.name == policy.spec.scaling.load:
                columns["load"].append(place)
            if signal.name in COLUMNS:
                columns[COLUMNS[signal.name]].append(place)
        return cls(
            policies=tuple(policies),
            watched=watched,
            rows={(one.namespace, one.name): row for row, one in enumerate(policies)},
            signals=tuple(Key(one.namespace, one.name, signal.name) for _, one, signal in pairs),
            owner=np.array([row for row, _, _ in pairs], np.intp),
            columns={name: np.array(places, np.intp) for name, places in columns.items()},
            bounds=Bounds(
                np.array([signal.least for _, _, signal in pairs], float),
                np.array([signal.most for _, _, signal in pairs], float),
                np.array([signal.stale_seconds for _, _, signal in pairs], float),
            ),
        )

    def figures(self, name: str, clean: Floats) -> Floats:
        """(policies,) the figure of this name, NaN where a policy has no such signal or it is missing."""
        found = np.full(len(self.policies), nan)
        places = self.columns[name]
        found[self.owner[places]] = clean[places]
        return found


class Judged:
    """What was made of the last readings: figures, verdicts, and how long each has stood still."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.standing = Standing.blank(len(roster.signals))
        self.clean = np.full(len(roster.signals), nan)
        self.verdicts = np.full(len(roster.signals), trust.ABSENT, np.int8)

    def moved(self, roster: Roster) -> Judged:
        """The same for another roster: signals that are in both keep how long they have stood still."""
        fresh = Judged(roster)
        known = {key: place for place, key in enumerate(self.roster.signals)}
        both = [(place, known[key]) for place, key in enumerate(roster.signals) if key in known]
        if both:
            here, there = np.array(both, np.intp).T
            for new, old in zip(fresh.standing.columns, self.standing.columns, strict=True):
                new[here] = old[there]
        return fresh

    def take(self, readings: Sequence[Reading], moment: Moment, elapsed: Floats) -> None:
        """`readings` in the roster's order; `elapsed` is seconds since each signal's last look, (signals,)"""
        value = np.array([one.value for one in readings], float)  # None becomes NaN
        age = moment.now - np.array([one.at for one in readings], float)
        self.clean, self.verdicts, self.standing = trusted(
            value, age, elapsed, self.roster.bounds, self.standing
        )
