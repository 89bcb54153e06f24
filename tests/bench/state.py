"""What state costs: reading and writing it in SQLite and PostgreSQL, and a call with it through the gateway.

`python -m tests.bench.state [--rounds N] [--calls N]`. PostgreSQL is Debian's, with its usual promises about the disk, on this
machine; CUPEL_TEST_POSTGRES_URL names another. Ways are taken in turn, so that all see the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from tests.bench.gateway import TOKEN, gateway
from tests.edge.gateway.fake_api import FakeApi
from tests.edge.gateway.state_tools import COUNTS, remembering
from tests.edge.gateway.zone import Zone, tool_body
from tests.support.postgres import OVERRIDE, database, server

from cupel.store.engine import opened
from cupel.store.state import Owner, ToolStates

SIZES = {"1 KiB": 1024, "64 KiB": 65_000}
OWNER = Owner("tools", "counter", "uid", keep=False)
WARM = 20
Way = Callable[[], Awaitable[Any]]
STATELESS = "def run(**given) -> dict:\n    return {'n': 1}\n"


@contextmanager
def stores(directory: Path) -> Iterator[dict[str, str]]:
    """URLs of an empty store of each kind."""
    with ExitStack() as stack:
        url = os.environ.get(OVERRIDE) or stack.enter_context(server())
        made = stack.enter_context(database(url))
        yield {"SQLite": f"sqlite:///{directory}/store.db", "PostgreSQL": made}


def summary(times: list[float]) -> tuple[float, float]:
    """p50 and p95, in milliseconds."""
    return statistics.median(times) * 1000, statistics.quantiles(times, n=20)[18] * 1000


async def measure(ways: dict[str, Way], rounds: int) -> dict[str, tuple[float, float]]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + WARM):
        for name, way in ways.items():
            started = time.perf_counter()
            await way()
            if number >= WARM:
                times[name].append(time.perf_counter() - started)
    return {name: summary(found) for name, found in times.items()}


def reading(states: ToolStates, tenant: str) -> Way:
    return lambda: states.load(OWNER, tenant)


def writing(states: ToolStates, tenant: str, size: int) -> Way:
    """Read and write, as a call does."""
    number = 0

    async def once() -> None:
        nonlocal number
        number += 1
        seen = await states.load(OWNER, tenant)
        if not await states.save(OWNER, tenant, seen, {"n": number, "x": "y" * (size - 40)}):
            raise SystemExit("somebody else wrote")

    return once


async def round_trips(urls: dict[str, str], rounds: int) -> dict[str, tuple[float, float]]:
    async with AsyncExitStack() as stack:
        ways: dict[str, Way] = {}
        for store, url in urls.items():
            states = ToolStates(await stack.enter_async_context(opened(url, "state")))
            for size, count in SIZES.items():
                await writing(states, size, count)()
                ways[f"{store}, {size}, read"] = reading(states, size)
                ways[f"{store}, {size}, read and write"] = writing(states, size, count)
        return await measure(ways, rounds)


async def rate(url: str, seconds: float, sides: int = 8) -> float:
    """Reads and writes a second, by so many tenants at once."""
    done, end = 0, time.perf_counter() + seconds
    async with opened(url, "state") as engine:
        states = ToolStates(engine)

        async def side(number: int) -> None:
            nonlocal done
            way = writing(states, f"tenant-{number}", 1024)
            while time.perf_counter() < end:
                await way()
                done += 1

        await asyncio.gather(*(side(number) for number in range(sides)))
    return done / seconds


def caller(session: aiohttp.ClientSession, url: str, tool: str) -> Way:
    params = {"name": tool, "arguments": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"authorization": f"Bearer {TOKEN}"}

    async def once() -> None:
        async with session.post(f"{url}/mcp", json=message, headers=headers) as response:
            result = (await response.json())["result"]
            if result["isError"]:
                raise SystemExit(f"{tool}: {result['content']}")

    return once


async def ready(session: aiohttp.ClientSession, url: str, seconds: float = 60) -> None:
    """Wait until the gateway knows both tools and has its store."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                async with session.get(f"{url}/metrics") as response:
                    text = await response.text()
                    if 'tools{namespace="tools"} 2.0' in text and "store_up 1.0" in text:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)


async def calls(directory: Path, urls: dict[str, str], rounds: int) -> dict[str, tuple[float, float]]:
    """The same launcher behind a gateway for each store: a tool without state, and one with it."""
    api = FakeApi()
    await api.start()
    zone = Zone(api, directory)
    try:
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            anything = {"type": "object"}
            await zone.publish(
                tool_body("stateless", code=STATELESS, input_schema=anything, output_schema=anything)
            )
            await zone.publish(remembering(COUNTS))
            ways: dict[str, Way] = {}
            for store, url in urls.items():
                place = directory / store
                place.mkdir()
                at, _ = await stack.enter_async_context(gateway(place, api, CUPEL_STORE_URL=url))
                await ready(session, at)
                ways[f"gateway with {store}, tool without state"] = caller(session, at, "stateless")
                ways[f"gateway with {store}, tool with state"] = caller(session, at, "counter")
            return await measure(ways, rounds)
    finally:
        await zone.stop()
        await api.stop()


def show(title: str, rows: dict[str, tuple[float, float]]) -> None:
    print(f"\n| {title} | p50 ms | p95 ms |\n| --- | --- | --- |")
    for name, (middle, late) in rows.items():
        print(f"| {name} | {middle:.2f} | {late:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--calls", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, stores(Path(name)) as urls:
        machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
        print(f"{machine}; load {os.getloadavg()[0]:.1f}")
        show("store", asyncio.run(round_trips(urls, given.rounds)))
        for store, url in urls.items():
            print(f"\n{store}: {asyncio.run(rate(url, 5)):.0f} reads and writes a second by 8 tenants")
        show("call", asyncio.run(calls(Path(name), urls, given.calls)))
        print(f"\nload {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
