"""Sending after the answer: whether there is a way to somebody, and how long it takes, is not seen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Outbox:
    """Letters under way. The limits on requests bound them; a process that ends waits for them."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def post(self, letter: Coroutine[Any, Any, None]) -> None:
        """Have it sent; it tells its own failures, and nobody waits for it."""
        task = asyncio.create_task(letter)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    async def settled(self) -> None:
        """Return when all that was posted is sent, or has failed."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a letter was not sent: %s", type(error).__name__)
