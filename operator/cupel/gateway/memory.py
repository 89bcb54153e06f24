"""Answers remembered for a while: bounded, asked for once even when many wait."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """At most `most` answers, each kept as long as `seconds` says of it."""

    def __init__(self, most: int, seconds: Callable[[V], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._known: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._asking: dict[K, asyncio.Task[V]] = {}

    async def recall(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        """The answer for `key`: remembered, or asked for now. Raises what `ask` raises, and forgets it."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        task = self._asking.get(key)
        if task is None:
            task = asyncio.ensure_future(self._ask(key, ask))
            self._asking[key] = task
        return await asyncio.shield(task)

    async def _ask(self, key: K, ask: Callable[[], Awaitable[V]]) -> V:
        try:
            answer = await ask()
        finally:
            self._asking.pop(key, None)
        self._known[key] = (asyncio.get_running_loop().time() + self._seconds(answer), answer)
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return answer
