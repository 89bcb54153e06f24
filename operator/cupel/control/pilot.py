"""The fleet's tick at the controls of a plant: what a replay flies is what the autopilot's process runs."""

from __future__ import annotations

from collections.abc import Callable

from .fleet import tick
from .memory import Memory
from .plant import Seen
from .policy import Outcome, Settings, Sighting
from .rows import Floats


class Pilot:
    """A plant's policy. `settings.capacity` is what a Pod is taken to carry; `told` hears every outcome."""

    def __init__(self, settings: Settings, told: Callable[[Seen, Outcome], None] | None = None) -> None:
        self.settings = settings
        self.memory = Memory.blank(len(settings.period))
        self._told = told

    def __call__(self, seen: Seen) -> Floats:
        """Pods wanted (N,): the plant shows calls finished, calls that wait and Pods, as a cluster does."""
        sighting = Sighting.blank(
            len(seen.ready),
            seconds=seen.seconds,
            load=seen.served,
            in_flight=seen.waiting,
            ready=seen.ready,
            wanted=seen.wanted,
        )
        self.memory, outcome = tick(self.memory, self.settings, sighting)
        if self._told:
            self._told(seen, outcome)
        return outcome.replicas
