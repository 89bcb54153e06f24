"""Which policies are flown, as rows, and their signals, as rows of their own.

Made anew only when a policy changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from cupel.api.autonomy_policy import INDICES, AutonomyPolicy, AutonomyPolicySpec, Signal
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


def column_of(spec: AutonomyPolicySpec) -> dict[str, str]:
    """The engine's column of each signal that has one. What is demand may be called anything."""
    return COLUMNS | {spec.scaling.load: "load"}


def own_of(spec: AutonomyPolicySpec) -> tuple[str, ...]:
    """Signals that objectives name and the engine has no column for: each has one of the policy's own."""
    known = {*column_of(spec), *INDICES}
    return tuple(one.signal for one in spec.objectives if one.signal not in known)


def _watched(policy: AutonomyPolicy) -> tuple[tuple[Key, Signal], ...]:
    here = (policy.namespace, policy.name)
    return tuple((Key(*here, signal.name), signal) for signal in policy.spec.watched)


def _may_sleep(spec: AutonomyPolicySpec) -> bool:
    return (
        spec.flies_a_tool and spec.authority == "Act" and spec.scaling.min_replicas == 0 and not spec.paused
    )


@dataclass(frozen=True)
class Roster:
    """Policies and their signals, each with a row. Signals of a policy lie side by side."""

    policies: tuple[AutonomyPolicy, ...]
    watched: tuple[tuple[tuple[Key, Signal], ...], ...]
    """Of each policy: its signals, those included that need not be listed."""
    rows: Mapping[Place, int]
    signals: tuple[Key, ...]
    owner: NDArray[np.intp]
    """(signals,) the row of the policy each belongs to."""
    columns: Mapping[str, NDArray[np.intp]]
    """By the engine's name of a figure: the rows of the signals that are one."""
    own: NDArray[np.intp]
    """(3, figures) of a policy's own: the signal's row, the policy's row, and the column of it."""
    most_own: int
    """The most figures of its own that a policy has."""
    bounds: Bounds
    may_sleep: tuple[int, ...] = ()
    """Rows whose tool may run no Pod, and is woken by us."""

    @classmethod
    def of(cls, policies: Sequence[AutonomyPolicy]) -> Roster:
        watched = tuple(_watched(one) for one in policies)
        pairs = [(row, one, signal) for row, one in enumerate(policies) for _, signal in watched[row]]
        columns: dict[str, list[int]] = {name: [] for name in ("load", *COLUMNS.values())}
        for place, (_, policy, signal) in enumerate(pairs):
            if signal.name == policy.spec.scaling.load:
                columns["load"].append(place)
            if signal.name in COLUMNS:
                columns[COLUMNS[signal.name]].append(place)
        wide = [own_of(one.spec) for one in policies]
        own = [
            (place, row, wide[row].index(signal.name))
            for place, (row, _, signal) in enumerate(pairs)
            if signal.name in wide[row]
        ]
        return cls(
            policies=tuple(policies),
            watched=watched,
            rows={(one.namespace, one.name): row for row, one in enumerate(policies)},
            signals=tuple(key for signals in watched for key, _ in signals),
            owner=np.array([row for row, _, _ in pairs], np.intp),
            columns={name: np.array(places, np.intp) for name, places in columns.items()},
            own=np.array(own, np.intp).reshape(-1, 3).T,
            most_own=max(map(len, wide), default=0),
            bounds=Bounds(
                np.array([signal.least for _, _, signal in pairs], float),
                np.array([signal.most for _, _, signal in pairs], float),
                np.array([signal.stale_seconds for _, _, signal in pairs], float),
            ),
            may_sleep=tuple(row for row, one in enumerate(policies) if _may_sleep(one.spec)),
        )

    def figures(self, name: str, clean: Floats) -> Floats:
        """(policies,) the figure of this name, NaN where a policy has no such signal or it is missing."""
        found = np.full(len(self.policies), nan)
        places = self.columns[name]
        found[self.owner[places]] = clean[places]
        return found

    def own_figures(self, clean: Floats) -> Floats:
        """(policies, most_own) figures of each policy's own, NaN where it has fewer or one is missing."""
        found = np.full((len(self.policies), self.most_own), nan)
        places, rows, columns = self.own
        found[rows, columns] = clean[places]
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
