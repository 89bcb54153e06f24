"""From what is seen to letters put down to be sent: wakes when a tool changes, and for reminders."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from cupel.api.routing import Routing
from cupel.decide.notice_due import Mark, Owed, owed, quietly
from cupel.decide.notice_text import letter
from cupel.decide.notices import Key, Notice
from cupel.store.notices import Entry, Notices

from .sights import Place, Sights

log = logging.getLogger("cupel.notify")
SETTLE_SECONDS = 0.3
"""The operator writes revision and tool one after the other: both are seen before a letter is worded."""
REMINDER_SECONDS = 5.0
"""How often it is seen whether a reminder is due."""


class Memory:
    """What this process knows of the marks in the store. Another process may know more: then the store
    refuses, and what it holds is taken over.
    """

    def __init__(self) -> None:
        self._marks: dict[Key, Mark] = {}
        self._newest: dict[tuple[str, str], Key] = {}

    def take(self, marks: dict[Key, Mark]) -> None:
        self._marks |= marks
        for key in marks:
            newest = self._newest.setdefault((key.uid, key.reason), key)
            if key.generation > newest.generation:
                self._newest[key.uid, key.reason] = key

    def known(self, key: Key) -> Mark | None:
        return self._marks.get(key)

    def earlier(self, key: Key) -> Mark | None:
        """Of the same reason, at the newest generation before."""
        newest = self._newest.get((key.uid, key.reason))
        return self._marks[newest] if newest and newest.generation < key.generation else None

    def forget(self, uids: frozenset[str]) -> None:
        """Only objects there are can be told of again."""
        self._marks = {key: mark for key, mark in self._marks.items() if key.uid in uids}
        self._newest = {place: key for place, key in self._newest.items() if key.uid in uids}


class Telling:
    """Decides what is news and puts it into the store; never waits for a channel."""

    def __init__(
        self,
        sights: Sights,
        store: Notices,
        routing: Callable[[], Routing],
        cluster: str,
        batch_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        self._sights = sights
        self._store = store
        self._routing = routing
        self._cluster = cluster
        self._batch = timedelta(seconds=batch_seconds)
        self._now = now
        self._memory = Memory()
        self._standing: dict[Place, tuple[Notice, ...]] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def listed(self) -> None:
        """Until everything was seen once."""
        while not self._sights.listed:
            await self.wait()

    async def begin(self) -> None:
        """At the first start of all, take what is so already as known; only what waits for people is told.
        Raises StoreFailed; then nothing happened.
        """
        standing = self._sights.notices(set(self._sights.places))
        settled = [n for n in _all(standing) if n.news != "Waiting"]
        if await self._store.begin([quietly(notice, self._now()) for notice in settled], self._now()):
            log.info("first start: %s tools stand where they stood; only what waits is told", len(standing))
        self._memory.take(await self._store.marks())

    async def wait(self) -> None:
        """Until something changed, or it is time to look for reminders."""
        try:
            async with asyncio.timeout(REMINDER_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return
        await asyncio.sleep(SETTLE_SECONDS)
        self._woken.clear()

    async def once(self) -> None:
        """Put down what is due now. Raises StoreFailed; then the same is due the next time."""
        touched, self._sights.touched = self._sights.touched, set()
        try:
            self._standing |= self._sights.notices(touched)
            for place in [place for place in touched if not self._standing[place]]:
                del self._standing[place]
            here = {place: self._standing[place] for place in touched if place in self._standing}
            waiting = (n for n in _all(self._standing) if n.news == "Waiting")
            due = {one.notice.key: one for one in self._due((*_all(here), *waiting))}
            await self._put(list(due.values()))
        except BaseException:
            self._sights.touched |= touched
            raise

    def forget(self, uids: frozenset[str]) -> None:
        self._memory.forget(uids)

    def _due(self, notices: Iterable[Notice]) -> Iterator[Owed]:
        routing, now = self._routing(), self._now()
        for notice in notices:
            memory = self._memory
            found = owed(notice, memory.known(notice.key), memory.earlier(notice.key), routing, now)
            if found is not None:
                yield found

    async def _put(self, due: list[Owed]) -> None:
        if not due:
            return
        now = self._now()
        entries = [Entry(one, letter(one.notice, one.after.tellings, self._cluster)) for one in due]
        lost = await self._store.put(entries, now + self._batch, now)
        self._memory.take({one.notice.key: one.after for one in due})
        if lost:
            self._memory.take(await self._store.marks(lost))
        for one in due:
            if one.channels and one.notice.key not in lost:
                _say(one)


def _all(standing: dict[Place, tuple[Notice, ...]]) -> Iterator[Notice]:
    return (notice for notices in standing.values() for notice in notices)


def _say(one: Owed) -> None:
    notice = one.notice
    fields = {
        "namespace": notice.namespace,
        "tool": notice.tool,
        "generation": notice.key.generation,
        "news": notice.news,
        "reason": notice.key.reason,
        "telling": one.after.tellings,
        "channels": list(one.channels),
    }
    log.info("to be told", extra={"fields": fields})
