"""How much one caller and one tool may use. Pure: time is an argument, in seconds of one clock."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

MOST_CALLERS = 10_000


@dataclass
class Allowance:
    """A token bucket for each caller: `burst` at once, `rate` a second in the long run."""

    rate: float
    burst: int
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, caller: str, now: float) -> float:
        """0 when the caller may go on (and it is counted); otherwise seconds until they may."""
        left, at = self._buckets.pop(caller, (float(self.burst), now))
        left = min(float(self.burst), left + max(0.0, now - at) * self.rate)
        allowed = left >= 1
        self._buckets[caller] = (left - 1 if allowed else left, now)
        while len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self.rate


@dataclass
class Crowd:
    """What is under way, by tool, or by tool and caller."""

    most: int
    _inside: dict[tuple[str, ...], int] = field(default_factory=dict)

    def enter(self, tool: tuple[str, ...]) -> bool:
        """Whether one more may go on; who was let in must leave."""
        count = self._inside.get(tool, 0)
        if count >= self.most:
            return False
        self._inside[tool] = count + 1
        return True

    def leave(self, tool: tuple[str, ...]) -> None:
        count = self._inside.get(tool, 1) - 1
        if count:
            self._inside[tool] = count
        else:
            self._inside.pop(tool, None)


class Crowds:
    """Calls of each tool under way: of all callers, and of one, who leaves a quarter to the others."""

    def __init__(self, most: int) -> None:
        self.all_callers = Crowd(most)
        self.one_caller = Crowd(most - most // 4)
