"""Gateways killed in turn under load: every answered call is in the state, exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.edge.gateway.conftest import ALICE, until
from tests.edge.gateway.state_tools import remembering
from tests.edge.gateway.zone import Zone

from cupel.store.engine import opened
from cupel.store.state import ToolStates

from .replicas import Replica, balanced, running, settings

pytestmark = (
    pytest.mark.apiserver
)  # not for the API server, which is a fake one here, but for the time it takes

REMEMBERS_IDS = """
    ctx.state.setdefault("ids", []).append(given["id"])
    return {"n": len(ctx.state["ids"])}
"""
PAUSE_SECONDS = 0.05
"""Between a broken connection and the next attempt, as any client takes one."""
HEADERS = {"authorization": f"Bearer {ALICE}", "connection": "close"}


@dataclass
class Client:
    """Calls without pause. Every attempt has a number of its own, so that the state tells which of them counted."""

    url: str
    session: aiohttp.ClientSession
    numbers: Any
    answered: dict[int, int] = field(default_factory=dict)
    """Attempts that were answered, and what they were answered."""
    lost: set[int] = field(default_factory=set)
    """Attempts whose connection broke: nobody can say whether they counted."""
    refused: list[Any] = field(default_factory=list)

    async def call_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.call()

    async def call(self) -> None:
        """One call, made again while its connection breaks, and for no other reason."""
        while True:
            number = next(self.numbers)
            params = {"name": "counter", "arguments": {"id": number}}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            try:
                async with self.session.post(f"{self.url}/mcp", json=message, headers=HEADERS) as response:
                    result = (await response.json())["result"]
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
                self.lost.add(number)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if result["isError"]:
                self.refused.append(result)
            else:
                self.answered[number] = result["structuredContent"]["n"]
            return


class Load:
    """Several clients at once."""

    def __init__(self, port: int, session: aiohttp.ClientSession, sides: int) -> None:
        numbers = iter(range(1_000_000))
        self.clients = [Client(f"http://127.0.0.1:{port}", session, numbers) for _ in range(sides)]
        self._stop = asyncio.Event()
        self._calling = [asyncio.create_task(client.call_until(self._stop)) for client in self.clients]

    @property
    def answered(self) -> dict[int, int]:
        return {number: n for client in self.clients for number, n in client.answered.items()}

    @property
    def lost(self) -> set[int]:
        return {number for client in self.clients for number in client.lost}

    @property
    def refused(self) -> list[Any]:
        return [result for client in self.clients for result in client.refused]

    async def more(self, answers: int) -> None:
        """Wait for so many more answers."""
        goal = len(self.answered) + answers

        async def reached() -> bool:
            return len(self.answered) >= goal

        await until(reached, f"{answers} more answers", 90)

    async def end(self) -> None:
        self._stop.set()
        await asyncio.gather(*self._calling)


async def under_fire(port: int, replicas: list[Replica]) -> Load:
    """Every replica is killed once while clients call without pause, and started again; what the clients saw."""
    async with aiohttp.ClientSession() as session:
        load = Load(port, session, sides=5)
        for replica in replicas:
            await load.more(30)
            await replica.kill()
            if len(replicas) > 1:
                await load.more(10)
            await replica.start(tools=1)
        await load.more(30)
        await load.end()
    return load


async def kept(store_url: str) -> list[int]:
    """The attempts that counted, in the order in which they did."""
    async with opened(store_url, "state") as engine:
        (record,) = await ToolStates(engine).export("tools", "counter")
    ids: list[int] = record.state["ids"]
    return ids


@pytest.mark.parametrize(
    ("store", "gateways"),
    [
        pytest.param("postgresql", 2, id="two gateways on PostgreSQL"),
        pytest.param("sqlite", 1, id="one gateway on SQLite"),
    ],
)
async def test_every_answered_call_counts_once_whoever_is_killed(
    zone: Zone, tmp_path: Path, request: pytest.FixtureRequest, store: str, gateways: int
) -> None:
    file = f"sqlite:///{tmp_path}/store.db"
    url = request.getfixturevalue("postgres_database") if store == "postgresql" else file
    await zone.publish(remembering(REMEMBERS_IDS), pods=2)
    replicas = [Replica(settings(tmp_path, zone.api.url, url)) for _ in range(gateways)]

    async with running(replicas, tools=1), balanced(replicas) as port:
        load = await under_fire(port, replicas)

    ids = await kept(url)
    counted = Counter(ids)
    assert load.refused == []
    assert {number for number in load.answered if counted[number] != 1} == set()
    assert {number for number, times in counted.items() if times != 1} == set()
    assert counted.keys() - load.answered.keys() <= load.lost
    assert all(ids[n - 1] == number for number, n in load.answered.items())
    assert load.lost, "no call was under way when a gateway was killed"
