"""Feedback on a real SQLite file and a real PostgreSQL server: kept whole, bounded, and gone with its tool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cupel.store.engine import opened
from cupel.store.feedback import Feedback, FeedbackRoom, Feedbacks, Rated, Votes
from cupel.store.transaction import StoreAway

COUNT = Rated("tools", "word-count", "uid-1")
REMADE = replace(COUNT, uid="uid-2")
ROOM = FeedbackRoom(per_tenant=3, per_tool=5)
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
UP = Feedback("user/alice", "sha256-1", "up", "just right: ż🜍", "call-1", NOON)


@pytest.fixture
async def engine(store_url: str) -> AsyncIterator[AsyncEngine]:
    async with opened(store_url, "feedback") as engine:
        yield engine


@pytest.fixture
def feedbacks(engine: AsyncEngine) -> Feedbacks:
    return Feedbacks(engine, ROOM)


async def said(feedbacks: Feedbacks, rated: Rated = COUNT) -> list[tuple[str, str, str]]:
    return [(one.tenant, one.call, one.verdict) for one in (await feedbacks.of(rated)).items]


async def test_what_was_said_is_read_back(feedbacks: Feedbacks) -> None:
    await feedbacks.give(COUNT, UP)

    assert list((await feedbacks.of(COUNT)).items) == [UP]
    assert await feedbacks.votes(COUNT) == Votes(up=1)


async def test_said_again_of_the_same_call_it_replaces_what_was_said(feedbacks: Feedbacks) -> None:
    await feedbacks.give(COUNT, UP)
    await feedbacks.give(COUNT, replace(UP, verdict="down"))
    await feedbacks.give(COUNT, replace(UP, call="call-2"))

    assert await said(feedbacks) == [("user/alice", "call-2", "up"), ("user/alice", "call-1", "down")]
    assert await feedbacks.votes(COUNT) == Votes(up=1, down=1)


async def test_of_a_tenant_the_newest_are_kept(feedbacks: Feedbacks) -> None:
    await feedbacks.give(COUNT, replace(UP, tenant="user/bob", call="old"))
    for number in range(5):
        await feedbacks.give(COUNT, replace(UP, call=str(number)))

    kept = [(tenant, call) for tenant, call, _ in await said(feedbacks)]
    assert kept == [("user/alice", "4"), ("user/alice", "3"), ("user/alice", "2"), ("user/bob", "old")]


async def test_of_a_tool_the_newest_are_kept_and_no_other_tool_loses_any(feedbacks: Feedbacks) -> None:
    await feedbacks.give(replace(COUNT, tool="other"), UP)
    for number in range(7):
        await feedbacks.give(COUNT, replace(UP, tenant=f"user/{number}"))

    assert [tenant for tenant, _, _ in await said(feedbacks)] == [f"user/{n}" for n in (6, 5, 4, 3, 2)]
    assert len(await said(feedbacks, replace(COUNT, tool="other"))) == 1


async def test_writers_at_once_stay_within_the_room(feedbacks: Feedbacks) -> None:
    await asyncio.gather(
        *(feedbacks.give(COUNT, replace(UP, tenant=f"user/{number}")) for number in range(12))
    )

    assert len(await said(feedbacks)) == ROOM.per_tool


async def test_pages_go_on_where_the_last_one_ended(feedbacks: Feedbacks) -> None:
    for number in range(5):
        await feedbacks.give(COUNT, replace(UP, tenant=f"user/{number}"))

    first = await feedbacks.of(COUNT, most=3)
    second = await feedbacks.of(COUNT, most=3, before=first.before)

    assert [one.tenant for one in (*first.items, *second.items)] == [f"user/{n}" for n in (4, 3, 2, 1, 0)]
    assert (first.before > 0, second.before) == (True, 0)


async def test_it_belongs_to_the_object_and_goes_with_it(feedbacks: Feedbacks) -> None:
    await feedbacks.give(COUNT, UP)
    await feedbacks.give(REMADE, UP)

    assert await feedbacks.rated() == {COUNT, REMADE}
    assert await feedbacks.forget(COUNT) == 1
    assert (await said(feedbacks), len(await said(feedbacks, REMADE))) == ([], 1)


async def test_a_tenant_takes_back_what_they_said_and_nothing_else(feedbacks: Feedbacks) -> None:
    await feedbacks.give(COUNT, UP)
    await feedbacks.give(COUNT, replace(UP, tenant="user/bob"))

    assert await feedbacks.delete(COUNT, "user/alice") == 1
    assert [one.tenant for one in (await feedbacks.of(COUNT, tenant="user/bob")).items] == ["user/bob"]
    assert (await feedbacks.of(COUNT, tenant="user/alice")).items == []


async def test_a_store_that_fails_says_nothing_of_what_was_written(engine: AsyncEngine) -> None:
    await engine.dispose()
    gone = Feedbacks(engine.execution_options(), ROOM)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE tool_feedback")

    with pytest.raises(StoreAway) as raised:
        await gone.give(COUNT, UP)

    assert "just right" not in f"{raised.value!r} {raised.value.__cause__!r}"
