"""States of tools on a real SQLite file and a real PostgreSQL server: kept whole, or not at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from cupel.store.engine import opened
from cupel.store.state import Owner, Seen, StoreFailed, ToolStates
from cupel.store.state_cluster import Cluster, ForeignStore
from cupel.store.state_room import Room, StateFull
from cupel.store.state_text import MAX_BYTES, StateRefused, StateUnreadable

WATER = Owner("tools", "water-tracker", "uid-1", keep=False)
REMADE = replace(WATER, uid="uid-2")
ALICE, BOB = "user/alice", "user/bob"


@pytest.fixture
async def engine(store_url: str) -> AsyncIterator[AsyncEngine]:
    async with opened(store_url, "state") as engine:
        yield engine


@pytest.fixture
def states(engine: AsyncEngine) -> ToolStates:
    return ToolStates(engine)


async def stored(
    states: ToolStates, state: dict[str, Any], owner: Owner = WATER, tenant: str = ALICE
) -> Seen:
    """Write a state over whatever is there."""
    assert await states.save(owner, tenant, await states.load(owner, tenant), state)
    return await states.load(owner, tenant)


async def test_what_was_saved_is_loaded(states: ToolStates) -> None:
    assert await states.load(WATER, ALICE) == Seen()

    seen = await stored(states, {"total": 250, "Ä": ["\x00", "🜍", None, 1e-9, 2**60]})

    assert seen.state == {"total": 250, "Ä": ["\x00", "🜍", None, 1e-9, 2**60]}


async def test_it_outlives_the_process(store_url: str) -> None:
    async with opened(store_url, "state") as engine:
        await stored(ToolStates(engine), {"total": 1})

    async with opened(store_url, "state") as engine:
        assert (await ToolStates(engine).load(WATER, ALICE)).state == {"total": 1}


OTHERS = {
    "another tenant": (WATER, BOB),
    "another tool": (replace(WATER, tool="coffee"), ALICE),
    "another namespace": (replace(WATER, namespace="elsewhere"), ALICE),
    "a tool of the same name made anew": (REMADE, ALICE),
}


@pytest.mark.parametrize("other", OTHERS)
async def test_it_is_nobody_elses(states: ToolStates, other: str) -> None:
    await stored(states, {"total": 1})

    assert (await states.load(*OTHERS[other])).state == {}


async def test_a_kept_state_belongs_to_the_name(states: ToolStates) -> None:
    await stored(states, {"total": 1}, replace(WATER, keep=True))

    assert (await states.load(REMADE, ALICE)).state == {"total": 1}


async def test_a_tool_made_anew_writes_over_what_the_old_one_left(states: ToolStates) -> None:
    await stored(states, {"total": 1})

    assert (await stored(states, {"total": 2}, REMADE)).state == {"total": 2}
    assert (await states.load(WATER, ALICE)).state == {}


async def test_of_many_who_saw_the_same_one_writes(states: ToolStates) -> None:
    for state in ({"round": 1}, {"round": 2}):  # the first has no row to update
        seen = await states.load(WATER, ALICE)

        won = await asyncio.gather(*(states.save(WATER, ALICE, seen, state) for _ in range(12)))

        assert sorted(won) == [False] * 11 + [True]


async def test_a_state_deleted_and_written_again_is_another_one(states: ToolStates) -> None:
    seen = await stored(states, {"total": 1})
    await states.delete("tools", "water-tracker", ALICE)

    assert not await states.save(WATER, ALICE, seen, {"total": 2})
    await stored(states, {"total": 10})
    assert not await states.save(WATER, ALICE, seen, {"total": 2})
    assert (await states.load(WATER, ALICE)).state == {"total": 10}


async def test_increments_from_two_engines_are_all_there(store_url: str) -> None:
    async def add(states: ToolStates, times: int) -> None:
        done = 0
        while done < times:
            seen = await states.load(WATER, ALICE)
            done += await states.save(WATER, ALICE, seen, {"total": seen.state.get("total", 0) + 1})

    async with opened(store_url, "state") as one, opened(store_url, "state") as other:
        await asyncio.gather(*(add(ToolStates(engine), 10) for engine in (one, other, one, other)))

        assert (await ToolStates(one).load(WATER, ALICE)).state == {"total": 40}


@pytest.mark.parametrize(
    ("room", "tools", "most", "says"),
    [
        pytest.param(
            Room(3, 9), ["water-tracker"], 3, "water-tracker keeps the state of 3 tenants", id="of one tool"
        ),
        pytest.param(
            Room(9, 4),
            ["water-tracker", "coffee"],
            4,
            "of namespace tools keep 4 states",
            id="of a namespace",
        ),
    ],
)
async def test_there_is_room_for_so_many_tenants_and_no_more(
    store_url: str, room: Room, tools: list[str], most: int, says: str
) -> None:
    """From two gateways, all at once: each would have counted without the other."""
    async with opened(store_url, "state") as one, opened(store_url, "state") as other:
        gateways = [ToolStates(engine, room) for engine in (one, other)]
        tries = [
            gateways[n % 2].save(replace(WATER, tool=tool), f"user/{n}", Seen(), {"n": n})
            for n in range(10)
            for tool in tools
        ]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)

        assert outcomes.count(True) == most
        assert {type(each) for each in outcomes if each is not True} == {StateFull}
        assert sum((await gateways[0].counts()).values()) == most
        with pytest.raises(StateFull, match=says):
            await gateways[0].judge_room(WATER)


async def test_who_has_a_state_goes_on_when_it_is_full_and_who_leaves_makes_room(engine: AsyncEngine) -> None:
    states = ToolStates(engine, Room(per_tool=1))
    await stored(states, {"total": 1})

    assert (await stored(states, {"total": 2})).state == {"total": 2}
    assert (await stored(states, {"total": 9}, replace(WATER, namespace="elsewhere"))).state == {"total": 9}
    with pytest.raises(StateFull):
        await stored(states, {"total": 1}, tenant=BOB)
    await states.delete("tools", "water-tracker", ALICE)
    assert (await stored(states, {"total": 1}, tenant=BOB)).state == {"total": 1}
    assert await states.counts() == {("tools", "water-tracker"): 1, ("elsewhere", "water-tracker"): 1}


HOME, AWAY = Cluster("uid-home"), Cluster("uid-away")


async def test_a_store_is_of_the_cluster_that_opened_it_first(states: ToolStates) -> None:
    await states.claim(HOME)
    await states.claim(HOME)

    with pytest.raises(ForeignStore, match="CUPEL_STORE_TAKE_OVER=uid-home"):
        await states.claim(AWAY)
    await states.claim(HOME)


async def test_of_two_clusters_that_open_it_at_once_one_has_it(store_url: str) -> None:
    async with opened(store_url, "state") as one, opened(store_url, "state") as other:
        claims = (ToolStates(one).claim(HOME), ToolStates(other).claim(AWAY))
        outcomes = await asyncio.gather(*claims, return_exceptions=True)

    assert sorted(type(each).__name__ for each in outcomes) == ["ForeignStore", "NoneType"]


async def test_a_restored_store_is_taken_over_from_exactly_the_cluster_that_is_named(
    states: ToolStates,
) -> None:
    await states.claim(HOME)
    with pytest.raises(ForeignStore):
        await states.claim(replace(AWAY, heir_of="uid-other"))

    for _ in range(2):  # the setting may stay
        await states.claim(replace(AWAY, heir_of="uid-home"))

    with pytest.raises(ForeignStore, match="uid-away"):
        await states.claim(HOME)


def wrapped(size: int) -> dict[str, str]:
    """A state of exactly this many bytes of JSON."""
    return {"x": "ä" * ((size - 8) // 2) + "y" * (size % 2)}


REFUSED: dict[str, tuple[Any, str]] = {
    "a byte too many": (wrapped(MAX_BYTES + 1), "has 65537 bytes of JSON; at most 65536"),
    "a set": ({"x": {1}}, "is not JSON"),
    "NaN": ({"x": float("nan")}, "is not JSON"),
    "half a character": ({"x": "\ud800"}, "is not JSON"),
    "a list": ([1], "is not a JSON object"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_kept_leaves_the_old_state(states: ToolStates, what: str) -> None:
    seen = await stored(states, {"total": 1})

    with pytest.raises(StateRefused, match=REFUSED[what][1]):
        await states.save(WATER, ALICE, seen, REFUSED[what][0])

    assert await states.load(WATER, ALICE) == seen


async def test_exactly_64_kib_are_kept(states: ToolStates) -> None:
    largest = wrapped(MAX_BYTES)
    assert len(json.dumps(largest, separators=(",", ":"), ensure_ascii=False).encode()) == MAX_BYTES

    assert (await stored(states, largest)).state == largest


async def test_export_goes_page_by_page_in_order_of_tenants(states: ToolStates) -> None:
    for tenant in ("user/c", "user/a", "user/b"):
        await stored(states, {"of": tenant}, tenant=tenant)
    await stored(states, {"of": "other"}, replace(WATER, tool="coffee"))

    first = await states.export("tools", "water-tracker", most=2)
    rest = await states.export("tools", "water-tracker", after=first[-1].tenant, most=2)

    assert [record.state["of"] for record in (*first, *rest)] == ["user/a", "user/b", "user/c"]
    assert first[0].updated_at.tzinfo is not None
    (own,) = await states.export("tools", "water-tracker", tenant="user/b")
    assert (own.tenant, own.uid, own.keep, own.state) == ("user/b", "uid-1", False, {"of": "user/b"})


async def test_deleting_is_of_one_tenant_or_of_all(states: ToolStates) -> None:
    for tenant in ("user/a", "user/b", "user/c"):
        await stored(states, {}, tenant=tenant)
    await stored(states, {"cups": 1}, replace(WATER, tool="coffee"))

    assert await states.delete("tools", "water-tracker", "user/a") == 1
    assert await states.delete("tools", "water-tracker", "user/a") == 0
    assert await states.delete("tools", "water-tracker") == 2
    assert len(await states.export("tools", "coffee")) == 1


async def test_states_of_an_object_are_found_marked_and_forgotten(states: ToolStates) -> None:
    await stored(states, {}, WATER)
    await stored(states, {}, WATER, BOB)
    await stored(states, {}, replace(REMADE, tool="coffee"))
    assert await states.owners() == {WATER, replace(REMADE, tool="coffee")}

    assert await states.mark(WATER, True) == 2
    assert await states.forget(WATER) == 0
    assert await states.forget(replace(WATER, keep=True)) == 2
    assert await states.owners() == {replace(REMADE, tool="coffee")}


async def test_a_value_in_an_error_is_not_told(engine: AsyncEngine, states: ToolStates) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE tool_state"))

    with pytest.raises(StoreFailed) as failure:
        await states.save(WATER, ALICE, Seen(), {"secret": "of-alice"})

    assert not failure.value.uncertain
    assert "tool_state" in str(failure.value)
    assert "of-alice" not in repr(failure.value) and "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("pragma", "said"),
    [
        pytest.param("max_page_count={pages}", "full", id="the disk is full"),
        pytest.param("query_only=ON", "readonly", id="the volume is read-only"),
    ],
)
async def test_a_sqlite_file_that_cannot_grow_keeps_what_it_has(
    tmp_path: Any, pragma: str, said: str
) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    async with opened(url, "state") as engine:
        seen = await stored(ToolStates(engine), {"total": 1})
        async with engine.connect() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    async with opened(url, "state") as engine:

        def limit(connection: Any, _: object) -> None:
            connection.cursor().execute(f"PRAGMA {pragma.format(pages=pages)}")

        event.listen(engine.sync_engine, "connect", limit)
        with pytest.raises(StoreFailed, match=said) as failure:
            await ToolStates(engine).save(WATER, ALICE, seen, wrapped(MAX_BYTES))

        assert not failure.value.uncertain
        assert await ToolStates(engine).load(WATER, ALICE) == seen


async def test_a_postgresql_that_may_only_be_read_keeps_what_it_has(postgres_database: str) -> None:
    async with opened(postgres_database, "state") as engine:
        seen = await stored(ToolStates(engine), {"total": 1})
        async with engine.begin() as connection:
            name = postgres_database.rpartition("/")[2]
            await connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    async with opened(postgres_database, "state") as engine:
        with pytest.raises(StoreFailed, match="read-only") as failure:
            await ToolStates(engine).save(WATER, ALICE, seen, {"total": 2})

        assert not failure.value.uncertain
        assert await ToolStates(engine).load(WATER, ALICE) == seen


async def test_a_connection_that_breaks_under_a_write_is_an_uncertain_end(postgres_database: str) -> None:
    """The server ends our session while it waits for a lock: from here, it may as well have written."""
    async with opened(postgres_database, "state") as engine, opened(postgres_database, "state") as other:
        states = ToolStates(engine)
        seen = await stored(states, {"total": 1})
        async with other.connect() as blocker:
            await blocker.execute(text("SELECT * FROM tool_state FOR UPDATE"))
            write = asyncio.create_task(states.save(WATER, ALICE, seen, {"total": 2}))
            waiting = text("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            async with asyncio.timeout(10):
                while not (pids := (await blocker.execute(waiting)).scalars().all()):
                    await asyncio.sleep(0.02)
            await blocker.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pids[0]})
            with pytest.raises(StoreFailed) as failure:
                await write

        assert failure.value.uncertain
        assert await states.load(WATER, ALICE) == seen  # and the pool has a fresh connection for it


def nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels - 1):
        found = {"a": found}
    return found


async def test_a_state_has_at_most_64_levels(states: ToolStates) -> None:
    assert (await stored(states, nested(64))).state == nested(64)

    for levels in (65, 50_000):
        with pytest.raises(StateRefused, match="more than 64 levels"):
            await stored(states, nested(levels))


async def test_a_state_that_cannot_be_read_harms_no_other(states: ToolStates, engine: AsyncEngine) -> None:
    await stored(states, {"total": 1})
    await stored(states, {"total": 2}, tenant=BOB)
    broken = '{"a":' + "[" * 30_000 + "]" * 30_000 + "}"
    async with engine.begin() as connection:
        await connection.execute(
            text("update tool_state set state = :s where tenant = :t"), {"s": broken, "t": ALICE}
        )

    with pytest.raises(StateUnreadable):
        await states.load(WATER, ALICE)
    assert [record.state for record in await states.export("tools", "water-tracker")] == [None, {"total": 2}]
    assert await states.delete("tools", "water-tracker", ALICE) == 1


@pytest.mark.parametrize("keep", [True, False])
async def test_a_policy_that_is_not_known_leaves_the_mark(states: ToolStates, keep: bool) -> None:
    known, unknown = replace(WATER, keep=keep), replace(WATER, keep=None)
    await stored(states, {"total": 1}, known)
    await stored(states, {"total": 2}, unknown)
    await stored(states, {"total": 3}, unknown, BOB)

    assert [record.keep for record in await states.export("tools", "water-tracker")] == [keep, keep]
