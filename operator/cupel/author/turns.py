"""Whose turn it is: each gap once however often it is woken, by one worker at a time, or later."""

from __future__ import annotations

import asyncio

from .seen import Key


class Turns:
    """A queue without repeats. A gap that is woken while a worker has it gets another turn afterwards."""

    def __init__(self) -> None:
        self._ready: dict[Key, None] = {}
        self._busy: set[Key] = set()
        self._again: set[Key] = set()
        self._later: dict[Key, asyncio.TimerHandle] = {}
        self._news = asyncio.Event()

    def add(self, key: Key) -> None:
        if (timer := self._later.pop(key, None)) is not None:
            timer.cancel()
        if key in self._busy:
            self._again.add(key)
            return
        self._ready[key] = None
        self._news.set()

    def later(self, key: Key, seconds: float) -> None:
        """Another turn in so many seconds, if nothing wakes it before. The last word counts."""
        if (timer := self._later.pop(key, None)) is not None:
            timer.cancel()
        self._later[key] = asyncio.get_running_loop().call_later(max(seconds, 0), self.add, key)

    async def take(self) -> Key:
        """The next gap; `done` must follow."""
        while not self._ready:
            self._news.clear()
            await self._news.wait()
        key = next(iter(self._ready))
        del self._ready[key]
        self._busy.add(key)
        return key

    def done(self, key: Key) -> None:
        self._busy.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add(key)

    def stop(self) -> None:
        """No timer outlives the loop."""
        for timer in self._later.values():
            timer.cancel()
        self._later.clear()
