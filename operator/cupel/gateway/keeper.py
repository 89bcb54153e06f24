"""The store of state as a gateway has it: opened as soon as it can be; calls find it, or are told why not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from cupel.store.engine import StoreUnusable, opened
from cupel.store.feedback import FeedbackRoom, Feedbacks
from cupel.store.state import StoreFailed, ToolStates
from cupel.store.state_cluster import ForeignStore
from cupel.store.state_room import Room

from .metrics import Metrics

log = logging.getLogger(__name__)

Claim = Callable[[ToolStates], Awaitable[None]]
"""Makes sure that a store is this cluster's. Raises ForeignStore, StoreUnusable."""
FEEDBACK_ROOM = FeedbackRoom()
AGAIN_SECONDS = 2.0
"""Between two attempts to open the store."""


class Keeper:
    """Holds the store open while `hold` runs. Without a URL there is none, and nobody asks."""

    def __init__(
        self,
        url: str,
        metrics: Metrics,
        claim: Claim,
        room: Room,
        feedback_room: FeedbackRoom = FEEDBACK_ROOM,
    ) -> None:
        self.url = url
        self.foreign = asyncio.Event()
        """Set when the store is another cluster's: this gateway must end."""
        self.problem = "it is not open yet"
        """What is wrong with the store; empty after something went well."""
        self.tried = not url
        """Whether opening it was tried to the end once, with whatever came of it."""
        self.feedbacks: Feedbacks | None = None
        """What callers say of tools; None while the store is not open."""
        self._states: ToolStates | None = None
        self._feedback_room = feedback_room
        self._metrics = metrics
        self._claim = claim
        self._room = room
        self._metrics.store.bound(tool=room.per_tool, namespace=room.per_namespace)

    async def hold(self) -> None:
        """Open the store and keep it open until cancelled. What it cannot be opened for is weather."""
        while self.url:
            try:
                async with opened(self.url, "state") as engine, opened(self.url, "feedback") as beside:
                    states = ToolStates(engine, self._room)
                    await self._claim(states)
                    self._states = states
                    self.feedbacks = Feedbacks(beside, self._feedback_room)
                    self._found("")
                    await self.foreign.wait()
            except StoreUnusable as error:
                self._found(str(error))
            except ForeignStore as error:
                self._refuse(error)
            finally:
                self._states = self.feedbacks = None
            if self.foreign.is_set():
                return
            await asyncio.sleep(AGAIN_SECONDS)

    @asynccontextmanager
    async def use(self) -> AsyncIterator[ToolStates]:
        """The states, for one thing to do. Raises StoreFailed when they cannot be reached."""
        if self._states is None:
            raise StoreFailed(self.problem, uncertain=False)
        started = asyncio.get_running_loop().time()
        try:
            yield self._states
        except StoreFailed as error:
            self._metrics.store.failures.inc()
            self._found(str(error))
            raise
        self._metrics.store.seconds.observe(asyncio.get_running_loop().time() - started)
        self._found("")

    async def ours(self) -> bool:
        """Whether the store is still this cluster's, as far as is known: another may be restored over it."""
        if self._states is None:
            return False
        try:
            await self._claim(self._states)
        except StoreUnusable as error:
            log.warning("whose store of state it is could not be asked, so nothing is deleted: %s", error)
            return False
        except ForeignStore as error:
            self._refuse(error)
            return False
        return True

    def count(self, tenants: Mapping[tuple[str, str], int]) -> None:
        """Tell how full it is, by namespace and tool."""
        self._metrics.store.fill(tenants)

    def _refuse(self, error: ForeignStore) -> None:
        self._found(str(error))
        self.foreign.set()

    def _found(self, problem: str) -> None:
        """Remember how the store is; say it once when that changes."""
        if problem and problem != self.problem:
            log.error("the store of state: %s", problem)
        elif self.problem and not problem:
            log.info("the store of state answers")
        self.problem = problem
        self.tried = True
        self._metrics.store.up.set(not problem)
