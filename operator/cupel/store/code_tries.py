"""Codes that were wrong, counted before they are looked at: five lock for a while, a hundred for good.

Names that nobody enrolled are counted, too, and locked alike, or the lock would tell who is enrolled. They
share a fixed number of rows, so that invented ones do not fill the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from .code_tables import STRANGER_TRIES, TRIES
from .transaction import transaction
from .upsert import UPSERTS

Door = Literal["Open", "Locked", "LockedForGood"]
FOR_GOOD = 2**62
"""`locked_until` of who stays locked until an administrator resets them."""
ROWS_OF_STRANGERS = 65_536


@dataclass(frozen=True)
class LockRules:
    """After how many failures in a row a person is locked, and for how long; and after how many for good."""

    failures: int = 5
    seconds: int = 900
    total: int = 100


def row_of(tag: str) -> int:
    """The row of a stranger, from the MAC of their name in hexadecimal digits."""
    return int(tag, 16) % ROWS_OF_STRANGERS


class Tries:
    """The counts of one engine. Every rule that two replicas must keep together is one statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, person: str, now: int, rules: LockRules) -> Door:
        """Count a try before its code is looked at.

        So at most `failures` codes are compared in a lock's time, however many come at once: the last one
        locks, and a right code lifts the lock again. A lock ends, the row of failures does not: at `total`
        the person is locked for good, for guessing without end hits in the end.
        """
        return await self._begin(TRIES.c.person, person, now, rules)

    async def begin_strangers(self, number: int, now: int, rules: LockRules) -> Door:
        """As `begin`, for who is not enrolled: their name's `number`, below ROWS_OF_STRANGERS."""
        return await self._begin(STRANGER_TRIES.c.number, number, now, rules)

    async def succeed(self, person: str) -> None:
        """A right code of the app ends the row of failures."""
        await self._write(sa.update(TRIES).where(TRIES.c.person == person).values(failures=0, locked_until=0))

    async def give_back(self, person: str) -> None:
        """The try that was counted was right, and says nothing of those before. One less is never a lock."""
        mine = (TRIES.c.person == person, TRIES.c.failures > 0)
        less = sa.update(TRIES).where(*mine).values(failures=TRIES.c.failures - 1, locked_until=0)
        await self._write(less)

    async def locked_for_good(self) -> int:
        """How many people wait for an administrator to reset them."""
        wanted = sa.select(sa.func.count()).select_from(TRIES).where(TRIES.c.locked_until == FOR_GOOD)
        async with transaction(self._engine) as connection:
            return int((await connection.execute(wanted)).scalar_one())

    async def _begin(self, key: sa.Column[Any], value: str | int, now: int, rules: LockRules) -> Door:
        table = key.table
        counted = table.c.failures + 1
        until = sa.case(
            (counted >= rules.total, FOR_GOOD),
            (counted % rules.failures == 0, now + rules.seconds),
            else_=0,
        )
        first = 0 if rules.failures > 1 else now + rules.seconds
        insert: Any = UPSERTS[self._engine.dialect.name]
        statement = (
            insert(table)
            .values({key.name: value, "failures": 1, "locked_until": first})
            .on_conflict_do_update(
                index_elements=[key.name],
                set_={"failures": counted, "locked_until": until},
                where=table.c.locked_until <= now,
            )
            .execution_options(preserve_rowcount=True)  # psycopg tells it of an insertion only when asked to
        )
        if await self._write(statement) == 1:
            return "Open"
        async with transaction(self._engine) as connection:
            locked = (await connection.execute(sa.select(table.c.locked_until).where(key == value))).scalar()
        return "LockedForGood" if locked == FOR_GOOD else "Locked"

    async def _write(self, statement: sa.Executable) -> int:
        async with transaction(self._engine) as connection:
            touched: int = (await connection.execute(statement)).rowcount
        return touched
