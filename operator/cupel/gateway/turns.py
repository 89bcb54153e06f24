"""One at a time for each key, in order of arrival, and few that wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


MOST_WAITING = 8


class NoTurn(Exception):
    """Those who came earlier are too many, or took too long."""


@dataclass
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    inside: int = 0


class Turns(Generic[K]):
    """Keys are forgotten as soon as nobody is inside or waits."""

    def __init__(self) -> None:
        self._queues: dict[K, _Queue] = {}

    @asynccontextmanager
    async def turn(self, key: K, seconds: float) -> AsyncIterator[None]:
        """Inside, nobody else is in a turn of this key. Raises NoTurn after so many seconds of waiting, or at
        once when too many wait."""
        queue = self._queues.setdefault(key, _Queue())
        if queue.inside > MOST_WAITING:
            raise NoTurn
        queue.inside += 1
        try:
            await self._entered(queue.lock, seconds)
            try:
                yield
            finally:
                queue.lock.release()
        finally:
            queue.inside -= 1
            if not queue.inside:
                del self._queues[key]

    async def _entered(self, lock: asyncio.Lock, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await lock.acquire()
        except TimeoutError:
            raise NoTurn from None
