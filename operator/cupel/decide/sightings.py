"""How often something was seen: bounded, and of each caller once a minute, for a loop is no demand. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

PAUSE_SECONDS = 60.0
MOST_CALLERS = 32
"""Whose last sighting is remembered, for each thing."""
K = TypeVar("K", bound=Hashable)


@dataclass
class _Seen:
    times: int = 0
    last: OrderedDict[str, float] = field(default_factory=OrderedDict)
    """By caller."""


@dataclass
class Sightings(Generic[K]):
    """Counts things; what was not seen for longest is forgotten when there are too many."""

    most: int
    _seen: OrderedDict[K, _Seen] = field(default_factory=OrderedDict)

    def saw(self, what: K, by: str, now: float) -> int:
        """How often it was seen, with this time; `now` is in seconds of one clock."""
        seen = self._seen.setdefault(what, _Seen())
        self._seen.move_to_end(what)
        while len(self._seen) > self.most:
            self._seen.popitem(last=False)
        last = seen.last.get(by)
        if last is not None and now - last < PAUSE_SECONDS:
            return seen.times
        seen.last[by] = now
        seen.last.move_to_end(by)
        while len(seen.last) > MOST_CALLERS:
            seen.last.popitem(last=False)
        seen.times += 1
        return seen.times

    def forget(self, what: K) -> None:
        """Begin again with it."""
        self._seen.pop(what, None)

    def __len__(self) -> int:
        return len(self._seen)
