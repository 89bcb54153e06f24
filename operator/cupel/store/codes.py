"""Who is enrolled for one-time codes, which steps they used, and who tried what.

Every rule that two replicas must keep together is one statement here: a count, an insertion, a comparison
with a write. Each method is one transaction that begins with its write, so that SQLite's writers wait for
each other instead of failing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from .code_tables import AUDIT, ENROLMENTS, PENDING, TRIES
from .transaction import StoreAway, transaction
from .upsert import UPSERTS

Door = Literal["Open", "Locked", "LockedForGood"]
FOR_GOOD = 2**62
"""`locked_until` of who stays locked until an administrator resets them."""
NEVER = -1
"""`last_step` of an enrolment whose codes were not used yet."""


@dataclass(frozen=True)
class Enrolment:
    """One person's secret, encrypted, and what they were when they enrolled."""

    person: str
    serial: str
    """The uid of the CodeEnrollment it came from: a secret belongs to one serial for ever."""
    secret: str
    groups: tuple[str, ...]
    made_at: int
    expires_at: int
    last_step: int = NEVER
    drift: int = 0

    def __repr__(self) -> str:
        return f"Enrolment({self.person}, {self.serial})"


@dataclass(frozen=True)
class Attempt:
    """One line of the audit. Never holds a code."""

    at: int
    person: str
    namespace: str
    digest: str
    outcome: str
    address: str


@dataclass(frozen=True)
class LockRules:
    """After how many failures in a row a person is locked, and for how long; and after how many for good."""

    failures: int = 5
    seconds: int = 900
    total: int = 100


class CodeStore:
    """The tables of one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def alive(self) -> bool:
        """Whether the store answers."""
        try:
            async with transaction(self.engine) as connection:
                await connection.execute(sa.select(sa.literal(1)))
        except StoreAway:
            return False
        return True

    async def enrolled(self, person: str) -> Enrolment | None:
        return await self._one(ENROLMENTS, person)

    async def pending(self, person: str) -> Enrolment | None:
        return await self._one(PENDING, person)

    async def known(self, person: str) -> bool:
        """Whether they are enrolled, or about to be."""
        return await self.enrolled(person) is not None or await self.pending(person) is not None

    async def propose(self, enrolment: Enrolment) -> None:
        """Keep a new secret until it is confirmed. It takes the place of the person's earlier proposal, but
        not of one of the same serial, which another replica may have sealed already.
        """
        values = _row(enrolment)
        changes = {key: value for key, value in values.items() if key != "person"}
        other = PENDING.c.serial != enrolment.serial
        statement = self._insert(PENDING).values(values)
        await self._write(
            statement.on_conflict_do_update(index_elements=["person"], set_=changes, where=other)
        )

    async def confirm(self, confirmed: Enrolment) -> bool:
        """It takes the place of its proposal, which has its serial; False when that is gone."""
        async with transaction(self.engine) as connection:
            taken = await connection.execute(
                sa.delete(PENDING).where(
                    PENDING.c.person == confirmed.person, PENDING.c.serial == confirmed.serial
                )
            )
            if taken.rowcount != 1:
                return False
            values = _row(confirmed)
            changes = {key: value for key, value in values.items() if key != "person"}
            statement = self._insert(ENROLMENTS).values(values)
            await connection.execute(statement.on_conflict_do_update(index_elements=["person"], set_=changes))
        return True

    async def forget(self, person: str) -> bool:
        """Remove an enrolment, a proposal and the lock; whether there was an enrolment."""
        async with transaction(self.engine) as connection:
            gone = await connection.execute(sa.delete(ENROLMENTS).where(ENROLMENTS.c.person == person))
            await connection.execute(sa.delete(PENDING).where(PENDING.c.person == person))
            await connection.execute(sa.delete(TRIES).where(TRIES.c.person == person))
        return gone.rowcount == 1

    async def begin_try(self, person: str, now: int, rules: LockRules) -> Door:
        """Count a try before its code is looked at.

        So at most `failures` codes are compared in a lock's time, however many come at once: the last one
        locks, and a right code lifts the lock again. A lock ends, the row of failures does not: at `total`
        the person is locked for good, for guessing without end hits in the end.
        """
        counted = TRIES.c.failures + 1
        until = sa.case(
            (counted >= rules.total, FOR_GOOD),
            (counted % rules.failures == 0, now + rules.seconds),
            else_=0,
        )
        first = 0 if rules.failures > 1 else now + rules.seconds
        statement = (
            self._insert(TRIES)
            .values(person=person, failures=1, locked_until=first)
            .on_conflict_do_update(
                index_elements=["person"],
                set_={"failures": counted, "locked_until": until},
                where=TRIES.c.locked_until <= now,
            )
            .execution_options(preserve_rowcount=True)  # psycopg tells it of an insertion only when asked to
        )
        if await self._write(statement) == 1:
            return "Open"
        return "LockedForGood" if await self._locked_until(person) == FOR_GOOD else "Locked"

    async def _locked_until(self, person: str) -> int:
        async with transaction(self.engine) as connection:
            wanted = sa.select(TRIES.c.locked_until).where(TRIES.c.person == person)
            found: int | None = (await connection.execute(wanted)).scalar()
        return found or 0

    async def succeed(self, person: str) -> None:
        """A right code of the app ends the row of failures."""
        await self._write(sa.update(TRIES).where(TRIES.c.person == person).values(failures=0, locked_until=0))

    async def give_back(self, person: str) -> None:
        """The try that was counted was right, and says nothing of those before. One less is never a lock."""
        mine = (TRIES.c.person == person, TRIES.c.failures > 0)
        less = sa.update(TRIES).where(*mine).values(failures=TRIES.c.failures - 1, locked_until=0)
        await self._write(less)

    async def use_step(self, enrolment: Enrolment, step: int, drift: int) -> bool:
        """Whether this step is now used up by us: only one that is newer than all used before can be."""
        statement = (
            sa.update(ENROLMENTS)
            .where(
                ENROLMENTS.c.person == enrolment.person,
                ENROLMENTS.c.serial == enrolment.serial,
                ENROLMENTS.c.last_step < step,
            )
            .values(last_step=step, drift=drift)
        )
        return await self._write(statement) == 1

    async def secrets(self) -> tuple[Enrolment, ...]:
        """All enrolments, for encrypting them anew."""
        async with transaction(self.engine) as connection:
            rows = (await connection.execute(sa.select(ENROLMENTS))).mappings().all()
        return tuple(_enrolment(row) for row in rows)

    async def reencrypt(self, enrolment: Enrolment, secret: str) -> bool:
        """Write the same secret under another key, unless it changed meanwhile."""
        mine = (ENROLMENTS.c.person == enrolment.person, ENROLMENTS.c.secret == enrolment.secret)
        return await self._write(sa.update(ENROLMENTS).where(*mine).values(secret=secret)) == 1

    async def record(self, attempt: Attempt) -> None:
        """Keep it, if it is about somebody we know: strangers' names must not fill the disk."""
        if not await self.known(attempt.person):
            return
        await self._write(
            sa.insert(AUDIT).values(
                at=attempt.at,
                person=attempt.person[:128],
                namespace=attempt.namespace[:63],
                digest=attempt.digest[:71],
                outcome=attempt.outcome[:64],
                address=attempt.address[:128],
            )
        )

    async def attempts(self, person: str = "", limit: int = 100) -> tuple[Attempt, ...]:
        """The newest lines of the audit, of one person or of all."""
        wanted = sa.select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
        if person:
            wanted = wanted.where(AUDIT.c.person == person)
        async with transaction(self.engine) as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return tuple(Attempt(**{key: row[key] for key in Attempt.__dataclass_fields__}) for row in rows)

    async def prune(self, now: int, audit_before: int) -> None:
        """Remove proposals nobody confirmed, and audit lines that are old enough."""
        await self._write(sa.delete(PENDING).where(PENDING.c.expires_at < now))
        await self._write(sa.delete(AUDIT).where(AUDIT.c.at < audit_before))

    async def _one(self, table: sa.Table, person: str) -> Enrolment | None:
        async with transaction(self.engine) as connection:
            wanted = sa.select(table).where(table.c.person == person)
            row = (await connection.execute(wanted)).mappings().first()
        return None if row is None else _enrolment(row)

    def _insert(self, table: sa.Table) -> Any:
        return UPSERTS[self.engine.dialect.name](table)

    async def _write(self, statement: sa.Executable) -> int:
        """Do one statement; answers how many rows it touched."""
        async with transaction(self.engine) as connection:
            touched: int = (await connection.execute(statement)).rowcount
        return touched


def _row(enrolment: Enrolment) -> dict[str, Any]:
    return asdict(enrolment) | {"groups": json.dumps(enrolment.groups)}


def _enrolment(row: sa.RowMapping) -> Enrolment:
    return Enrolment(**{**row, "groups": tuple(json.loads(row["groups"]))})
