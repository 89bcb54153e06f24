"""Feedback: a caller says what an answer was worth; kept for who looks after the tool, and counted."""

from __future__ import annotations

import asyncio

from cupel.clock import second
from cupel.decide.limits import Allowance
from cupel.store.feedback import Feedback, Feedbacks, Page, Rated, Votes
from cupel.store.transaction import StoreAway

from .ask_metrics import AskMetrics
from .askers import require_scope
from .asking_words import Opinion, OpinionAnswer, Thumb
from .callers import Caller
from .catalogue import Catalogue
from .entry import Entry
from .keeper import Keeper
from .problems import Problem

PAGE = 100


class Rating:
    """Takes opinions, and shows them to those who may read the tool."""

    def __init__(
        self, catalogue: Catalogue, keeper: Keeper, allowance: Allowance, metrics: AskMetrics
    ) -> None:
        self._catalogue = catalogue
        self._keeper = keeper
        self._allowance = allowance
        self._metrics = metrics

    @property
    def kept(self) -> bool:
        """Whether this gateway has a store to keep opinions in."""
        return bool(self._keeper.url)

    async def thumb(self, caller: Caller, thumb: Thumb) -> OpinionAnswer:
        """An opinion on a tool by the name the caller knows it by. Raises Problem."""
        require_scope(caller, "feedback")
        entry = self._catalogue.view(caller.namespaces).known.get(thumb.tool)
        if entry is None:
            raise Problem(
                "unknown-tool", f"{thumb.tool[:128]} is no tool you can call: list the tools", field="tool"
            )
        return await self.give(caller, entry, thumb)

    async def give(self, caller: Caller, entry: Entry, said: Opinion) -> OpinionAnswer:
        """Keep an opinion on this tool. Raises Problem."""
        require_scope(caller, "feedback")
        wait = self._allowance.wait(caller.name, asyncio.get_running_loop().time())
        if wait:
            raise Problem("rate-limited", f"too much feedback; go on in {wait:.0f} s", retry_after=wait)
        kept = Feedback(caller.tenant, entry.digest, said.verdict, said.comment, said.call, second())
        try:
            await self._store().give(rated(entry), kept)
        except StoreAway:
            raise _away() from None
        self._metrics.feedback.labels(entry.namespace, entry.tool_name, said.verdict).inc()
        return OpinionAnswer(tool=entry.tool_name, verdict=said.verdict, message="kept; thank you")

    async def votes(self, entry: Entry) -> Votes:
        """How many said what. Raises Problem."""
        try:
            return await self._store().votes(rated(entry))
        except StoreAway:
            raise _away() from None

    async def page(self, caller: Caller, entry: Entry, before: int) -> Page:
        """What was said, by whomever. Raises Problem."""
        require_scope(caller, "read")
        try:
            return await self._store().of(rated(entry), before=before, most=PAGE)
        except StoreAway:
            raise _away() from None

    async def take_back(self, caller: Caller, entry: Entry) -> int:
        """Delete what the caller's tenant said; how much there was. Raises Problem."""
        require_scope(caller, "feedback")
        try:
            return await self._store().delete(rated(entry), caller.tenant)
        except StoreAway:
            raise _away() from None

    def _store(self) -> Feedbacks:
        if not self._keeper.url:
            raise Problem("no-store", "this gateway keeps no feedback: CUPEL_STORE_URL is not set")
        if self._keeper.feedbacks is None:
            raise _away()
        return self._keeper.feedbacks


def rated(entry: Entry) -> Rated:
    return Rated(entry.namespace, entry.tool, entry.uid)


def _away() -> Problem:
    return Problem("store-unavailable", "the store of feedback does not answer; try again", retry_after=5)
