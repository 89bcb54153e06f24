"""Sending the letters that are put down: a task for each channel, so that none waits for another."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cupel.api.routing import Routing
from cupel.decide.notice_text import message
from cupel.messages import Send
from cupel.settings.notify import Pace
from cupel.store.notice_letters import Again, Batch, Claim, Letters
from cupel.store.notices import StoreFailed

from .metrics import Metrics

log = logging.getLogger("cupel.notify")
STORE_SECONDS = 60.0
"""How much longer than its claim a channel's task may take: then the store does not answer."""


@dataclass(frozen=True)
class Clocks:
    """Time and chance."""

    now: Callable[[], datetime]
    steady: Callable[[], float]
    jittered: Callable[[float], float]


class Sending:
    """The channels of one process. What a channel does touches nothing but its own letters."""

    def __init__(
        self,
        letters: Letters,
        routing: Callable[[], Routing],
        send: Send,
        pace: Pace,
        who: tuple[str, str],
        clocks: Clocks,
        metrics: Metrics,
    ) -> None:
        """`who`: this process, and the cluster's name for titles."""
        self._letters = letters
        self._routing = routing
        self._send = send
        self._pace = pace
        self._by, self._cluster = who
        self._clocks = clocks
        self._metrics = metrics
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def once(self) -> None:
        """Start on every channel that has something to send. Raises StoreFailed."""
        known = {channel.name for channel in self._routing().channels}
        for channel in await self._letters.ready(self._clocks.now()):
            if channel in known and channel not in self._busy:
                task = asyncio.create_task(self._work(channel), name=f"channel {channel}")
                self._busy[channel] = task
                task.add_done_callback(lambda _, channel=channel: self._busy.pop(channel))  # type: ignore[misc]

    async def count(self) -> None:
        """Bring the metrics up to date. Raises StoreFailed."""
        channels = frozenset(channel.name for channel in self._routing().channels)
        for channel in channels - self._metrics.waiting.channels:
            self._metrics.start(channel)
        self._metrics.waiting.channels = channels
        self._metrics.waiting.backlog = await self._letters.backlog()

    async def finish(self) -> None:
        """Wait for what is under way; bounded, for every send is."""
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=self._pace.send + 5)

    async def _work(self, channel: str) -> None:
        try:
            async with asyncio.timeout(self._pace.lease + STORE_SECONDS):
                await self._claim(channel)
        except (StoreFailed, TimeoutError) as error:
            log.warning("channel %s: the store failed: %s", channel, type(error).__name__)
        except Exception:
            log.exception("channel %s: a mistake in Cupel", channel)

    async def _claim(self, channel: str) -> None:
        """Take the channel and send one batch. What breaks off leaves a claim that runs out."""
        began = self._clocks.steady()
        now = self._clocks.now()
        until = now + timedelta(seconds=self._pace.lease)
        batch = await self._letters.claim(channel, Claim(self._by, secrets.token_hex(6), now, until))
        url = self._routing().url(channel)
        if batch is None or not url:
            return
        if self._clocks.steady() - began > self._pace.lease - self._pace.send:
            return  # we were stopped: the claim may run out while we send
        await self._deliver(batch, url)

    async def _deliver(self, batch: Batch, url: str) -> None:
        title, body = message(batch.letters, batch.id, self._cluster)
        failed = await self._send([url], title, body, self._pace.send)
        now = self._clocks.now()
        if not failed:
            at = now + timedelta(seconds=self._pace.interval)
            self._metrics.sent.labels(batch.channel).inc(len(batch.letters))
            self._metrics.messages.labels(batch.channel).inc()
            await self._letters.sent(batch, self._by, now, at)
            log.info("sent", extra={"fields": _fields(batch)})
            return
        self._metrics.failed.labels(batch.channel).inc()
        again = Again(
            now,
            now + self._pause(batch.attempts - 1),
            now + self._pause(batch.failures),
            now - timedelta(seconds=self._pace.give_up),
        )
        error = f"{', '.join(failed)} did not take it"
        given_up = await self._letters.failed(batch, self._by, error, again)
        self._metrics.given_up.labels(batch.channel).inc(given_up)
        log.warning("not sent: %s", error, extra={"fields": _fields(batch) | {"given_up": given_up}})

    def _pause(self, times: int) -> timedelta:
        """Before the next try, after it failed this many times before."""
        seconds = min(self._pace.longest_retry, self._pace.retry * 2.0 ** min(times, 30))
        return timedelta(seconds=self._clocks.jittered(seconds))


def _fields(batch: Batch) -> dict[str, object]:
    return {
        "channel": batch.channel,
        "batch": batch.id,
        "notices": len(batch.letters),
        "attempt": batch.attempts,
    }
