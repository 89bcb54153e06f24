"""Whose store it is: the cluster whose tools it holds states of, written down once and asked before deleting.

A gateway deletes the states of tools it does not find. In another cluster's store it would find none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .engine import StoreUnusable, told
from .state_tables import CLUSTER
from .upsert import UPSERTS

ROW = 1
ANOTHERS = (
    "CUPEL_STORE_URL names a store with the states of another cluster's tools: the kube-system of that one "
    "has uid {found}, of this one {uid}. Name a store of this cluster's own; or, if this store was restored "
    "here and no gateway of that cluster uses it any more, take it over by CUPEL_STORE_TAKE_OVER={found}"
)


class ForeignStore(Exception):
    """The store holds the states of another cluster's tools; the text says what to do."""


@dataclass(frozen=True)
class Cluster:
    """The cluster a gateway serves."""

    uid: str
    """Of its namespace kube-system, which lives as long as the cluster."""
    heir_of: str = ""
    """The uid of a cluster that is gone, whose store this one takes over; empty: of none."""


async def claimed(engine: AsyncEngine, cluster: Cluster) -> None:
    """Write the cluster down where none is, or take over from the one that is gone. May be done again.

    Raises ForeignStore, StoreUnusable.
    """
    try:
        async with engine.begin() as connection:
            found = await _claimed(connection, cluster)
    except (SQLAlchemyError, OSError) as error:
        raise StoreUnusable(told(error)) from None
    if found != cluster.uid:
        raise ForeignStore(ANOTHERS.format(found=found, uid=cluster.uid))


async def _claimed(connection: AsyncConnection, cluster: Cluster) -> str:
    """The cluster the store is of, after what we may change."""
    insert: Any = UPSERTS[connection.dialect.name]
    ours = {"uid": cluster.uid, "since": sa.func.now()}
    await connection.execute(
        insert(CLUSTER).values(id=ROW, **ours).on_conflict_do_nothing(index_elements=["id"])
    )
    if cluster.heir_of:
        gone = CLUSTER.c.uid == cluster.heir_of
        await connection.execute(sa.update(CLUSTER).where(gone).values(ours))
    return str((await connection.execute(sa.select(CLUSTER.c.uid))).scalar_one())
