"""How much one digest may use: a token bucket of requests, and a count of those under way. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from .outcome import Refusal

Key = tuple[str, str]
"""Namespace and digest."""
MOST_KEYS = 4096


@dataclass
class Meter:
    """One meter for all digests."""

    per_minute: int
    at_once: int
    _left: dict[Key, tuple[float, float]] = field(default_factory=dict)
    """Requests left, as of when."""
    _under_way: dict[Key, int] = field(default_factory=dict)

    def enter(self, key: Key, now: float) -> None:
        """Count one more request at `now`, in seconds; who was let in must leave. Raises Refusal."""
        if self._under_way.get(key, 0) >= self.at_once:
            raise Refusal("limit", f"the tool has {self.at_once} requests under way; wait for one to end")
        left, at = self._left.pop(key, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + max(0.0, now - at) * self.per_minute / 60)
        self._left[key] = (max(0.0, left - 1) if left >= 1 else left, now)
        if len(self._left) > MOST_KEYS:
            del self._left[next(iter(self._left))]
        if left < 1:
            raise Refusal(
                "limit", f"the tool made {self.per_minute} requests within a minute; try again later"
            )
        self._under_way[key] = self._under_way.get(key, 0) + 1

    def leave(self, key: Key) -> None:
        count = self._under_way.get(key, 1) - 1
        if count:
            self._under_way[key] = count
        else:
            self._under_way.pop(key, None)
