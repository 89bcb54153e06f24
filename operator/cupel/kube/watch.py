"""A reflector: keeps a callback's picture of one kind equal to the API server's, by list and watch."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from kubernetes.aio.client.api_client import ApiClient

from .resources import Kind

log = logging.getLogger(__name__)

PAGE = 500
LIST_SECONDS = 60.0
WATCH_SECONDS = 300
"""The API server ends a watch after this; we go on from the last resourceVersion."""
SILENCE_SECONDS = 130.0
"""A watch that says nothing for this long is a dead connection: bookmarks come every minute."""
SHORTEST_PAUSE = 0.25
LONGEST_PAUSE = 30.0
GONE = 410

Body = Mapping[str, Any]


class Sink(Protocol):
    """Who is told. Must not raise and must not block."""

    def replace(self, objects: list[Body]) -> None:
        """These are all objects now."""

    def changed(self, body: Body) -> None:
        """This object was added or modified."""

    def deleted(self, body: Body) -> None:
        """This object is gone."""


class Expired(Exception):
    """The resourceVersion is too old (410): everything must be listed anew."""


class Refused(Exception):
    """The API server answered with another status than 200."""


@dataclass(frozen=True)
class Feed:
    """What to watch: in one namespace, or in all of them."""

    kind: Kind
    label_selector: str = ""
    namespace: str = ""
    field_selector: str = ""


async def reflect(client: ApiClient, feed: Feed, sink: Sink) -> None:
    """Keep `sink` up to date until cancelled, or until the client is closed.

    Every failure is weather: it is logged and tried again.
    """
    version = ""
    pause = SHORTEST_PAUSE
    while True:
        try:
            if not version:
                objects, version = await _list(client, feed)
                sink.replace(objects)
            async for event in _events(client, feed, version):
                version = _deliver(event, sink) or version
                pause = SHORTEST_PAUSE
        except Expired:
            version = ""
        except Refused as error:
            version = ""
            log.warning("list or watch of %s was refused: %s", feed.kind.plural, error)
        except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
            if closed(client):
                return
            log.warning("list or watch of %s broke: %s", feed.kind.plural, str(error) or type(error).__name__)
        await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  # jitter, no secret
        pause = min(LONGEST_PAUSE, pause * 2)


def closed(client: ApiClient) -> bool:
    """Whether the client's connections were ended for good."""
    session = client.rest_client.pool_manager
    return session is None or bool(session.closed)


def _deliver(event: Body, sink: Sink) -> str:
    """Tell the sink; the event's resourceVersion. Raises Expired and Refused."""
    kind, body = event.get("type"), event.get("object") or {}
    if kind == "ERROR":
        if body.get("code") == GONE:
            raise Expired
        raise Refused(str(body.get("message", "the watch ended with an error"))[:200])
    if kind in ("ADDED", "MODIFIED"):
        sink.changed(body)
    elif kind == "DELETED":
        sink.deleted(body)
    return str(body.get("metadata", {}).get("resourceVersion", ""))


async def _list(client: ApiClient, feed: Feed) -> tuple[list[Body], str]:
    """All objects, page by page, and the resourceVersion they are of."""
    objects: list[Body] = []
    more = ""
    while True:
        query = [("limit", str(PAGE)), ("continue", more)] if more else [("limit", str(PAGE))]
        timeout = aiohttp.ClientTimeout(total=LIST_SECONDS)
        response = await _get(client, feed, query, timeout)
        try:
            page = json.loads(await response.read())
        finally:
            response.release()
        objects += page.get("items") or []
        more = page["metadata"].get("continue", "")
        if not more:
            return objects, str(page["metadata"]["resourceVersion"])


async def _events(client: ApiClient, feed: Feed, version: str) -> AsyncIterator[Body]:
    query = [
        ("watch", "true"),
        ("allowWatchBookmarks", "true"),
        ("resourceVersion", version),
        ("timeoutSeconds", str(WATCH_SECONDS)),
    ]
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=SILENCE_SECONDS)
    response = await _get(client, feed, query, timeout)
    try:
        buffer = bytearray()
        async for chunk in response.content.iter_any():
            buffer += chunk
            *lines, rest = buffer.split(b"\n")
            buffer = bytearray(rest)
            for line in lines:
                if line:
                    yield json.loads(line)
    finally:
        _hang_up(response)


def _hang_up(response: aiohttp.ClientResponse) -> None:
    """End the stream at once: a TLS goodbye would outlive a loop that ends now."""
    connection = response.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()
    response.close()


async def _get(
    client: ApiClient, feed: Feed, query: list[tuple[str, str]], timeout: aiohttp.ClientTimeout
) -> aiohttp.ClientResponse:
    if feed.label_selector:
        query = [*query, ("labelSelector", feed.label_selector)]
    if feed.field_selector:
        query = [*query, ("fieldSelector", feed.field_selector)]
    request = await client.param_serialize(
        "GET",
        feed.kind.path(feed.namespace),
        query_params=query,
        header_params={"Accept": "application/json"},
        auth_settings=["BearerToken"],
    )
    answer = await client.call_api(*request, _request_timeout=timeout)
    response: aiohttp.ClientResponse = answer.response
    if response.status == 200:
        return response
    text = (await response.read())[:200].decode("utf-8", "replace")
    response.release()
    if response.status == GONE:
        raise Expired
    raise Refused(f"status {response.status}: {text}")
