"""What a policy allows of a choice; arrays (N,)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .forecast import WATCH
from .normal import deviations
from .rows import Floats

JUDGED_DOWN = 600.0
"""Seconds for which what a ScaleDown leaves must carry every peak."""


@dataclass(frozen=True)
class Limits:
    """What a policy allows; arrays (N,)."""

    least: Floats
    most: Floats
    up: Floats
    down: Floats
    reserve: Floats
    sureness: Floats
    use: Floats
    """Share of the Pods' capacity that demand should use, 0 to 1."""
    idle: Floats
    settle: Floats
    """Seconds after a ScaleUp before Pods are taken away."""

    @cached_property
    def sure(self) -> Floats:
        """The sureness (N,) in deviations."""
        return deviations(self.sureness)

    @cached_property
    def share(self) -> Floats:
        """Share (N,) of peaks within WATCH that a ScaleDown must leave carried."""
        share: Floats = self.sureness ** (WATCH / JUDGED_DOWN)
        return share
