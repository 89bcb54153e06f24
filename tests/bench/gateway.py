"""What the gateway adds to a call: the same tool asked on its Pod and through the gateway, in turn.

    PYTHONPATH=operator:sandbox:. python -m tests.bench.gateway [--calls 1000] [--json] [--cluster POD URL TOKEN]

The gateway and the tool's launcher are real processes, the API server is a fake one in this process, everything is
on this machine's loopback. With --cluster both run in a cluster (raise CUPEL_GATEWAY_CALLS_PER_SECOND there first).
Connections are kept open; the first calls of each way are not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from tests.edge.gateway.fake_api import FakeApi
from tests.edge.gateway.zone import Zone, free_port, tool_body

WARM = 50
ROOT = Path(__file__).parents[2]
TOKEN = "bench-token"
ARGUMENTS = {"text": "to see how long it takes"}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
Way = Callable[[], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def gateway(directory: Path, api: FakeApi, **settings: str) -> AsyncIterator[tuple[str, int]]:
    """A gateway process over the fake API server, with further settings; its URL and process id."""
    tokens, kubeconfig, port = directory / "tokens", directory / "kubeconfig", free_port()
    digits = hashlib.sha256(TOKEN.encode()).hexdigest()
    tokens.write_text(json.dumps({"name": "bench", "sha256": digits, "namespaces": ["*"]}))
    cluster = {"name": "x", "cluster": {"server": api.url}}
    context = {"name": "x", "context": {"cluster": "x", "user": "x"}}
    config = {
        "clusters": [cluster],
        "contexts": [context],
        "users": [{"name": "x", "user": {}}],
        "current-context": "x",
    }
    kubeconfig.write_text(json.dumps(config))
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "operator"),
        "KUBECONFIG": str(kubeconfig),
        "CUPEL_HTTP_HOST": "127.0.0.1",
        "CUPEL_HTTP_PORT": str(port),
        "CUPEL_GATEWAY_TOKENS_FILE": str(tokens),
        "CUPEL_GATEWAY_CALLS_PER_SECOND": "100000",
        "CUPEL_GATEWAY_BURST": "100000",
        "CUPEL_LOG_LEVEL": "WARNING",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "cupel.gateway", env=environment)
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        await process.wait()


async def ready(session: aiohttp.ClientSession, url: str, seconds: float = 30) -> None:
    """Wait until the gateway knows the tool."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                async with session.get(f"{url}/metrics") as response:
                    if 'cupel_gateway_tools{namespace="tools"} 1.0' in await response.text():
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)


def ways(session: aiohttp.ClientSession, pod: str, url: str, token: str) -> dict[str, Way]:
    """The three ways to the same answer; each says what the tool returned."""
    params = {"name": "word-count", "arguments": ARGUMENTS}
    bare = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    modern = bare | {"params": params | {"_meta": META}}
    key = {"authorization": f"Bearer {token}"}
    routed = key | {
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": "word-count",
    }

    async def post(target: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        async with session.post(target, json=body, headers=headers) as response:
            return await response.json()

    async def direct() -> dict[str, Any]:
        while True:
            answer = await post(f"http://{pod}/call", {"arguments": ARGUMENTS, "timeoutSeconds": 5}, {})
            if answer.get("error", {}).get("type") != "Busy":  # the gateway asks again, too
                return dict(answer["result"])

    async def by_revision() -> dict[str, Any]:
        return dict((await post(f"{url}/mcp", modern, routed))["result"]["structuredContent"])

    async def by_curl() -> dict[str, Any]:
        return dict((await post(f"{url}/mcp", bare, key))["result"]["structuredContent"])

    return {"Pod directly": direct, "gateway, 2026-07-28": by_revision, "gateway, bare POST": by_curl}


def processor_seconds(process: int) -> float:
    """What a process has used so far; unlike time it does not depend on what else the machine does."""
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def cost(way: Way, process: int, calls: int) -> float:
    """Milliseconds of processor time the gateway uses for one call."""
    before = processor_seconds(process)
    for _ in range(calls):
        await way()
    return (processor_seconds(process) - before) / calls * 1000


async def measure(found: dict[str, Way], calls: int) -> dict[str, list[float]]:
    """Milliseconds of each call, the ways taken in turn so that all see the same machine."""
    times: dict[str, list[float]] = {name: [] for name in found}
    for number in range(calls + WARM):
        for name, way in found.items():
            started = time.perf_counter()
            answer = await way()
            took = (time.perf_counter() - started) * 1000
            if answer != {"words": 6}:
                raise SystemExit(f"{name} answered {answer}")
            if number >= WARM:
                times[name].append(took)
    return times


async def throughput(way: Way, seconds: float, sides: int = 4) -> float:
    """Calls a second with this many callers at once."""
    done, end = 0, time.perf_counter() + seconds

    async def side() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await way()
            done += 1

    await asyncio.gather(*(side() for _ in range(sides)))
    return done / seconds


def summary(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    rows = {
        name: {"p50": statistics.median(t), "p95": statistics.quantiles(t, n=20)[18], "min": min(t)}
        for name, t in times.items()
    }
    direct = times["Pod directly"]
    for name, row in rows.items():
        added = [a - b for a, b in zip(times[name], direct, strict=True)]
        row["added_p50"] = statistics.median(added)
        row["added_p95"] = statistics.quantiles(added, n=20)[18]
    return rows


async def here(calls: int) -> dict[str, Any]:
    """Measure a gateway and a launcher of this tree, started for it."""
    api = FakeApi()
    await api.start()
    with tempfile.TemporaryDirectory() as name:
        zone = Zone(api, Path(name))
        try:
            async with gateway(Path(name), api) as (url, process), aiohttp.ClientSession() as session:
                await zone.publish(tool_body("word-count"))
                await ready(session, url)
                pod = f"127.0.0.1:{zone.launched[0].port}"
                return await figures(ways(session, pod, url, TOKEN), calls, process)
        finally:
            await zone.stop()
            await api.stop()


async def there(calls: int, pod: str, url: str, token: str) -> dict[str, Any]:
    """Measure a gateway and a Pod of the demo's tool word-count that run in a cluster."""
    async with aiohttp.ClientSession() as session:
        return await figures(ways(session, pod, url, token), calls, None)


async def figures(found: dict[str, Way], calls: int, process: int | None) -> dict[str, Any]:
    load = os.getloadavg()[0]
    rows = summary(await measure(found, calls))
    for way, row in rows.items():
        row["processor"] = await cost(found[way], process, calls) if process else float("nan")
        row["calls_per_second"] = await throughput(found[way], 3)
    machine = f"{os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"
    return {"machine": machine, "load": load, "calls": calls, "ways": rows}


def show(found: dict[str, Any]) -> None:
    print(f"{found['machine']}; load {found['load']:.1f}; {found['calls']} calls each way, taken in turn\n")
    print("| way | p50 ms | p95 ms | added p50 | added p95 | gateway's processor ms | calls/s, 4 callers |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, row in found["ways"].items():
        cells = [f"{row[key]:.2f}" for key in ("p50", "p95", "added_p50", "added_p95", "processor")]
        print(f"| {name} | {' | '.join(cells)} | {row['calls_per_second']:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--cluster", nargs=3, metavar=("POD", "URL", "TOKEN"), help="host:port, http://..., token"
    )
    given = parser.parse_args()
    found = asyncio.run(there(given.calls, *given.cluster) if given.cluster else here(given.calls))
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)


if __name__ == "__main__":
    main()
