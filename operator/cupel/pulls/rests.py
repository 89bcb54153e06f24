"""What failed rests for longer and longer, while everything else goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .metrics import Problem

LONGEST_PAUSE = 900.0


@dataclass(frozen=True)
class Rest:
    """One thing that failed, `failed` times on end."""

    problem: Problem
    failed: int
    until: float


class Rests:
    """Of repositories, revisions and pull requests, by name. Forgotten at a start: then all is tried once."""

    def __init__(self, poll: float, steady: Callable[[], float], jittered: Callable[[float], float]) -> None:
        self._poll = poll
        self._steady = steady
        self._jittered = jittered
        self._found: dict[str, Rest] = {}

    def resting(self, name: str) -> Problem | None:
        """What it met, while it is left alone."""
        found = self._found.get(name)
        return found.problem if found and found.until > self._steady() else None

    def worked(self, name: str) -> None:
        self._found.pop(name, None)

    def failed(self, name: str, problem: Problem, wait: float = 0.0) -> None:
        """The first time it is tried again at the next round; `wait` is what the host asked for."""
        before, now = self._found.get(name), self._steady()
        times = before.failed + 1 if before else 1
        longer = longer_pause(self._poll, times - 1) if times > 1 else 0.0
        until = now + max(min(wait, LONGEST_PAUSE), self._jittered(longer))
        self._found[name] = Rest(problem, times, until)

    def forget(self) -> None:
        """What was not tried long after its rest is not there any more."""
        now = self._steady()
        self._found = {
            name: each for name, each in self._found.items() if each.until + 2 * LONGEST_PAUSE > now
        }


def longer_pause(poll: float, failed: int) -> float:
    """Seconds after so many failures on end (from 1), without jitter."""
    return min(LONGEST_PAUSE, poll * 2.0 ** min(failed - 1, 10))
