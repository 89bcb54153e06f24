"""What the egress proxy adds to a call: the same target asked directly and through the proxy, in turn.

    PYTHONPATH=operator:sandbox:. python -m tests.bench.egress [--calls 500] [--json]

The proxy is a real process over a fake API server; target and caller share this process, everything is on loopback. Every
call opens a connection, as a tool's does; with https the proxy makes the handshake, as the caller does when it asks directly.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import ssl
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.bench.gateway import processor_seconds
from tests.edge.egress.conftest import trusting
from tests.edge.egress.launching import Launched, cluster, launched
from tests.edge.egress.targets import authority, plain, serving
from tests.edge.gateway.fake_api import FakeApi

WARM = 30
BODY = b"x" * 1024
ENDLESS = {
    "CUPEL_EGRESS_REQUESTS_PER_MINUTE": "1000000",
    "CUPEL_EGRESS_REQUESTS_AT_ONCE": "100",
    "CUPEL_LOG_LEVEL": "WARNING",
}
Way = Callable[[], Awaitable[None]]


def way(port: int, line: str, host: str, tls: ssl.SSLContext | None = None) -> Way:
    """One request on a connection of its own; the whole answer is read."""
    request = f"GET {line} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()

    async def ask() -> None:
        name = "127.0.0.1" if tls else None
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200 ") or await reader.readexactly(len(BODY)) != BODY:
                raise SystemExit(f"answered {head!r}")
        finally:
            writer.transport.abort()

    return ask


async def measure(ways: dict[str, Way], calls: int) -> dict[str, list[float]]:
    """Milliseconds of each call, the ways taken in turn so that all see the same machine."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(calls + WARM):
        for name, ask in ways.items():
            began = time.perf_counter()
            await ask()
            if number >= WARM:
                times[name].append((time.perf_counter() - began) * 1000)
    return times


async def throughput(ask: Way, seconds: float = 3, sides: int = 8) -> float:
    """Calls a second with this many callers at once."""
    done, end = 0, time.perf_counter() + seconds

    async def side() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await ask()
            done += 1

    await asyncio.gather(*(side() for _ in range(sides)))
    return done / seconds


def rows(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {
        name: {"p50": statistics.median(t), "p95": statistics.quantiles(t, n=20)[18], "min": min(t)}
        for name, t in times.items()
    }


async def figures(calls: int) -> dict[str, Any]:
    api = FakeApi()
    await api.start()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trusted = authority(folder)
        context, settings = (
            trusted.context("127.0.0.1"),
            ENDLESS | {"CUPEL_EGRESS_CA_FILE": str(trusted.file)},
        )
        try:
            async with (
                serving(plain(BODY)) as bare,
                serving(plain(BODY), context) as sealed,
                launched(folder, api.url, **settings) as proxy,
            ):
                pairs = (f"127.0.0.1:{bare.port}", f"127.0.0.1:{sealed.port}")
                cluster(api, *pairs)
                await proxy.until("/readyz", 200)
                ways = {
                    "http, directly": way(bare.port, "/", pairs[0]),
                    "http, through the proxy": way(proxy.port, f"http://{pairs[0]}/", pairs[0]),
                    "https, directly": way(sealed.port, "/", pairs[1], trusting(trusted)),
                    "https, through the proxy": way(proxy.port, f"https://{pairs[1]}/", pairs[1]),
                }
                return await _figures(ways, calls, proxy)
        finally:
            await api.stop()


async def _figures(ways: dict[str, Way], calls: int, proxy: Launched) -> dict[str, Any]:
    load = os.getloadavg()[0]
    found = rows(await measure(ways, calls))
    process = proxy.process.pid
    costs = {}
    for name in ("http, through the proxy", "https, through the proxy"):
        before = processor_seconds(process)
        for _ in range(calls):
            await ways[name]()
        costs[name] = (processor_seconds(process) - before) / calls * 1000
    status = Path(f"/proc/{process}/status").read_text()
    peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    return {
        "calls": calls,
        "load": [load, os.getloadavg()[0]],
        "python": platform.python_version(),
        "ways": found,
        "proxyProcessorMilliseconds": costs,
        "callsPerSecond": {name: await throughput(ways[name]) for name in costs},
        "proxyPeakMebibytes": peak,
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--calls", type=int, default=500)
    asked.add_argument("--json", action="store_true")
    arguments = asked.parse_args()
    found = asyncio.run(figures(arguments.calls))
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    for name, row in found["ways"].items():
        print(f"{name:28} " + "  ".join(f"{key} {value:7.2f} ms" for key, value in row.items()))
    for key, value in found.items():
        if key != "ways":
            print(f"{key}: {value}")


if __name__ == "__main__":
    main()
