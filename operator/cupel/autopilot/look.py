"""One look of the autopilot: what deciding, acting and telling share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.control.fleet import Outcome
from cupel.decide.autonomy import Worse
from cupel.signals.reading import Moment, Reading

from .flight import Flight
from .sights import Target


@dataclass(frozen=True)
class Look:
    """One look at all policies of a flight: what was seen, and what the engine made of it."""

    flight: Flight
    policies: Sequence[AutonomyPolicy]
    targets: Sequence[Target]
    readings: Sequence[Reading]
    outcome: Outcome
    moment: Moment
    worse: Sequence[Worse | None]
    """What is rolled back, by row, if anything."""
