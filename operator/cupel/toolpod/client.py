"""Calling a tool's Pod: health, definition, call. Bounded in size and time; one exception, `Unreachable`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from .answer import Answer, Definition, parse_answer, parse_definition

MAX_ANSWER_BYTES = 1_048_576
MAX_REQUEST_BYTES = 1_048_576
CONNECT_SECONDS = 2.0
KEEP_ALIVE_SECONDS = 10.0
"""Less than the launcher keeps an idle connection open, so that we never write to a closed one."""
BUSY = 503
JSON_HEADERS = {"content-type": "application/json"}


class Unreachable(Exception):
    """The Pod could not be reached or did not speak the protocol; the text says which."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent
        """Whether the request may have reached the tool."""


class RequestTooLarge(ValueError):
    """The arguments make a request of more than 1 MiB, or are no JSON."""


def call_body(
    arguments: Mapping[str, Any],
    *,
    timeout_seconds: int,
    memory_mebibytes: int | None = None,
    state: Mapping[str, Any] | None = None,
    proxy: str = "",
) -> bytes:
    """The body of `POST /call`. Raises RequestTooLarge."""
    body: dict[str, Any] = {"arguments": arguments, "timeoutSeconds": timeout_seconds}
    if memory_mebibytes is not None:
        body["memoryMebibytes"] = memory_mebibytes
    if state is not None:
        body["state"] = state
    if proxy:
        body["proxy"] = proxy
    try:
        raw = json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii")
    except (ValueError, TypeError, RecursionError):
        raise RequestTooLarge("the arguments are not JSON, or are nested too deeply") from None
    if len(raw) > MAX_REQUEST_BYTES:
        raise RequestTooLarge(f"the arguments are larger than {MAX_REQUEST_BYTES // 1024} KiB")
    return raw


class ToolPods:
    """One pool of connections to all tool Pods; an async context manager. Addresses are `host:port`."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS, use_dns_cache=False)
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, auto_decompress=False
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def healthy(self, address: str, timeout_seconds: float) -> None:
        """Returns when the Pod says it is healthy. Raises Unreachable."""
        await self._request("GET", address, "/healthz", timeout_seconds)

    async def definition(self, address: str, timeout_seconds: float) -> Definition:
        """What the Pod says it serves. Raises Unreachable."""
        raw = await self._request("GET", address, "/definition", timeout_seconds)
        try:
            return parse_definition(raw)
        except ValueError as problem:
            raise Unreachable(f"the Pod's definition cannot be read: {problem}", sent=True) from None

    async def call(self, address: str, body: bytes, timeout_seconds: float) -> Answer:
        """Send what `call_body` made. Raises Unreachable; errors of the tool are in the answer."""
        return parse_answer(await self._request("POST", address, "/call", timeout_seconds, body))

    async def _request(
        self, method: str, address: str, path: str, seconds: float, body: bytes | None = None
    ) -> bytes:
        if self._session is None:
            raise RuntimeError("ToolPods is used outside its `async with`")
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.request(
                method,
                f"http://{address}{path}",
                data=body,
                headers=JSON_HEADERS if body is not None else None,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                if response.status == BUSY:
                    raise Unreachable("the Pod has all the calls it takes at once", sent=False)
                if response.status != 200:
                    raise Unreachable(f"the Pod answered with status {response.status}", sent=True)
                return await _read(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Unreachable("the Pod does not accept connections", sent=False) from None
        except TimeoutError:
            raise Unreachable(f"the Pod did not answer within {seconds:g} s", sent=True) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unreachable(f"the connection to the Pod broke: {type(error).__name__}", sent=True) from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, or Unreachable when it is larger than we accept."""
    if (response.content_length or 0) > MAX_ANSWER_BYTES:
        raise Unreachable("the Pod's answer is larger than 1 MiB", sent=True)
    chunks = bytearray()
    async for chunk in response.content.iter_any():
        chunks += chunk
        if len(chunks) > MAX_ANSWER_BYTES:
            raise Unreachable("the Pod's answer is larger than 1 MiB", sent=True)
    return bytes(chunks)
