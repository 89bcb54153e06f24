"""`python -m cupel.gateway` as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from cupel.store.engine import opened
from cupel.store.state import ToolStates
from cupel.store.state_cluster import Cluster

from .conftest import ALICE, sha256, until
from .zone import OBJECT, Zone, free_port, tool_body

ROOT = Path(__file__).parents[3]
SLOW = "import time\ndef run(**given):\n    time.sleep(1.5)\n    return {'done': True}\n"


class Process:
    """A gateway started as the image starts it."""

    def __init__(
        self, process: asyncio.subprocess.Process, port: int, session: aiohttp.ClientSession
    ) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.session = session

    async def health(self) -> int:
        try:
            async with self.session.get(f"{self.url}/health") as response:
                return response.status
        except aiohttp.ClientConnectionError:
            return 0

    async def call(self, name: str) -> Any:
        params = {"name": name, "arguments": {}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        headers = {"authorization": f"Bearer {ALICE}"}
        async with self.session.post(f"{self.url}/mcp", json=message, headers=headers) as response:
            return await response.json()


@pytest.fixture
def values(zone: Zone, tmp_path: Path) -> dict[str, str]:
    """Its environment: the fake API server, and a token."""
    tokens = tmp_path / "tokens"
    tokens.write_text(json.dumps([{"name": "alice", "sha256": sha256(ALICE), "namespaces": ["tools"]}]))
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "fake",
                "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
                "clusters": [{"name": "fake", "cluster": {"server": zone.api.url}}],
                "users": [{"name": "fake", "user": {}}],
            }
        )
    )
    return {
        "KUBECONFIG": str(kubeconfig),
        "CUPEL_HTTP_HOST": "127.0.0.1",
        "CUPEL_HTTP_PORT": str(free_port()),
        "CUPEL_GATEWAY_TOKENS_FILE": str(tokens),
        "CUPEL_GATEWAY_DRAIN_SECONDS": "0.5",
    }


@pytest.fixture
async def process(values: dict[str, str]) -> AsyncIterator[Process]:
    started = await start(values)
    async with aiohttp.ClientSession() as session:
        process = Process(started, int(values["CUPEL_HTTP_PORT"]), session)
        await until(lambda: _is(process, 200), "the process is healthy", 30)
        yield process
    if started.returncode is None:
        started.kill()
    await started.wait()


async def start(values: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cupel.gateway", cwd=ROOT, stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "operator"), **values},
    )  # fmt: skip


async def _is(process: Process, status: int) -> bool:
    return await process.health() == status


async def test_a_call_under_way_is_finished_before_it_stops(zone: Zone, process: Process) -> None:
    await zone.publish(tool_body("slow", code=SLOW, input_schema=OBJECT, output_schema=OBJECT))

    async def known() -> bool:
        async with process.session.get(f"{process.url}/metrics") as response:
            return 'cupel_gateway_tools{namespace="tools"} 1.0' in await response.text()

    await until(known, "the tool is known")
    call = asyncio.create_task(process.call("slow"))
    await asyncio.wait({call}, timeout=0.3)

    process.process.send_signal(signal.SIGTERM)

    await until(lambda: _is(process, 503), "new calls are turned away")
    assert (await call)["result"]["structuredContent"] == {"done": True}
    async with asyncio.timeout(10):
        assert await process.process.wait() == 0


async def test_a_call_held_by_a_gateway_that_is_killed_is_made_again(
    zone: Zone, values: dict[str, str]
) -> None:
    """Nothing ran, and the next gateway holds the call anew: it needs no memory of the one before."""
    body = tool_body("ready", code=SLOW, input_schema=OBJECT, output_schema=OBJECT)
    bundle = await zone.publish(body, pods=0, sleep="Asleep")
    async with aiohttp.ClientSession() as session:
        first = Process(await start(values), int(values["CUPEL_HTTP_PORT"]), session)
        await until(lambda: _is(first, 200), "the first is healthy", 30)
        held = asyncio.create_task(first.call("ready"))
        await until(lambda: _holds(first), "it holds the call")
        first.process.kill()
        with pytest.raises(aiohttp.ClientConnectionError):
            await held
        await first.process.communicate()

        second = Process(await start(values), int(values["CUPEL_HTTP_PORT"]), session)
        await until(lambda: _is(second, 200), "the second is healthy", 30)
        again = asyncio.create_task(second.call("ready"))
        await until(lambda: _holds(second), "it holds the call")
        await zone.launch(bundle)

        assert (await again)["result"]["structuredContent"] == {"done": True}
        second.process.terminate()
        await second.process.communicate()
        assert second.process.returncode == 0


async def _holds(process: Process) -> bool:
    async with process.session.get(f"{process.url}/metrics") as response:
        return 'cupel_gateway_held_calls{namespace="tools",tool="ready"} 1.0' in await response.text()


async def test_a_signal_that_comes_with_the_first_connection_is_heard(values: dict[str, str]) -> None:
    started = await start(values)
    async with asyncio.timeout(60):
        while not await listens(int(values["CUPEL_HTTP_PORT"])):
            await asyncio.sleep(0.001)  # as soon as can be: what is tested is the moment it starts to listen
        started.send_signal(signal.SIGTERM)
        assert await started.wait() == 0


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_open_streams_do_not_keep_it_alive(process: Process) -> None:
    headers = {"authorization": f"Bearer {ALICE}", "accept": "application/json, text/event-stream"}
    params = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "x", "version": "1"},
    }
    hello = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    async with process.session.post(f"{process.url}/mcp", json=hello, headers=headers) as response:
        headers["mcp-session-id"] = response.headers["mcp-session-id"]
    async with process.session.get(f"{process.url}/mcp", headers=headers) as stream:
        assert stream.status == 200

        process.process.send_signal(signal.SIGTERM)

        async with asyncio.timeout(10):
            assert await process.process.wait() == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(
            {"CUPEL_STORE_URL": "mysql://cupel:hunter2@host/cupel"},
            "CUPEL_STORE_URL: the store's URL must be sqlite:////absolute/path.db or postgresql://",
            id="a store of another kind",
        ),
        pytest.param({"CUPEL_HTTP_PORT": "many"}, "CUPEL_HTTP_PORT must be a number", id="a wrong setting"),
        pytest.param(
            {"CUPEL_GATEWAY_TOKENS_FILE": "/nowhere"}, "/nowhere: No such file", id="no file of tokens"
        ),
    ],
)
async def test_what_cannot_work_ends_at_once(values: dict[str, str], said: str) -> None:
    process = await start(values)
    _, errors = await process.communicate()

    assert process.returncode == 78
    assert said in errors.decode() and "Traceback" not in errors.decode()
    assert "hunter2" not in errors.decode()


@pytest.mark.parametrize(
    ("take_over", "ends"),
    [
        pytest.param("", True, id="another cluster's store"),
        pytest.param("uid-other", True, id="taken over from a third cluster"),
        pytest.param("uid-gone", False, id="taken over from the one it is of"),
    ],
)
async def test_a_gateway_keeps_off_the_store_of_another_cluster(
    values: dict[str, str], tmp_path: Path, take_over: str, ends: bool
) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    async with opened(url, "state") as engine:
        await ToolStates(engine).claim(Cluster("uid-gone"))
    started = await start(values | {"CUPEL_STORE_URL": url, "CUPEL_STORE_TAKE_OVER": take_over})
    if ends:
        async with asyncio.timeout(30):
            _, said = await started.communicate()
        assert started.returncode == 78
        assert b"CUPEL_STORE_TAKE_OVER=uid-gone" in said
        return
    async with aiohttp.ClientSession() as session:
        process = Process(started, int(values["CUPEL_HTTP_PORT"]), session)
        await until(lambda: _is(process, 200), "the process is healthy", 30)
    started.kill()
    await started.communicate()
    async with opened(url, "state") as engine:
        await ToolStates(engine).claim(Cluster("uid-cluster"))
