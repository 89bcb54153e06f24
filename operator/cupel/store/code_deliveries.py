"""Links that were used, and codes that were sent to people: each counts once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from .code_tables import DELIVERIES, DELIVERY_TIMES, LINK_TIMES, USED_LINKS
from .transaction import Taken, transaction
from .upsert import UPSERTS

DAY = 86_400


@dataclass(frozen=True)
class Delivery:
    """A code that was sent to somebody, for one decision."""

    id: str
    person: str
    subject: str
    """What it is for: namespace and digest."""
    code_hash: str
    transport: str
    """The kind of channel it went by."""
    made_at: int
    expires_at: int

    def __repr__(self) -> str:
        return f"Delivery({self.id}, {self.person})"


class DeliveryStore:
    """The tables of one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def use_link(self, link: str, expires_at: int) -> bool:
        """Whether this link is now used up by us: the second to come is refused by the table's key."""
        try:
            async with transaction(self.engine) as connection:
                await connection.execute(sa.insert(USED_LINKS).values(id=link, expires_at=expires_at))
        except Taken:
            return False
        return True

    async def link_used(self, link: str) -> bool:
        async with transaction(self.engine) as connection:
            wanted = sa.select(USED_LINKS.c.id).where(USED_LINKS.c.id == link)
            return (await connection.execute(wanted)).first() is not None

    async def reserve(self, person: str, now: int, pause: int) -> bool:
        """Whether we may send them a code now: of all that ask at once, and within the pause, one."""
        free = DELIVERY_TIMES.c.last_at <= now - pause
        return await self._taken(DELIVERY_TIMES, person, {"last_at": now}, {"last_at": now}, free)

    async def reserve_link(self, person: str, now: int, space: int, at_once: int) -> bool:
        """Whether we may send them a link now: `at_once` after a rest, then one in `space` seconds.

        A leaky bucket (GCRA): each link fills it for `space` seconds more; who would overfill it waits.
        """
        full = LINK_TIMES.c.full_until
        rest = sa.case((full > now, full), else_=now)
        room = full <= now + space * (at_once - 1)
        first = {"full_until": now + space}
        return await self._taken(LINK_TIMES, person, first, {"full_until": rest + space}, room)

    async def _taken(
        self, table: sa.Table, person: str, first: dict[str, Any], then: dict[str, Any], free: Any
    ) -> bool:
        """Insert what is `first`, or change the row to what is `then` if it is free: in one statement."""
        insert: Any = UPSERTS[self.engine.dialect.name]
        statement = (
            insert(table)
            .values(person=person, **first)
            .on_conflict_do_update(index_elements=["person"], set_=then, where=free)
            .execution_options(preserve_rowcount=True)  # psycopg tells it of an insertion only when asked to
        )
        async with transaction(self.engine) as connection:
            touched: int = (await connection.execute(statement)).rowcount
        return touched == 1

    async def keep(self, delivery: Delivery) -> None:
        async with transaction(self.engine) as connection:
            await connection.execute(
                sa.insert(DELIVERIES).values(
                    id=delivery.id,
                    person=delivery.person,
                    subject=delivery.subject,
                    code_hash=delivery.code_hash,
                    transport=delivery.transport,
                    made_at=delivery.made_at,
                    expires_at=delivery.expires_at,
                )
            )

    async def of(self, person: str) -> tuple[Delivery, ...]:
        """Every code of a person that was sent and not used, expired ones included."""
        async with transaction(self.engine) as connection:
            wanted = sa.select(DELIVERIES).where(DELIVERIES.c.person == person)
            rows = (await connection.execute(wanted)).mappings().all()
        return tuple(Delivery(**row) for row in rows)

    async def use(self, delivery: Delivery) -> bool:
        """Whether this code is now used up by us."""
        async with transaction(self.engine) as connection:
            gone = await connection.execute(sa.delete(DELIVERIES).where(DELIVERIES.c.id == delivery.id))
        return gone.rowcount == 1

    async def prune(self, now: int) -> None:
        """Remove what expired."""
        async with transaction(self.engine) as connection:
            await connection.execute(sa.delete(DELIVERIES).where(DELIVERIES.c.expires_at < now))
            await connection.execute(sa.delete(DELIVERY_TIMES).where(DELIVERY_TIMES.c.last_at < now - DAY))
            await connection.execute(sa.delete(LINK_TIMES).where(LINK_TIMES.c.full_until < now))
            await connection.execute(sa.delete(USED_LINKS).where(USED_LINKS.c.expires_at < now))
