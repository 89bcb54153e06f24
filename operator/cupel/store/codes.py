"""Who is enrolled for one-time codes, which steps they used, and who tried what.

Every rule that two replicas must keep together is one statement here: a count, an insertion, a comparison
with a write. Each method is one transaction that begins with its write, so that SQLite's writers wait for
each other instead of failing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from .code_tables import AUDIT, ENROLMENTS, PENDING, TRIES
from .code_tries import Tries
from .transaction import StoreAway, transaction
from .upsert import UPSERTS

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


class CodeStore:
    """The tables of one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.tries = Tries(engine)

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
        """Whether they are enrolled, or about to be: one statement, however the answer turns out."""
        async with transaction(self.engine) as connection:
            return bool((await connection.execute(sa.select(_is_known(sa.literal(person))))).scalar_one())

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
        """Keep it, if it is about somebody we know: strangers' names must not fill the disk.

        Theirs is written and removed again, so that it takes as long.
        """
        line = {
            "at": attempt.at,
            "person": attempt.person[:128],
            "namespace": attempt.namespace[:63],
            "digest": attempt.digest[:71],
            "outcome": attempt.outcome[:64],
            "address": attempt.address[:128],
        }
        async with transaction(self.engine) as connection:
            number = (
                await connection.execute(sa.insert(AUDIT).values(line).returning(AUDIT.c.id))
            ).scalar_one()
            stranger = (AUDIT.c.id == number, ~_is_known(AUDIT.c.person))
            await connection.execute(sa.delete(AUDIT).where(*stranger))

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


def _is_known(person: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    named = [sa.select(each.c.person).where(each.c.person == person) for each in (ENROLMENTS, PENDING)]
    return sa.or_(*(each.exists() for each in named))


def _row(enrolment: Enrolment) -> dict[str, Any]:
    return asdict(enrolment) | {"groups": json.dumps(enrolment.groups)}


def _enrolment(row: sa.RowMapping) -> Enrolment:
    return Enrolment(**{**row, "groups": tuple(json.loads(row["groups"]))})
