"""Calls that are overtaken or whose store fails, with a tool that is a function of the test, on a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cupel.api.generated_tool import Permissions
from cupel.decide.limits import Crowd
from cupel.gateway import remembering
from cupel.gateway.calling import Calls
from cupel.gateway.catalogue import Catalogue
from cupel.gateway.entry import Entry, Means, Proven
from cupel.gateway.keeper import Keeper
from cupel.gateway.metrics import Metrics
from cupel.gateway.outcome import Outcome
from cupel.gateway.remembering import Remembering, Served
from cupel.store.engine import opened
from cupel.store.state import Owner, Seen, ToolStates
from cupel.toolpod import ToolPods

from .conftest import until

CALLS_OUT = ("api.example.com:443",)
TENANT = "user/alice"
Meanwhile = Callable[[int], Awaitable[None]]


def entry(*egress: str) -> Entry:
    proven = Proven(
        "sha256-x",
        "counter",
        "counter",
        "",
        {},
        {},
        None,
        None,
        Permissions(egress=egress, state="PerTenant"),
    )
    return Entry("tools", "counter", "uid-1", "default", proven, 5, 128)


class Known(Catalogue):
    """A catalogue in which one tool serves, whatever happens."""

    def __init__(self, tool: Entry) -> None:
        super().__init__(Means(store=True))
        self.entries = {"tools": {"counter": tool}}


@asynccontextmanager
async def kept(url: str) -> AsyncIterator[Keeper]:
    """An open store, as the gateway has it."""
    keeper = Keeper(url, Metrics())
    holding = asyncio.create_task(keeper.hold())

    async def fine() -> bool:
        return not keeper.problem

    await until(fine, "the store is open")
    yield keeper
    holding.cancel()
    await asyncio.wait({holding})


def counting(meanwhile: Meanwhile) -> tuple[list[int], remembering.Serve]:
    """A tool that counts up, what happens while it runs, and the numbers it was given."""
    given: list[int] = []

    async def serve(tool: Entry, arguments: Mapping[str, Any], state: Mapping[str, Any]) -> Served:
        given.append(state.get("n", 0))
        await meanwhile(len(given))
        return Served(Outcome("ok", "{}", {"n": given[-1] + 1}), {"n": given[-1] + 1})

    return given, serve


async def nothing(_: int) -> None:
    return


def overtaking(url: str, times: int) -> Meanwhile:
    """The same tenant's call on another gateway adds 100, in each of the first runs."""

    async def meanwhile(run: int) -> None:
        if run <= times:
            owner = Owner("tools", "counter", "uid-1", keep=True)
            async with opened(url, "state") as engine:
                states = ToolStates(engine)
                seen = await states.load(owner, TENANT)
                assert await states.save(owner, TENANT, seen, {"n": seen.state.get("n", 0) + 100})

    return meanwhile


async def stored(url: str) -> Mapping[str, Any]:
    async with opened(url, "state") as engine:
        return (await ToolStates(engine).load(Owner("tools", "counter", "uid-1", keep=True), TENANT)).state


async def test_an_overtaken_call_is_made_again_until_it_counts(store_url: str) -> None:
    given, serve = counting(overtaking(store_url, 3))
    async with kept(store_url) as keeper:
        outcome = await Remembering(Known(entry()), keeper, serve).call(entry(), {}, TENANT)

    assert (outcome.label, outcome.result) == ("ok", {"n": 301})
    assert given == [0, 100, 200, 300]
    assert await stored(store_url) == {"n": 301}


async def test_a_call_with_egress_is_not_made_again_and_says_what_that_means(store_url: str) -> None:
    given, serve = counting(overtaking(store_url, 1))
    tool = entry(*CALLS_OUT)
    async with kept(store_url) as keeper:
        outcome = await Remembering(Known(tool), keeper, serve).call(tool, {}, TENANT)

    assert (outcome.label, given) == ("conflict", [0])
    assert "what it did outside is done" in outcome.text
    assert await stored(store_url) == {"n": 100}


async def test_a_call_that_is_always_overtaken_ends(store_url: str) -> None:
    """As if it had begun too long ago to be made again."""
    given, serve = counting(overtaking(store_url, 99))
    async with kept(store_url) as keeper:
        begin = asyncio.get_running_loop().time() - 1
        outcome = await Remembering(Known(entry()), keeper, serve)._until_kept(entry(), {}, TENANT, begin)

    assert (outcome.label, given) == ("conflict", [0])
    assert "nothing was kept, so try again" in outcome.text


@pytest.mark.parametrize(
    ("egress", "said"),
    [
        pytest.param((), "this call does not count", id="a computation"),
        pytest.param(CALLS_OUT, "what it did outside is done", id="a tool with egress"),
    ],
)
async def test_a_store_that_fails_after_the_run_is_told_as_it_is(
    store_url: str, egress: tuple[str, ...], said: str
) -> None:
    async def breaks(_: int) -> None:
        async with opened(store_url, "state") as engine, engine.begin() as connection:
            await connection.execute(text("DROP TABLE tool_state"))

    tool = entry(*egress)
    async with kept(store_url) as keeper:
        outcome = await Remembering(Known(tool), keeper, counting(breaks)[1]).call(tool, {}, TENANT)

    assert outcome.label == "unavailable" and said in outcome.text


async def test_a_store_that_comes_late_is_opened_then(tmp_path: Path) -> None:
    metrics = Metrics()
    keeper = Keeper(f"sqlite:///{tmp_path}/later/store.db", metrics)
    holding = asyncio.create_task(keeper.hold())

    async def said() -> bool:
        return "unable to open" in keeper.problem

    async def fine() -> bool:
        return not keeper.problem

    await until(said, "the problem is told")
    (tmp_path / "later").mkdir()
    await until(fine, "it is open")
    async with keeper.use() as states:
        assert await states.load(Owner("tools", "x", "uid", keep=False), "user/a") == Seen()
    holding.cancel()
    await asyncio.wait({holding})


async def test_a_tenants_calls_take_turns_and_do_not_hold_up_others(store_url: str) -> None:
    go = asyncio.Event()

    async def waits(_: int) -> None:
        await go.wait()

    given, serve = counting(waits)
    async with kept(store_url) as keeper:
        calls = Remembering(Known(entry()), keeper, serve)
        tasks = [
            asyncio.create_task(calls.call(entry(), {}, tenant)) for tenant in (TENANT, TENANT, "user/bob")
        ]

        async def two_run() -> bool:
            return len(given) == 2

        await until(two_run, "the first call of each tenant runs")
        go.set()
        outcomes = await asyncio.gather(*tasks)

    assert [outcome.result for outcome in outcomes] == [{"n": 1}, {"n": 2}, {"n": 1}]
    assert calls._turns._queues == {}


async def test_who_waits_too_long_for_a_turn_is_told(store_url: str) -> None:
    turns = remembering.Turns[str]()
    async with turns.turn("a", 1):
        with pytest.raises(remembering.NoTurn):
            async with turns.turn("a", 0.01):
                pytest.fail("two inside at once")

    async with turns.turn("a", 0.01):
        assert len(turns._queues) == 1
    assert turns._queues == {}


async def test_at_most_eight_wait_for_their_turn() -> None:
    turns = remembering.Turns[str]()
    leave = asyncio.Event()

    async def enters() -> bool:
        try:
            async with turns.turn("a", 10):
                await leave.wait()
        except remembering.NoTurn:
            return False
        return True

    tasks = [asyncio.create_task(enters()) for _ in range(12)]
    done, _ = await asyncio.wait(tasks, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done] == [False] * 3
    leave.set()
    assert (await asyncio.gather(*tasks)).count(True) == 9
    assert turns._queues == {}


async def test_who_waits_for_a_turn_keeps_no_other_tenant_out(store_url: str) -> None:
    go = asyncio.Event()

    async def waits(_: int) -> None:
        await go.wait()

    given, serve = counting(waits)
    async with kept(store_url) as keeper, ToolPods() as pods:
        calls = Calls(Known(entry()), pods, Crowd(2), keeper, Metrics().revisions)
        calls._serve = serve  # the tool is a function of the test
        tasks = [
            asyncio.create_task(calls.call(entry(), {}, tenant))
            for tenant in (*[TENANT] * 6, "user/bob", "user/carol")
        ]

        async def two_run() -> bool:
            return len(given) == 2 and any(task.done() for task in tasks)

        await until(two_run, "two run, and who is the third is told")
        go.set()
        outcomes = await asyncio.gather(*tasks)

    assert sorted(outcome.label for outcome in outcomes)[0] == "busy"
    assert {"ok"} <= {outcome.label for outcome in outcomes[6:]}  # others get in beside six of one tenant
