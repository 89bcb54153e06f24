"""One look of the autopilot: what deciding, acting and telling share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import SignalSeen
from cupel.control.fleet import Outcome
from cupel.decide.autonomy import Worse
from cupel.signals.reading import Moment

from .flight import Flight
from .sights import Target


@dataclass(frozen=True)
class Flown:
    """One policy of a look, as it is now."""

    row: int
    """Of the flight, and so of the outcome."""
    policy: AutonomyPolicy
    target: Target
    seen: tuple[SignalSeen, ...]
    worse: Worse | None = None
    """What is rolled back, if anything."""

    @property
    def place(self) -> tuple[str, str]:
        return (self.policy.namespace, self.policy.name)


@dataclass(frozen=True)
class Look:
    """One look at policies of a flight: all of them, or those that are decided about between two looks."""

    flight: Flight
    outcome: Outcome
    """Of the whole flight."""
    moment: Moment
    flown: Sequence[Flown]
