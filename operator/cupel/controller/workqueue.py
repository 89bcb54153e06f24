"""The work queue: which keys want a pass, and when.

A key waits at most once and is never worked on twice at a time.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

FIRST_DELAY = 0.2
LONGEST_DELAY = 60.0
FIRST_BUG_DELAY = 30.0
LONGEST_BUG_DELAY = 600.0


class Key(NamedTuple):
    """One object of ours, which may be gone."""

    kind: str
    namespace: str
    name: str


class WorkQueue:
    """Keys, de-duplicated.

    Whoever takes one must say `done`; what was added meanwhile is then ready again.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._ready: deque[Key] = deque()
        self._waiting: set[Key] = set()
        self._busy: set[Key] = set()
        self._timers: dict[Key, asyncio.TimerHandle] = {}
        self._failures: dict[Key, int] = {}
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        """Keys that are ready or being worked on; those that wait for a time are not counted."""
        return len(self._waiting | self._busy)

    def add(self, key: Key) -> None:
        """The key wants a pass now."""
        self._cancel(key)
        if key in self._waiting:
            return
        self._waiting.add(key)
        if key not in self._busy:
            self._ready.append(key)
            self._wake.set()

    def add_after(self, key: Key, seconds: float) -> None:
        """The key wants a pass after this time, unless something wakes it before.

        The earlier of two times counts.
        """
        if key in self._waiting:
            return
        loop = asyncio.get_running_loop()
        when = loop.time() + max(seconds, 0.0)
        timer = self._timers.get(key)
        if timer is not None and timer.when() <= when:
            return
        self._cancel(key)
        self._timers[key] = loop.call_at(when, self.add, key)

    async def take(self) -> Key:
        """The key that waited longest."""
        while not self._ready:
            self._wake.clear()
            await self._wake.wait()
        key = self._ready.popleft()
        self._waiting.discard(key)
        self._busy.add(key)
        return key

    def done(self, key: Key) -> None:
        """The pass is over, however it ended."""
        self._busy.discard(key)
        if key in self._waiting:
            self._ready.append(key)
            self._wake.set()

    def forgive(self, key: Key) -> None:
        """The pass went well: the next failure starts from the shortest delay."""
        self._failures.pop(key, None)

    def retry(self, key: Key, least: float | None = None) -> float:
        """Again after a growing, jittered delay, at least `least` seconds. Answers the delay."""
        delay = self._delay(key, FIRST_DELAY, LONGEST_DELAY)
        delay = max(delay, least or 0.0)
        self.add_after(key, delay)
        return delay

    def retry_slowly(self, key: Key) -> float:
        """Again much later: the pass met a mistake of ours, which will hardly go away by itself."""
        delay = self._delay(key, FIRST_BUG_DELAY, LONGEST_BUG_DELAY)
        self.add_after(key, delay)
        return delay

    def _delay(self, key: Key, first: float, longest: float) -> float:
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        return min(first * 2.0 ** min(failures, 20), longest) * (0.5 + self._chance() / 2)

    def _cancel(self, key: Key) -> None:
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()
