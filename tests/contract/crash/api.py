"""A bare client of the real API server: an administrator's certificate, or somebody impersonated."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import yaml

OPERATOR = "system:serviceaccount:cupel-system:cupel-operator"
OPERATOR_GROUPS = ("system:serviceaccounts", "system:serviceaccounts:cupel-system", "system:authenticated")
CUPEL = "/apis/cupel.dev/v1alpha1/namespaces"


class Refused(Exception):
    """The API server answered 400 or more; the text is its message."""


def identity(user: str, *groups: str) -> list[tuple[str, str]]:
    """Headers that impersonate."""
    return [("Impersonate-User", user), *(("Impersonate-Group", group) for group in groups)]


class Api:
    """Requests to one API server."""

    def __init__(self, kubeconfig: str) -> None:
        found = yaml.safe_load(Path(kubeconfig).read_text(encoding="utf-8"))
        cluster, user = found["clusters"][0]["cluster"], found["users"][0]["user"]
        self.server: str = cluster["server"]
        self.tls = ssl.create_default_context(
            cafile=cluster.get("certificate-authority"),
            cadata=_text(cluster.get("certificate-authority-data")),
        )
        self.tls.load_cert_chain(user["client-certificate"], user["client-key"])
        self.session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Api:
        connector = aiohttp.TCPConnector(ssl=self.tls, limit=0)
        self.session = aiohttp.ClientSession(
            connector=connector, timeout=aiohttp.ClientTimeout(total=None, connect=10), auto_decompress=False
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.session is not None
        await self.session.close()

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        kind: str = "application/json",
        who: tuple[str, ...] = (),
    ) -> Any:
        """The object answered. `who`: user and groups to impersonate. Raises Refused.

        A new CRD is not served everywhere at once: for half a minute 503 is asked again.
        """
        for _ in range(60):
            try:
                return await self._once(method, path, body, kind, who)
            except Refused as refused:
                if not str(refused).startswith("503"):
                    raise
            await asyncio.sleep(0.5)
        return await self._once(method, path, body, kind, who)

    async def _once(self, method: str, path: str, body: Any, kind: str, who: tuple[str, ...]) -> Any:
        assert self.session is not None
        headers = [("Content-Type", kind), ("Accept", "application/json"), *(identity(*who) if who else [])]
        data = None if body is None else json.dumps(body)
        async with self.session.request(method, self.server + path, data=data, headers=headers) as answer:
            content = await answer.read()
            if answer.status >= 400:
                raise Refused(f"{answer.status} {content.decode(errors='replace')[:600]}")
            return json.loads(content)

    async def patch(self, path: str, body: Any, who: tuple[str, ...] = ()) -> Any:
        return await self.ask("PATCH", path, body, "application/merge-patch+json", who)

    async def found(self, path: str) -> Any:
        """The object, or None when there is none."""
        try:
            return await self.ask("GET", path)
        except Refused as refused:
            if str(refused).startswith("404"):
                return None
            raise

    async def watch(self, path: str) -> AsyncIterator[tuple[str, Any]]:
        """Events (type, object) from now on, what is there first. Ends with the connection."""
        assert self.session is not None
        listed = await self.ask("GET", path)
        for item in listed["items"]:
            yield "ADDED", item
        mark = listed["metadata"]["resourceVersion"]
        url = f"{self.server}{path}?watch=1&resourceVersion={mark}"
        async with self.session.get(url) as answer:
            async for line in answer.content:
                event = json.loads(line)
                yield event["type"], event["object"]


def _text(data: str | None) -> str | None:
    return base64.b64decode(data).decode() if data else None
