"""What is asked of a source and what it answers.

One interface for every source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Protocol

from cupel.api.autonomy_policy import Signal

UNITS = {
    "throughputPerSecond": "1/s",
    "inFlight": "1",
    "latencyMilliseconds": "ms",
    "errorPerMille": "1/1000",
    "cpuPercent": "%",
    "memoryPercent": "%",
}
"""Of the built-in names; a policy's own names have no unit that we know."""


class Key(NamedTuple):
    """Which signal of which policy."""

    namespace: str
    policy: str
    signal: str


@dataclass(frozen=True)
class PodAddress:
    """A ready Pod."""

    name: str
    host: str
    since: float = -inf
    """When it was first seen ready, on the clock that never jumps; minus infinity: before we looked."""
    revision: str = ""
    """Template hash of the ReplicaSet that owns it; empty where that does not matter."""


@dataclass(frozen=True)
class Request:
    """One figure that is wanted."""

    key: Key
    signal: Signal
    tool: str = ""
    """The tool's MCP name; empty for another target."""
    pods: tuple[PodAddress, ...] = ()
    """The target's ready Pods."""


class Reading(NamedTuple):
    """One sample, or in words why there is none. A tuple: ten thousand of them are made a tick."""

    value: float | None = None
    at: float = 0.0
    """When it was measured, in Unix time."""
    problem: str = ""

    @classmethod
    def missing(cls, problem: str) -> Reading:
        return cls(problem=problem[:300])


Readings = Mapping[Key, Reading]


class Moment(NamedTuple):
    """When a look is taken, in seconds: Unix time, and a clock that never jumps."""

    now: float
    steady: float


class Source(Protocol):
    """A place figures come from."""

    async def read(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """A reading for every request; what cannot be had is a missing one.

        Never raises for what others did.
        """
