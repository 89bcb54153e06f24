"""`state export` and `state delete`: what tools remember, asked of the gateway."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from cupel.api.common import JsonObject
from cupel.decide.harmless import one_line
from cupel.kube.target import Target

from .call import DEFAULT_GATEWAY, FORWARD, TIMEOUT, namespace_and_token
from .decision import confirm
from .output import Exit, Failure, console, print_json


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    tool: str
    everyones: bool
    gateway: str = ""
    token: str = ""

    @property
    def root(self) -> str:
        """The gateway, without the path of its MCP endpoint."""
        url = self.gateway or os.environ.get("CUPEL_GATEWAY", "") or DEFAULT_GATEWAY
        return url.rstrip("/").removesuffix("/mcp")


@dataclass(frozen=True)
class Way:
    """A connection to the gateway, and where the tool's state is there."""

    http: httpx2.AsyncClient
    url: str
    namespace: str

    async def ask(self, method: str, **query: str) -> JsonObject:
        """One answer. Raises Failure with what the gateway says."""
        try:
            answer = await self.http.request(method, self.url, params=query)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise Failure(f"no gateway answers at {self.url}: {FORWARD}", Exit.UNREACHABLE) from error
        try:
            said: Any = answer.json()
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise Failure(
                f"{self.url} answered with status {answer.status_code}: is it the gateway?", Exit.UNREACHABLE
            )
        if answer.status_code == 401:
            raise Failure(
                "the gateway wants another token: give --token or set CUPEL_TOKEN", Exit.UNREACHABLE
            )
        if answer.status_code != 200:
            code = Exit.UNREACHABLE if answer.status_code >= 500 else Exit.REFUSED
            raise Failure(f"the gateway refuses: {one_line(str(said.get('error', '')))}", code)
        return said


async def export(target: Target, asked: Asked) -> Exit:
    """The caller's own state as one document; everyone's as one on each line, page by page."""
    async with reached(target, asked) as way:
        if not asked.everyones:
            print_json(await way.ask("GET"))
            return Exit.OK
        after: str | None = ""
        while after is not None:
            page = await way.ask("GET", tenants="all", **({"after": after} if after else {}))
            for record in page.get("states", ()):
                console().out(json.dumps(record), highlight=False)
            after = page.get("after")
    return Exit.OK


async def delete(target: Target, asked: Asked, sure: bool) -> Exit:  # what --yes says
    """Ask, then delete, and say how much there was."""
    async with reached(target, asked) as way:
        whose = "of all tenants" if asked.everyones else "of you"
        confirm(f"Delete what {way.namespace}/{asked.tool} remembers {whose}? There is no way back.", sure)
        query = {"tenants": "all"} if asked.everyones else {}
        answer = await way.ask("DELETE", **query)
    console().print(f"deleted the state of {int(answer.get('deleted', 0))} tenants")
    return Exit.OK


@asynccontextmanager
async def reached(target: Target, asked: Asked) -> AsyncIterator[Way]:
    namespace, token = await namespace_and_token(target)
    token = asked.token or os.environ.get("CUPEL_TOKEN", "") or token
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{asked.root}/state/{quote(namespace, safe='')}/{quote(asked.tool, safe='')}"
    async with httpx2.AsyncClient(headers=headers, timeout=TIMEOUT) as http:
        yield Way(http, url, namespace)
