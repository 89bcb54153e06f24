"""How many tenants' states there may be: a bound that holds for all gateways of one store together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .state_tables import TABLE

LOCK = 0x6375_7065_6D
"""Seed of PostgreSQL's advisory locks of namespaces, beside the one of migrations."""


class StateFull(Exception):
    """There is no room for another tenant; the text says of what, and what would make it right."""


@dataclass(frozen=True)
class Room:
    """The most tenants whose states are kept."""

    per_tool: int = 10_000
    per_namespace: int = 50_000


async def insert_if_room(connection: AsyncConnection, room: Room, row: Mapping[str, Any]) -> bool:
    """Whether there was room for this row, which is then there. In a transaction, raises IntegrityError.

    SQLite has one writer at a time. PostgreSQL's writers of one namespace wait for each other here: each
    would count without what the other has not committed.
    """
    namespace, tool = row["namespace"], row["tool"]
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtextextended(namespace, sa.literal(LOCK, sa.BigInteger))
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    values = [_expression(name, value) for name, value in row.items()]
    here = TABLE.c.namespace == namespace
    fits = (
        _count(room.per_tool, here, TABLE.c.tool == tool) < room.per_tool,
        _count(room.per_namespace, here) < room.per_namespace,
    )
    insertion = sa.insert(TABLE).from_select(list(row), sa.select(*values).where(*fits))
    told = insertion.execution_options(preserve_rowcount=True)  # psycopg tells it only when asked to
    return (await connection.execute(told)).rowcount == 1


def how_full(namespace: str, tool: str, room: Room) -> sa.Select[int, int]:
    """Two numbers: tenants of the tool and of the namespace, counted no further than there may be."""
    here = TABLE.c.namespace == namespace
    return sa.select(_count(room.per_tool, here, TABLE.c.tool == tool), _count(room.per_namespace, here))


def judge(namespace: str, tool: str, room: Room, of_tool: int, of_namespace: int) -> None:
    """Raises StateFull when one more would be too many."""
    if of_tool >= room.per_tool:
        raise StateFull(
            f"{tool} keeps the state of {of_tool} tenants, and more than "
            "CUPEL_GATEWAY_STATE_TENANTS_PER_TOOL are not kept: some tenant must delete theirs "
            f"(`cupel state delete {tool}`), or an administrator allow more"
        )
    if of_namespace >= room.per_namespace:
        raise StateFull(
            f"the tools of namespace {namespace} keep {of_namespace} states, and more than "
            "CUPEL_GATEWAY_STATE_TENANTS_PER_NAMESPACE are not kept: an administrator must delete those of "
            "a tool nobody needs (`cupel state delete TOOL --all`), or allow more"
        )


def _count(most: int, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    counted = sa.select(TABLE.c.tenant).where(*where).limit(most).subquery()
    return sa.select(sa.func.count()).select_from(counted).scalar_subquery()


def _expression(name: str, value: Any) -> Any:
    if isinstance(value, sa.ColumnElement):
        return value
    return sa.literal(value, TABLE.c[name].type)
