"""An API server that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self

from kubernetes.aio.client.configuration import Configuration

from cupel.kube.client import Client
from cupel.kube.connect import Permit, always, api_client


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    body: Any
    accept: str = ""


@dataclass
class Answer:
    """What to send back: a status with JSON, or raw bytes that end with the connection."""

    status: int = 200
    body: Any = field(default_factory=lambda: {"metadata": {}})
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hold: asyncio.Event | None = None
    """Wait for this before answering."""


class FakeServer:
    """HTTP/1.1 on a port of its own. Without anything scripted it answers 200 with an object that says nothing."""

    def __init__(self) -> None:
        self.script: deque[Answer] = deque()
        self.asked: list[Asked] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def client(self, permit: Permit = always, **options: Any) -> Client:
        return Client(api_client(Configuration(host=f"http://127.0.0.1:{self.port}"), permit), **options)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *fields = head.decode().split("\r\n")
                lengths = [f.split(":")[1] for f in fields if f.lower().startswith("content-length:")]
                content = await reader.readexactly(int(lengths[0])) if lengths else b""
                method, path, _ = line.split(" ")
                accepts = [f.split(":")[1].strip() for f in fields if f.lower().startswith("accept:")]
                self.asked.append(Asked(method, path, json.loads(content) if content else None, *accepts))
                answer = self.script.popleft() if self.script else Answer()
                if answer.hold is not None:
                    await answer.hold.wait()
                writer.write(_bytes(answer))
                await writer.drain()
                if answer.raw is not None:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _bytes(answer: Answer) -> bytes:
    if answer.raw is not None:
        return answer.raw
    content = json.dumps(answer.body).encode()
    extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"HTTP/1.1 {answer.status} X\r\nContent-Length: {len(content)}\r\n{extra}\r\n".encode() + content
