"""State of tools: one JSON object for each namespace, tool and tenant, written only over what was read."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .engine import told
from .state_cluster import Cluster, claimed
from .state_room import Room, how_full, insert_if_room, judge
from .state_tables import TABLE
from .state_text import StateUnreadable, decoded, encoded

SECONDS = 10.0
"""The longest one statement may take; more than SQLite's writers wait for each other."""
NOTHING = 0
"""The version of a state that is not there."""
ROOM = Room()


class StoreFailed(Exception):
    """The store did not answer. `uncertain`: whether what was to be written is there, nobody knows."""

    def __init__(self, message: str, *, uncertain: bool) -> None:
        super().__init__(message)
        self.uncertain = uncertain


@dataclass(frozen=True)
class Owner:
    """The GeneratedTool that a state belongs to: the object, not only its name."""

    namespace: str
    tool: str
    uid: str
    keep: bool | None
    """Whether the state outlives the object: the next tool of the same name then finds it. None: as its
    other states are marked, since what its policy says is not known."""


@dataclass(frozen=True)
class Seen:
    """A state as it was read, and the version that must still be there when it is written again."""

    state: Mapping[str, Any] = field(default_factory=dict)
    version: int = NOTHING
    uid: str = ""
    """Of the object that wrote it; empty when there is none."""


@dataclass(frozen=True)
class Record:
    """One tenant's state, as it is exported."""

    tenant: str
    uid: str
    keep: bool
    updated_at: datetime
    state: Mapping[str, Any] | None
    """None when it cannot be read."""


class ToolStates:
    """The states of all tools. Every method writes in one statement, so it happens or it does not."""

    def __init__(self, engine: AsyncEngine, room: Room = ROOM) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._whole = engine
        self._room = room

    async def claim(self, cluster: Cluster) -> None:
        """Make sure that the states are of this cluster's tools. Raises ForeignStore, StoreUnusable."""
        await claimed(self._whole, cluster)

    async def load(self, owner: Owner, tenant: str) -> Seen:
        """The tenant's state; empty when there is none, or it was another object's and is not kept.

        Raises StateUnreadable, StoreFailed.
        """
        found = (await self._rows(sa.select(TABLE).where(*_of(owner, tenant)))).first()
        if found is None:
            return Seen()
        mine = found.tool_uid == owner.uid or found.keep
        return Seen(decoded(found.state) if mine else {}, found.version, found.tool_uid)

    async def save(self, owner: Owner, tenant: str, seen: Seen, state: Mapping[str, Any]) -> bool:
        """Write over what was seen; False when that is no longer there, or is another object's by now.

        Raises StateRefused, StateFull, StoreFailed.
        """
        values = {
            "tool_uid": owner.uid,
            "version": 1 + secrets.randbelow(2**62),
            "state": encoded(state),
            "updated_at": sa.func.now(),
        }
        if owner.keep is not None:
            values["keep"] = owner.keep
        if seen.version == NOTHING:
            return await self._insert(owner, tenant, {"keep": _as_marked(owner)} | values)
        here = (*_of(owner, tenant), TABLE.c.version == seen.version, TABLE.c.tool_uid == seen.uid)
        return await self._write(sa.update(TABLE).where(*here).values(values)) == 1

    async def judge_room(self, owner: Owner) -> None:
        """Raises StateFull when no further tenant's state could be kept, StoreFailed."""
        of_tool, of_namespace = (await self._rows(how_full(owner.namespace, owner.tool, self._room))).one()
        judge(owner.namespace, owner.tool, self._room, of_tool, of_namespace)

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """How many tenants' states are kept, by namespace and tool."""
        query = sa.select(TABLE.c.namespace, TABLE.c.tool, sa.func.count()).group_by(
            TABLE.c.namespace, TABLE.c.tool
        )
        return {(row[0], row[1]): row[2] for row in await self._rows(query)}

    async def export(
        self, namespace: str, tool: str, *, tenant: str = "", after: str = "", most: int = 100
    ) -> Sequence[Record]:
        """One tenant's state, or those of all tenants behind `after`, in order of their names."""
        which = [TABLE.c.namespace == namespace, TABLE.c.tool == tool, TABLE.c.tenant > after]
        if tenant:
            which.append(TABLE.c.tenant == tenant)
        query = sa.select(TABLE).where(*which).order_by(TABLE.c.tenant).limit(most)
        return [_record(row) for row in await self._rows(query)]

    async def delete(self, namespace: str, tool: str, tenant: str = "") -> int:
        """Forget one tenant's state, or those of all tenants; how many there were."""
        which = [TABLE.c.namespace == namespace, TABLE.c.tool == tool]
        if tenant:
            which.append(TABLE.c.tenant == tenant)
        return await self._write(sa.delete(TABLE).where(*which))

    async def owners(self) -> frozenset[Owner]:
        """Every object that states are kept of."""
        columns = (TABLE.c.namespace, TABLE.c.tool, TABLE.c.tool_uid, TABLE.c.keep)
        return frozenset(
            Owner(row.namespace, row.tool, row.tool_uid, row.keep)
            for row in await self._rows(sa.select(*columns).distinct())
        )

    async def mark(self, owner: Owner, keep: bool) -> int:  # the column's own two values
        """From now on these states outlive their object, or do not."""
        return await self._write(sa.update(TABLE).where(*_all_of(owner)).values(keep=keep))

    async def forget(self, owner: Owner) -> int:
        """Delete the states of an object that is gone; how many there were."""
        return await self._write(sa.delete(TABLE).where(*_all_of(owner)))

    async def _insert(self, owner: Owner, tenant: str, values: Mapping[str, Any]) -> bool:
        key = {"namespace": owner.namespace, "tool": owner.tool, "tenant": tenant}
        try:
            async with self._reached(self._whole.begin(), writes=True) as connection:
                if await insert_if_room(connection, self._room, {**key, **values}):
                    return True
        except IntegrityError:  # somebody else was first
            return False
        await self.judge_room(owner)
        return False  # somebody made room meanwhile

    async def _rows(self, query: sa.Select[*tuple[Any, ...]]) -> sa.CursorResult[*tuple[Any, ...]]:
        async with self._reached(self._engine.connect(), writes=False) as connection:
            found: sa.CursorResult[*tuple[Any, ...]] = await connection.execute(query)
            return found

    async def _write(self, change: sa.Insert | sa.Update | sa.Delete) -> int:
        async with self._reached(self._engine.connect(), writes=True) as connection:
            return (await connection.execute(change)).rowcount

    @asynccontextmanager
    async def _reached(
        self, way: AbstractAsyncContextManager[AsyncConnection], *, writes: bool
    ) -> AsyncIterator[AsyncConnection]:
        try:
            async with asyncio.timeout(SECONDS), way as connection:
                yield connection
        except IntegrityError:
            raise
        except TimeoutError:
            raise StoreFailed(f"the store did not answer within {SECONDS:g} s", uncertain=writes) from None
        except DBAPIError as error:
            raise StoreFailed(told(error), uncertain=writes and error.connection_invalidated) from None
        except (SQLAlchemyError, OSError) as error:
            raise StoreFailed(told(error), uncertain=False) from None


def _of(owner: Owner, tenant: str) -> tuple[sa.ColumnElement[bool], ...]:
    columns = TABLE.c
    return columns.namespace == owner.namespace, columns.tool == owner.tool, columns.tenant == tenant


def _as_marked(owner: Owner) -> sa.ColumnElement[bool]:
    """Whether any state of this object is kept."""
    marked = TABLE.alias()
    here = (marked.c.namespace == owner.namespace, marked.c.tool == owner.tool)
    return sa.select(marked.c.tool).where(*here, marked.c.tool_uid == owner.uid, marked.c.keep).exists()


def _all_of(owner: Owner) -> tuple[sa.ColumnElement[bool], ...]:
    columns = TABLE.c
    return (
        columns.namespace == owner.namespace,
        columns.tool == owner.tool,
        columns.tool_uid == owner.uid,
        columns.keep == owner.keep,
    )


def _record(row: Any) -> Record:
    at = row.updated_at if row.updated_at.tzinfo else row.updated_at.replace(tzinfo=UTC)
    try:
        state = decoded(row.state)
    except StateUnreadable:
        return Record(row.tenant, row.tool_uid, row.keep, at, None)
    return Record(row.tenant, row.tool_uid, row.keep, at, state)
