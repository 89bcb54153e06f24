"""Sending one message to several places at once. apprise blocks, so each place gets a thread."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from typing import Protocol

from apprise import NotifyBase, NotifyFormat

from .transports import UnusableUrl, name_of, notifier

log = logging.getLogger(__name__)
UNUSABLE = "unusable"
"""Stands for a URL whose transport cannot be told."""


class Send(Protocol):
    """How a message goes out; answers the transports that failed."""

    async def __call__(
        self, urls: Sequence[str], title: str, body: str, seconds: float = 10
    ) -> tuple[str, ...]: ...


async def send(urls: Sequence[str], title: str, body: str, seconds: float = 10) -> tuple[str, ...]:
    """Send to every URL; answers the names of the transports that failed, without secrets. Never raises
    for what a URL or its server does: what was not confirmed within `seconds` counts as failed.
    """
    answers = await asyncio.gather(*(_one(url, title, body, seconds) for url in urls))
    return tuple(name for name in answers if name)


async def _one(url: str, title: str, body: str, seconds: float) -> str:
    """Empty when it arrived; otherwise the transport's name."""
    try:
        found = notifier(url)
    except UnusableUrl:
        return UNUSABLE
    found.socket_connect_timeout = found.socket_read_timeout = seconds
    try:
        async with asyncio.timeout(seconds):
            arrived = await _in_thread(found, title, body)
    except TimeoutError:
        arrived = False
    return "" if arrived else name_of(found)


async def _in_thread(found: NotifyBase, title: str, body: str) -> bool:
    """A thread of its own, so that a server that never ends its answer cannot hold up others, or our end."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def tell(arrived: bool) -> None:
        if not done.done():
            done.set_result(arrived)

    def work() -> None:
        try:
            arrived = bool(found.notify(body=body, title=title, body_format=NotifyFormat.TEXT))
        except Exception as error:  # noqa: BLE001  # a plugin may raise anything, with secrets in its text
            log.warning("sending by %s failed: %s", name_of(found), type(error).__name__)
            arrived = False
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, arrived)

    threading.Thread(target=work, daemon=True, name="cupel-message").start()
    return await done
