"""What callers say of tools: up or down, with a comment. Bounded by tenant and by tool; the oldest goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .feedback_tables import TABLE
from .transaction import transaction

Verdict = Literal["up", "down"]
LOCK = 0x6665_6564  # "feed": the seed of PostgreSQL's advisory lock, any fixed one will do


@dataclass(frozen=True, order=True)
class Rated:
    """The GeneratedTool that feedback is about: the object, not only its name."""

    namespace: str
    tool: str
    uid: str


@dataclass(frozen=True)
class Feedback:
    """One verdict of one tenant."""

    tenant: str
    digest: str
    """Of the revision that served when it was given."""
    verdict: Verdict
    comment: str = ""
    call: str = ""
    """What the tenant calls the call it is about; empty: the tool in general."""
    given_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Votes:
    """How many said what of one tool."""

    up: int = 0
    down: int = 0


@dataclass(frozen=True)
class FeedbackRoom:
    """How much is kept."""

    per_tenant: int = 20
    """Of one tool."""
    per_tool: int = 5000


@dataclass(frozen=True)
class Page:
    """Some feedback, and where the next page begins; 0: there is none."""

    items: Sequence[Feedback]
    before: int


class Feedbacks:
    """The feedback of one engine. Raises StoreAway when the store does not answer."""

    def __init__(self, engine: AsyncEngine, room: FeedbackRoom) -> None:
        self._engine = engine
        self._room = room

    async def give(self, rated: Rated, said: Feedback) -> None:
        """Keep it. Said again of the same call it replaces what was said; beyond the room the oldest goes."""
        mine = TABLE.c.tenant == said.tenant
        async with transaction(self._engine) as connection:
            await _alone(connection, rated)
            await connection.execute(sa.delete(TABLE).where(_of(rated), mine, TABLE.c.call == said.call))
            await connection.execute(sa.insert(TABLE).values(**_row(rated, said)))
            await _trim(connection, rated, self._room.per_tenant, mine)
            await _trim(connection, rated, self._room.per_tool)

    async def of(self, rated: Rated, *, tenant: str = "", before: int = 0, most: int = 100) -> Page:
        """The newest first: of everybody, or of one tenant; older than `before` where that is given."""
        which = [_of(rated)]
        if tenant:
            which.append(TABLE.c.tenant == tenant)
        if before:
            which.append(TABLE.c.id < before)
        query = sa.select(TABLE).where(*which).order_by(TABLE.c.id.desc()).limit(most)
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return Page([_feedback(row) for row in rows], rows[-1].id if len(rows) == most else 0)

    async def votes(self, rated: Rated) -> Votes:
        query = sa.select(TABLE.c.verdict, sa.func.count()).where(_of(rated)).group_by(TABLE.c.verdict)
        async with transaction(self._engine) as connection:
            counted = {verdict: count for verdict, count in (await connection.execute(query)).all()}
        return Votes(counted.get("up", 0), counted.get("down", 0))

    async def rated(self) -> frozenset[Rated]:
        """Every object there is feedback about."""
        query = sa.select(TABLE.c.namespace, TABLE.c.tool, TABLE.c.tool_uid).distinct()
        async with transaction(self._engine) as connection:
            return frozenset(Rated(*row) for row in (await connection.execute(query)).all())

    async def forget(self, rated: Rated) -> int:
        """Delete what is said of an object that is gone; how much there was."""
        async with transaction(self._engine) as connection:
            return (await connection.execute(sa.delete(TABLE).where(_of(rated)))).rowcount

    async def delete(self, rated: Rated, tenant: str) -> int:
        """Delete what one tenant said of a tool; how much there was."""
        mine = TABLE.c.tenant == tenant
        async with transaction(self._engine) as connection:
            return (await connection.execute(sa.delete(TABLE).where(_of(rated), mine))).rowcount


async def _alone(connection: AsyncConnection, rated: Rated) -> None:
    """Writers about one tool wait for each other: each would count without what the other did not commit.

    SQLite has one writer at a time, from its first statement that writes on.
    """
    if connection.dialect.name == "postgresql":
        name = f"{rated.namespace}/{rated.tool}"
        key = sa.func.hashtextextended(name, sa.literal(LOCK, sa.BigInteger))
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def _trim(connection: AsyncConnection, rated: Rated, most: int, *which: sa.ColumnElement[bool]) -> None:
    here = (_of(rated), *which)
    newest = sa.select(TABLE.c.id).where(*here).order_by(TABLE.c.id.desc()).limit(1).offset(most)
    await connection.execute(sa.delete(TABLE).where(*here, TABLE.c.id <= newest.scalar_subquery()))


def _of(rated: Rated) -> sa.ColumnElement[bool]:
    columns = TABLE.c
    return sa.and_(
        columns.namespace == rated.namespace, columns.tool == rated.tool, columns.tool_uid == rated.uid
    )


def _row(rated: Rated, said: Feedback) -> dict[str, Any]:
    return {
        "namespace": rated.namespace,
        "tool": rated.tool,
        "tool_uid": rated.uid,
        "digest": said.digest,
        "tenant": said.tenant,
        "call": said.call,
        "verdict": said.verdict,
        "comment": said.comment,
        "given_at": said.given_at,
    }


def _feedback(row: Any) -> Feedback:
    at = row.given_at if row.given_at.tzinfo else row.given_at.replace(tzinfo=UTC)
    return Feedback(row.tenant, row.digest, row.verdict, row.comment, row.call, at)
