"""Calls of tools that keep state: state goes in, and what came back is kept if the call succeeded.

The store is not locked while a tool runs. What it answered is written over exactly the state it was given; if
another call of the tenant was faster, in another gateway, the answer is thrown away and the call made again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cupel.kube.existing import NotKnown
from cupel.kube.resources import GENERATED_TOOL
from cupel.store.state import NOTHING, Owner, Seen, StoreFailed
from cupel.store.state_room import StateFull
from cupel.store.state_text import StateRefused, StateUnreadable, encoded

from .catalogue import Catalogue
from .claiming import Existing
from .entry import Entry
from .keeper import Keeper
from .outcome import NO_LONGER, Outcome
from .turns import NoTurn, Turns

BEGIN_SECONDS = 10.0
"""How long after its arrival a call may still begin, for the first time or again."""
PAUSE_SECONDS = 0.05
"""The longest pause before a call is made again, so that two gateways do not keep step."""

WAITED = "your earlier calls of this tool are still under way; try again in a few seconds"
OVERTAKEN = "other calls of yours changed this tool's state again and again; nothing was kept, so try again"
TOO_LATE = (
    "the tool ran, and what it did outside is done, but another call of yours changed its state meanwhile: "
    "what this call would have remembered is lost. Look before you call again"
)
NOT_REACHED = "this tool's state cannot be reached just now, so it was not called; try again later"
UNREADABLE = (
    "what this tool remembers of you cannot be read, so it was not called; delete it (`cupel state delete`), "
    "or have it restored"
)
FULL = "this tool was not called, for it could remember nothing of you: {problem}"
FULL_LATE = "the tool ran, but what it would remember of you could not be kept: {problem}"
LOST = "the tool ran, but its state could not be kept: this call does not count, so try again later"
LOST_OUTSIDE = (
    "the tool ran, and what it did outside is done, but its state could not be kept. "
    "Look before you call again"
)
UNKNOWN = (
    "the tool ran, but the store broke off while its state was written: whether this call counts is not "
    "known. Look before you call again"
)


@dataclass(frozen=True)
class Served:
    """One run of a tool: what came of it, and the state it left."""

    outcome: Outcome
    state: Mapping[str, Any] | None = None
    """None: the tool said nothing about it, or the run failed."""


Serve = Callable[[Entry, Mapping[str, Any], Mapping[str, Any], str], Awaitable[Served]]
"""Runs a tool once: entry, arguments, state, tenant."""


class NotOurs(Exception):
    """The state is of another tool of this name, and the API server knows ours no more."""


class Remembering:
    """Calls with state. Those of one tenant and tool take turns here, so that few overtake each other."""

    def __init__(self, catalogue: Catalogue, keeper: Keeper, existing: Existing, serve: Serve) -> None:
        self._catalogue = catalogue
        self._keeper = keeper
        self._existing = existing
        self._serve = serve
        self._turns: Turns[tuple[str, str, str]] = Turns()

    async def call(self, entry: Entry, arguments: Mapping[str, Any], tenant: str) -> Outcome:
        """One call that counts once or, with an error, not at all, as far as that can be known."""
        begin = asyncio.get_running_loop().time() + BEGIN_SECONDS
        try:
            async with self._turns.turn((entry.namespace, entry.tool, tenant), BEGIN_SECONDS):
                return await self._until_kept(entry, arguments, tenant, begin)
        except NoTurn:
            return Outcome("busy", WAITED)

    async def _until_kept(
        self, entry: Entry, arguments: Mapping[str, Any], tenant: str, begin: float
    ) -> Outcome:
        while True:
            owner = self._catalogue.owner(entry)
            seen = await self._seen(owner, tenant)
            if isinstance(seen, Outcome):
                return seen
            served = await self._serve(entry, arguments, seen.state, tenant)
            if served.state is None:
                return served.outcome
            outcome = await self._kept(entry, owner, tenant, seen, served)
            if outcome is not None:
                return outcome
            await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311  # jitter, no secret
            if asyncio.get_running_loop().time() > begin:
                return Outcome("conflict", OVERTAKEN)
            current = self._catalogue.successor(entry)
            if current is None:
                return Outcome("unavailable", NO_LONGER)
            entry = current

    async def _seen(self, owner: Owner, tenant: str) -> Seen | Outcome:
        """The state to begin with; an outcome when the tool cannot be called with it."""
        try:
            return await self._load(owner, tenant)
        except (StoreFailed, NotKnown):
            return Outcome("unavailable", NOT_REACHED)
        except StateUnreadable:
            return Outcome("unavailable", UNREADABLE)
        except StateFull as problem:
            return Outcome("state_full", FULL.format(problem=problem))
        except NotOurs:
            return Outcome("unavailable", NO_LONGER)

    async def _load(self, owner: Owner, tenant: str) -> Seen:
        """Raises StoreFailed, StateUnreadable, StateFull, NotKnown, NotOurs."""
        async with self._keeper.use() as states:
            seen = await states.load(owner, tenant)
            if seen.version == NOTHING:
                await states.judge_room(owner)
        if seen.uid not in ("", owner.uid):
            await self._succeeds(owner)
        return seen

    async def _succeeds(self, owner: Owner) -> None:
        """Another tool of this name wrote it: an earlier one, or a later one we have not heard of.

        The API server knows which; a later one's state must not be written over. Raises NotKnown, NotOurs.
        """
        if await self._existing.uid(GENERATED_TOOL, owner.namespace, owner.tool) != owner.uid:
            raise NotOurs

    async def _kept(
        self, entry: Entry, owner: Owner, tenant: str, seen: Seen, served: Served
    ) -> Outcome | None:
        """The outcome once the state is kept, or cannot be; None when the call may be made again."""
        state = served.state or {}
        try:
            if encoded(state) == encoded(seen.state) and seen.uid in ("", owner.uid):
                return served.outcome
            async with self._keeper.use() as states:
                if await states.save(owner, tenant, seen, state):
                    return served.outcome
        except StateRefused as problem:
            return Outcome("too_large", f"{problem}; the earlier state stays")
        except StateFull as problem:
            return Outcome("state_full", FULL_LATE.format(problem=problem))
        except StoreFailed as failure:
            if failure.uncertain:
                return Outcome("unavailable", UNKNOWN)
            return Outcome("unavailable", LOST if entry.repeatable else LOST_OUTSIDE)
        return None if entry.repeatable else Outcome("conflict", TOO_LATE)
