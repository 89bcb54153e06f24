"""Calls that are overtaken or whose store fails, with a tool that is a function of the test, on a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cupel.api.generated_tool import Permissions
from cupel.decide.limits import Crowds
from cupel.gateway import remembering
from cupel.gateway.calling import Calls
from cupel.gateway.catalogue import Catalogue
from cupel.gateway.entry import Entry, Means, Proven
from cupel.gateway.holding import Holding
from cupel.gateway.keeper import Keeper
from cupel.gateway.metrics import Metrics
from cupel.gateway.outcome import Outcome
from cupel.gateway.remembering import Remembering, Served
from cupel.kube.resources import Kind
from cupel.settings.gateway import Hold
from cupel.store.engine import opened
from cupel.store.state import ROOM, Owner, Seen, ToolStates
from cupel.store.state_room import Room
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


class Present:
    """An API server in which the tool of this uid is the present one."""

    def __init__(self, uid: str = "uid-1") -> None:
        self.present = uid

    async def uid(self, kind: Kind, namespace: str, name: str) -> str:
        return self.present


async def ours(states: ToolStates) -> None:
    """Whose store it is, is not what is tested here."""


@asynccontextmanager
async def kept(url: str, room: Room = ROOM) -> AsyncIterator[Keeper]:
    """An open store, as the gateway has it."""
    keeper = Keeper(url, Metrics(), ours, room)
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

    async def serve(
        tool: Entry, arguments: Mapping[str, Any], state: Mapping[str, Any], tenant: str
    ) -> Served:
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
        outcome = await Remembering(Known(entry()), keeper, Present(), serve).call(entry(), {}, TENANT)

    assert (outcome.label, outcome.result) == ("ok", {"n": 301})
    assert given == [0, 100, 200, 300]
    assert await stored(store_url) == {"n": 301}


async def test_a_call_with_egress_is_not_made_again_and_says_what_that_means(store_url: str) -> None:
    given, serve = counting(overtaking(store_url, 1))
    tool = entry(*CALLS_OUT)
    async with kept(store_url) as keeper:
        outcome = await Remembering(Known(tool), keeper, Present(), serve).call(tool, {}, TENANT)

    assert (outcome.label, given) == ("conflict", [0])
    assert "what it did outside is done" in outcome.text
    assert await stored(store_url) == {"n": 100}


async def test_a_call_that_is_always_overtaken_ends(store_url: str) -> None:
    """As if it had begun too long ago to be made again."""
    given, serve = counting(overtaking(store_url, 99))
    async with kept(store_url) as keeper:
        begin = asyncio.get_running_loop().time() - 1
        outcome = await Remembering(Known(entry()), keeper, Present(), serve)._until_kept(
            entry(), {}, TENANT, begin
        )

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
        outcome = await Remembering(Known(tool), keeper, Present(), counting(breaks)[1]).call(
            tool, {}, TENANT
        )

    assert outcome.label == "unavailable" and said in outcome.text


async def test_a_store_that_comes_late_is_opened_then(tmp_path: Path) -> None:
    metrics = Metrics()
    keeper = Keeper(f"sqlite:///{tmp_path}/later/store.db", metrics, ours, ROOM)
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
        calls = Remembering(Known(entry()), keeper, Present(), serve)
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
        metrics, awake = Metrics(), Hold(seconds=1, per_tool=1, per_caller=1, at_once=1)
        holding = Holding(Catalogue(), awake, metrics.holds)
        calls = Calls(Known(entry()), pods, Crowds(2), keeper, Present(), metrics.revisions, holding)
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


REMADE = Owner("tools", "counter", "uid-2", keep=False)


@pytest.mark.parametrize("keep", [False, True])
async def test_a_gateway_that_lags_writes_nothing_over_a_tool_made_anew(store_url: str, keep: bool) -> None:
    """The tool was deleted and made again; only this gateway's watch has not told it yet."""
    await written(store_url, replace(REMADE, keep=keep), {"n": 7})
    given, serve = counting(nothing)
    async with kept(store_url) as keeper:
        outcome = await Remembering(Known(entry()), keeper, Present("uid-2"), serve).call(entry(), {}, TENANT)

    assert (outcome.label, given) == ("unavailable", [])
    assert await raw(store_url) == [("uid-2", {"n": 7})]


async def test_a_tool_made_anew_while_a_call_is_under_way_is_not_written_over(store_url: str) -> None:
    present = Present()

    async def remade(run: int) -> None:
        if run == 1:
            await written(store_url, REMADE, {"n": 7})
            present.present = "uid-2"

    given, serve = counting(remade)
    async with kept(store_url) as keeper:
        outcome = await Remembering(Known(entry()), keeper, present, serve).call(entry(), {}, TENANT)

    assert (outcome.label, given) == ("unavailable", [0])
    assert await raw(store_url) == [("uid-2", {"n": 7})]


@pytest.mark.parametrize(("keep", "begins"), [(False, 0), (True, 7)])
async def test_the_present_tool_takes_over_what_an_earlier_one_left(
    store_url: str, keep: bool, begins: int
) -> None:
    await written(store_url, replace(REMADE, keep=keep), {"n": 7})
    given, serve = counting(nothing)
    async with kept(store_url) as keeper:
        outcome = await Remembering(Known(entry()), keeper, Present("uid-1"), serve).call(entry(), {}, TENANT)

    assert (outcome.label, given) == ("ok", [begins])
    assert await raw(store_url) == [("uid-1", {"n": begins + 1})]


async def test_who_takes_over_is_written_down_by_a_call_that_changes_nothing(store_url: str) -> None:
    await written(store_url, replace(REMADE, keep=True), {"n": 7})

    async def looks(
        tool: Entry, arguments: Mapping[str, Any], state: Mapping[str, Any], tenant: str
    ) -> Served:
        return Served(Outcome("ok", "{}", {}), state)

    async with kept(store_url) as keeper:
        await Remembering(Known(entry()), keeper, Present(), looks).call(entry(), {}, TENANT)

    assert await raw(store_url) == [("uid-1", {"n": 7})]


async def test_a_tenant_for_whom_there_is_no_room_is_told_before_the_tool_runs(store_url: str) -> None:
    given, serve = counting(nothing)
    async with kept(store_url, Room(per_tool=1)) as keeper:
        calls = Remembering(Known(entry()), keeper, Present(), serve)
        outcomes = [await calls.call(entry(), {}, tenant) for tenant in (TENANT, "user/bob", TENANT)]

    assert [outcome.label for outcome in outcomes] == ["ok", "state_full", "ok"]
    assert given == [0, 1]
    assert "CUPEL_GATEWAY_STATE_TENANTS_PER_TOOL" in outcomes[1].text


async def written(url: str, owner: Owner, state: Mapping[str, Any]) -> None:
    """What another gateway writes for this tool."""
    async with opened(url, "state") as engine:
        states = ToolStates(engine)
        assert await states.save(owner, TENANT, await states.load(owner, TENANT), state)


async def raw(url: str) -> list[tuple[str, Mapping[str, Any] | None]]:
    async with opened(url, "state") as engine:
        found = await ToolStates(engine).export("tools", "counter")
    return [(record.uid, record.state) for record in found]
