"""What is remembered of notices, and putting them down to be sent: both in one transaction, so that neither
a crash nor a second process loses a notice or tells it twice. Sending them: `notice_letters`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cupel.decide.notice_due import Mark, Owed
from cupel.decide.notice_text import Letter
from cupel.decide.notices import Key

from .notice_tables import BEGUN, LETTERS, MARKS, added

CHUNK = 200
"""Rows a transaction changes before it lets others write."""
StoreFailed = SQLAlchemyError
"""The store did not do it; nothing of the transaction happened, and it may be tried again."""


@dataclass(frozen=True)
class Entry:
    """One notice to remember, with what to send of it."""

    owed: Owed
    letter: Letter


class Notices:
    """The notices of one store. Every call is one transaction; what fails raises StoreFailed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, known: Iterable[Owed], now: datetime) -> bool:
        """Remember what was so before the first start, once in a store's life. False: it was done before."""
        async with self._engine.begin() as connection:
            first = await connection.execute(added(connection.dialect, BEGUN), {"id": 1, "at": now})
            if first.rowcount == 0:
                return False
            rows = [_row(owed, now) for owed in known]
            if rows:
                await connection.execute(added(connection.dialect, MARKS), rows)
        return True

    async def marks(self, keys: Sequence[Key] | None = None) -> dict[Key, Mark]:
        """What is remembered: of these, or of everything."""
        query = select(MARKS)
        if keys is not None:
            query = query.where(MARKS.c.uid.in_({key.uid for key in keys}))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return {
            Key(row.uid, row.generation, row.reason): Mark(row.since, row.covered_to, row.tellings)
            for row in rows
        }

    async def put(self, entries: Sequence[Entry], next_at: datetime, now: datetime) -> list[Key]:
        """Remember these and put their letters down, to go from `next_at` on. Answers those that another
        process had remembered before.
        """
        lost: list[Key] = []
        ordered = sorted(entries, key=lambda entry: entry.owed.notice.key)  # so that two never deadlock
        for start in range(0, len(ordered), CHUNK):
            async with self._engine.begin() as connection:
                for entry in ordered[start : start + CHUNK]:
                    if await self._mark(connection, entry.owed, now):
                        await self._write(connection, entry, next_at, now)
                    else:
                        lost.append(entry.owed.notice.key)
        return lost

    async def forget(self, uids: Container[str], before: datetime) -> None:
        """Drop old letters that are done with, and old marks of objects that are no more."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(LETTERS).where(LETTERS.c.done_at < before))
            old = select(MARKS.c.uid).where(MARKS.c.marked_at < before).distinct()
            for row in (await connection.execute(old)).all():
                if row.uid not in uids:
                    gone = (MARKS.c.uid == row.uid) & (MARKS.c.marked_at < before)
                    await connection.execute(delete(MARKS).where(gone))

    async def _mark(self, connection: AsyncConnection, owed: Owed, now: datetime) -> bool:
        """Compare and swap; False when somebody else was first."""
        row = _row(owed, now)
        if owed.before is None:
            new = await connection.execute(added(connection.dialect, MARKS), row)
            return bool(new.rowcount == 1)
        uid, generation, reason = owed.notice.key
        same = (MARKS.c.uid == uid) & (MARKS.c.generation == generation) & (MARKS.c.reason == reason)
        still = same & (MARKS.c.tellings == owed.before.tellings)
        done = await connection.execute(update(MARKS).where(still).values(**row))
        return done.rowcount == 1

    async def _write(
        self, connection: AsyncConnection, entry: Entry, next_at: datetime, now: datetime
    ) -> None:
        for channel in entry.owed.channels:
            values = vars(entry.letter) | {
                "channel": channel,
                "written_at": now,
                "attempts": 0,
                "next_at": next_at,
                "error": "",
            }
            await connection.execute(added(connection.dialect, LETTERS), values)


def _row(owed: Owed, now: datetime) -> dict[str, Any]:
    notice, after = owed.notice, owed.after
    return notice.key._asdict() | {
        "namespace": notice.namespace,
        "tool": notice.tool,
        "since": after.since,
        "covered_to": after.covered_to,
        "tellings": after.tellings,
        "marked_at": now,
    }
