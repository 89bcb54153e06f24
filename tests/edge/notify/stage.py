"""A notifier as a process of its own, between a fake API server and a real HTTP receiver."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp import web
from tests.edge.gateway.zone import free_port

ROOT = Path(__file__).parents[3]
SECRET = "S3cretWord"
NUMBER = re.compile(r"[Nn]otice ([0-9a-f]{12})")
PACE = {
    "CUPEL_NOTIFY_BATCH_SECONDS": "0.3",
    "CUPEL_NOTIFY_INTERVAL_SECONDS": "0.2",
    "CUPEL_NOTIFY_SEND_SECONDS": "2",
    "CUPEL_NOTIFY_LEASE_SECONDS": "4",
    "CUPEL_NOTIFY_RETRY_SECONDS": "0.2",
}


@dataclass(frozen=True)
class Message:
    channel: str
    title: str
    body: str

    @property
    def numbers(self) -> list[str]:
        """Of the notices in it."""
        return NUMBER.findall(self.body)


@dataclass
class Receiver:
    """What channels end at: it keeps what is posted to /<channel>, and answers as it is told to."""

    messages: list[Message] = field(default_factory=list)
    refused: int = 0
    status: dict[str, int] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    """Channels that take a message and never answer."""
    arrived: Callable[[Message], None] | None = None
    """Called while the sender waits for its answer."""
    port: int = 0
    _runner: web.AppRunner | None = None
    _end: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/{channel}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self._end.set()
        if self._runner:
            await self._runner.cleanup()

    def url(self, channel: str) -> str:
        return f"json://user:{SECRET}@127.0.0.1:{self.port}/{channel}"

    def of(self, channel: str) -> list[Message]:
        return [message for message in self.messages if message.channel == channel]

    async def _take(self, request: web.Request) -> web.Response:
        channel, content = request.match_info["channel"], await request.json()
        status = self.status.get(channel, 200)
        if status != 200:
            self.refused += 1
            return web.Response(status=status)
        message = Message(channel, content["title"], content["message"])
        self.messages.append(message)
        if self.arrived:
            self.arrived(message)
        if channel in self.silent:
            await self._end.wait()
        return web.Response()


@dataclass
class Stage:
    """Notifiers, what they watch and where their messages end."""

    kubeconfig: Path
    receiver: Receiver
    folder: Path
    session: aiohttp.ClientSession
    processes: list[Process] = field(default_factory=list)

    async def close(self) -> None:
        for process in self.processes:
            process.kill()
            await process.running.wait()

    @property
    def routes_file(self) -> Path:
        return self.folder / "routes.yaml"

    @property
    def database(self) -> Path:
        return self.folder / "notices.db"

    def route(self, *routes: dict[str, Any], channels: tuple[str, ...] = ("chat",)) -> None:
        """Write the file of routes; without any, everything goes to every channel."""
        content = {
            "channels": [{"name": name, "url": self.receiver.url(name)} for name in channels],
            "routes": list(routes) or [{"name": "all", "channels": list(channels)}],
        }
        self.routes_file.write_text(yaml.safe_dump(content))

    async def start(self, **settings: str) -> Process:
        """A notifier that is ready."""
        process = await Process.start(self, settings)
        await until(process.ready, "the notifier is ready", 60)
        return process

    def told(self, tool: str) -> list[Message]:
        """Messages that name this tool."""
        return [
            message
            for message in self.receiver.messages
            if re.search(rf"\b{tool}\b", message.title + message.body)
        ]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found

    def unsent(self) -> int:
        return int(self.rows("SELECT count(*) FROM notice_letters WHERE done_at IS NULL")[0][0])


@dataclass
class Process:
    stage: Stage
    running: asyncio.subprocess.Process
    log: Path
    url: str

    @classmethod
    async def start(cls, stage: Stage, settings: dict[str, str]) -> Process:
        port = free_port()
        log = stage.folder / f"log-{len(stage.processes)}"
        values = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "operator"),
            "KUBECONFIG": str(stage.kubeconfig),
            "CUPEL_HTTP_HOST": "127.0.0.1",
            "CUPEL_HTTP_PORT": str(port),
            "CUPEL_STORE_URL": f"sqlite:///{stage.database}",
            "CUPEL_NOTIFY_ROUTES_FILE": str(stage.routes_file),
            "HOME": str(stage.folder),
        }
        with log.open("wb") as file:
            running = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "cupel.notify", stderr=file, stdout=file, cwd=ROOT, env=values | PACE | settings
            )  # fmt: skip
        process = cls(stage, running, log, f"http://127.0.0.1:{port}")
        stage.processes.append(process)
        return process

    async def ask(self, path: str) -> tuple[int, str]:
        try:
            async with self.stage.session.get(self.url + path) as response:
                return response.status, await response.text()
        except aiohttp.ClientError:
            return 0, ""

    async def ready(self) -> bool:
        assert self.running.returncode is None, self.log.read_text()
        return (await self.ask("/readyz"))[0] == 200

    async def metric(self, line: str) -> float:
        """The value of one series; 0 while it is not there."""
        for each in (await self.ask("/metrics"))[1].splitlines():
            if each.startswith(f"{line} "):
                return float(each.rpartition(" ")[2])
        return 0.0

    def said(self, text: str) -> bool:
        return text in self.log.read_text()

    def kill(self) -> None:
        if self.running.returncode is None:
            self.running.kill()

    async def end(self) -> int:
        if self.running.returncode is None:
            self.running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            return await self.running.wait()


async def until(
    condition: Callable[[], Any] | Callable[[], Awaitable[Any]], what: str, seconds: float = 30
) -> Any:
    """Wait for a condition, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                answer = condition()
                if asyncio.iscoroutine(answer):
                    answer = await answer
                if answer:
                    return answer
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {seconds} s: {what}") from None
