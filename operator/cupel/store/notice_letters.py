"""Letters that wait to be sent. A process claims a channel for a while, sends one batch of its letters, and
says what became of it; a claim that runs out is anybody's, and its batch is sent again under its old name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cupel.decide.notice_text import Letter

from .notice_tables import CHANNELS, LETTERS, added

LETTER_COLUMNS = tuple(LETTERS.c[name] for name in Letter.__dataclass_fields__)
WAITING = LETTERS.c.done_at.is_(None)


@dataclass(frozen=True)
class Batch:
    """Letters that go out as one message."""

    id: str
    channel: str
    letters: tuple[Letter, ...]
    attempts: int
    """How often it was tried, this time included."""
    failures: int
    """Failures of the channel, one after another, until now."""


@dataclass(frozen=True)
class Claim:
    """Who takes a channel, and until when it is theirs."""

    by: str
    batch: str
    """Name of the batch, should a new one be made."""
    now: datetime
    until: datetime


@dataclass(frozen=True)
class Again:
    """When what failed is tried again."""

    now: datetime
    batch_at: datetime
    channel_at: datetime
    give_up_before: datetime


@dataclass(frozen=True)
class Backlog:
    """Letters of one channel and reason that were not sent yet."""

    channel: str
    reason: str
    count: int
    oldest: datetime


class Letters:
    """The letters of one store. Every call is one transaction; what fails raises `notices.StoreFailed`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def backlog(self) -> list[Backlog]:
        columns = (LETTERS.c.channel, LETTERS.c.reason)
        query = select(*columns, func.count(), func.min(LETTERS.c.written_at)).where(WAITING)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.group_by(*columns))).all()
        return [Backlog(*row) for row in rows]

    async def ready(self, now: datetime) -> list[str]:
        """Channels with something to send now that nobody holds."""
        query = select(LETTERS.c.channel).distinct().where(WAITING, LETTERS.c.next_at <= now)
        held = select(CHANNELS.c.name).where(
            (CHANNELS.c.next_at > now) | (func.coalesce(CHANNELS.c.claimed_until, CHANNELS.c.next_at) > now)
        )
        async with self._engine.connect() as connection:
            found = await connection.execute(query.where(LETTERS.c.channel.not_in(held)))
            return sorted(row.channel for row in found.all())

    async def claim(self, channel: str, claim: Claim) -> Batch | None:
        """Take a channel and its next batch: one that was tried before and is due again, else all that is
        new. None: somebody else holds the channel, it may not be used yet, or nothing is due.
        """
        async with self._engine.begin() as connection:
            failures = await self._take(connection, channel, claim)
            batch = await self._pinned(connection, channel, claim) if failures is not None else ""
            if failures is None or not batch:
                await connection.rollback()
                return None
            mine = WAITING & (LETTERS.c.channel == channel) & (LETTERS.c.batch == batch)
            step = {"attempts": LETTERS.c.attempts + 1, "next_at": claim.until}
            await connection.execute(update(LETTERS).where(mine).values(**step))
            order = (LETTERS.c.written_at, LETTERS.c.id)
            rows = (
                await connection.execute(
                    select(*LETTER_COLUMNS, LETTERS.c.attempts).where(mine).order_by(*order)
                )
            ).all()
        return Batch(
            batch, channel, tuple(_letter(row) for row in rows), max(row.attempts for row in rows), failures
        )

    async def sent(self, batch: Batch, by: str, now: datetime, channel_at: datetime) -> None:
        """It arrived; the channel may be used again from `channel_at` on."""
        async with self._engine.begin() as connection:
            done = {"done_at": now, "outcome": "Sent", "error": ""}
            await connection.execute(update(LETTERS).where(_of(batch)).values(**done))
            await self._release(connection, batch.channel, by, channel_at, 0)

    async def failed(self, batch: Batch, by: str, error: str, again: Again) -> int:
        """It did not arrive. Answers how many letters were given up for their age."""
        async with self._engine.begin() as connection:
            old = _of(batch) & (LETTERS.c.written_at < again.give_up_before)
            over = {"done_at": again.now, "outcome": "GivenUp", "error": error[:200]}
            given_up = await connection.execute(update(LETTERS).where(old).values(**over))
            later = {"next_at": again.batch_at, "error": error[:200]}
            await connection.execute(update(LETTERS).where(_of(batch)).values(**later))
            await self._release(connection, batch.channel, by, again.channel_at, batch.failures + 1)
        return given_up.rowcount

    async def _take(self, connection: AsyncConnection, channel: str, claim: Claim) -> int | None:
        fresh = {"name": channel, "next_at": claim.now, "failures": 0}
        await connection.execute(added(connection.dialect, CHANNELS), fresh)
        free = CHANNELS.c.claimed_until.is_(None) | (CHANNELS.c.claimed_until <= claim.now)
        usable = (CHANNELS.c.name == channel) & free & (CHANNELS.c.next_at <= claim.now)
        held = {"claimed_by": claim.by, "claimed_until": claim.until}
        taken = await connection.execute(update(CHANNELS).where(usable).values(**held))
        if taken.rowcount == 0:
            return None
        failures = select(CHANNELS.c.failures).where(CHANNELS.c.name == channel)
        return int((await connection.execute(failures)).scalar_one())

    async def _pinned(self, connection: AsyncConnection, channel: str, claim: Claim) -> str:
        """The name of the batch to send; empty when nothing is due."""
        here = WAITING & (LETTERS.c.channel == channel)
        due = here & (LETTERS.c.next_at <= claim.now)
        first = select(LETTERS.c.batch).where(due).order_by(LETTERS.c.batch.is_(None), LETTERS.c.next_at)
        row = (await connection.execute(first.limit(1))).first()
        if row is None:
            return ""
        if row.batch:
            return str(row.batch)
        new = update(LETTERS).where(here, LETTERS.c.batch.is_(None)).values(batch=claim.batch)
        await connection.execute(new)
        return claim.batch

    async def _release(
        self, connection: AsyncConnection, channel: str, by: str, channel_at: datetime, failures: int
    ) -> None:
        mine = (CHANNELS.c.name == channel) & (CHANNELS.c.claimed_by == by)
        free = {"claimed_by": None, "claimed_until": None, "next_at": channel_at, "failures": failures}
        await connection.execute(update(CHANNELS).where(mine).values(**free))


def _of(batch: Batch) -> ColumnElement[bool]:
    return WAITING & (LETTERS.c.channel == batch.channel) & (LETTERS.c.batch == batch.id)


def _letter(row: Any) -> Letter:
    return Letter(**{name: getattr(row, name) for name in Letter.__dataclass_fields__})
