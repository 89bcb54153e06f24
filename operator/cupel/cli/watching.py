"""One tool as it changes: by the watch API, never by asking again and again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import JsonObject
from cupel.api.names import TOOL
from cupel.kube.cli_access import another
from cupel.kube.client import Client
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL, TOOL_REVISION
from cupel.kube.watch import Body, Feed, reflect

from .output import Failure
from .seen import Seen, assembled, look
from .session import Session

ENDING_SECONDS = 0.5
"""How long a watch that pauses between two tries may hold up the end."""
SETTLE_SECONDS = 0.05
"""Changes this close together are shown as one."""


@dataclass
class Objects:
    """All objects of one feed, by name."""

    news: asyncio.Event
    found: dict[str, JsonObject] = field(default_factory=dict)
    listed: bool = False

    def replace(self, objects: list[Body]) -> None:
        self.found = {body["metadata"]["name"]: dict(body) for body in objects}
        self.listed = True
        self.news.set()

    def changed(self, body: Body) -> None:
        self.found[body["metadata"]["name"]] = dict(body)
        self.news.set()

    def deleted(self, body: Body) -> None:
        self.found.pop(body["metadata"]["name"], None)
        self.news.set()


async def watching(session: Session, tool: str) -> AsyncGenerator[Seen, None]:
    """What is known now, then after every change. Raises Failure when there is no tool, or no longer."""
    first = await look(session, tool)
    yield first
    logging.getLogger("cupel.kube.watch").setLevel(
        logging.ERROR
    )  # a broken watch is renewed: nothing to tell
    news = asyncio.Event()
    place = session.namespace
    feeds = (
        (Feed(GENERATED_TOOL, namespace=place, field_selector=f"metadata.name={tool}"), Objects(news)),
        (Feed(TOOL_REVISION, namespace=place, label_selector=f"{TOOL}={tool}"), Objects(news)),
        (
            Feed(APPROVAL_LEDGER, namespace=place, field_selector=f"metadata.name={LEDGER_NAME}"),
            Objects(news),
        ),
    )
    client = another(session.client)
    tasks = [asyncio.create_task(reflect(client.api, feed, objects)) for feed, objects in feeds]
    try:
        tools, revisions, ledgers = (objects for _, objects in feeds)
        while True:
            await news.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            news.clear()
            if not _whole(first, tools, revisions, ledgers):
                continue
            if tool not in tools.found:
                raise Failure(f"GeneratedTool {tool} was deleted")
            yield assembled(tools.found[tool], revisions.found.values(), ledgers.found.get(LEDGER_NAME))
    finally:
        await end(client, tasks)


async def changing(session: Session, tool: str) -> AsyncGenerator[Seen, None]:
    """The same, each sight once: the first lists bring what was looked up already."""
    last: Seen | None = None
    async with aclosing(watching(session, tool)) as sights:
        async for seen in sights:
            if seen != last:
                yield seen
            last = seen


async def end(client: Client, tasks: list[asyncio.Task[None]]) -> None:
    """Close first: that aborts connections, also one being opened; a cancelled task leaves them closing."""
    await client.close()
    await asyncio.wait(tasks, timeout=ENDING_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _whole(first: Seen, tools: Objects, revisions: Objects, ledgers: Objects) -> bool:
    """Whether everything the caller may read was listed: half a picture would show things as gone."""
    return (
        tools.listed
        and (revisions.listed or not first.revisions)
        and (ledgers.listed or first.ledger is None)
    )


async def until(session: Session, tool: str, seconds: float, done: Callable[[Seen], bool]) -> Seen | None:
    """The first sight that is `done`; None when `seconds` went by without one. 0: do not look at all."""
    if not seconds:
        return None
    try:
        async with asyncio.timeout(seconds), aclosing(watching(session, tool)) as sights:
            async for seen in sights:
                if done(seen):
                    return seen
    except TimeoutError:
        return None
    return None
