"""One pull-request service put together, and the loop that keeps it going."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping
from typing import Any

import aiohttp

from cupel.kube.access import Reviewer
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL, TOOL_REVISION
from cupel.kube.watch import Feed, reflect
from cupel.settings.pulls import PullsSettings
from cupel.telemetry.endpoints import application, serving

from . import clock
from .attempts import Attempts
from .github import Host
from .hosted import Pulls
from .ledgers import Ledgers
from .metrics import Metrics
from .pushing import Pusher
from .round import Met, Rounds
from .sights import Sights
from .token import Token

log = logging.getLogger("cupel.pulls")
LEAST_PAUSE = 1.0
"""Changes come in bursts, and every round asks the host."""
LONGEST_PAUSE = 900.0
STUCK_SECONDS = 1800.0
"""A round that takes longer than this is stuck: the longest pause is 15 minutes."""


def rounds(
    settings: PullsSettings,
    ledgers: Ledgers,
    session: aiohttp.ClientSession,
    sights: Sights,
    metrics: Metrics,
) -> Rounds:
    """All parts of one service, but what keeps `sights`."""
    token = Token(settings.token_file)
    clocks = (clock.steady, lambda: clock.now().timestamp())
    pulls = Pulls(Host(session, settings.api, token, settings.timeout, clocks))
    pusher = Pusher(settings.git, token, settings.timeout)
    attempts = Attempts(pulls, pusher, ledgers, metrics, settings.prefix)
    return Rounds(sights, pulls, attempts, metrics, settings.prefix, settings.repositories)


class Service:
    """The loop: a round at every change, and every so often; longer pauses while the host is away."""

    def __init__(self, settings: PullsSettings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self._wake = asyncio.Event()
        self.sights = Sights(self._wake.set)
        self._beat = clock.steady()

    async def run(self, values: Mapping[str, str]) -> None:
        """Until SIGTERM or SIGINT. Whatever is cut short goes on at the next start."""
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        app = application(self._unready, self.metrics.text, alive=self._stuck)
        api = api_client(await configuration(values), agent="cupel-pulls")
        try:
            async with (
                aiohttp.ClientSession(trust_env=True) as session,
                serving(app, self.settings.host, self.settings.port) as port,
            ):
                log.info("serving /livez, /readyz and /metrics on port %s", port)
                ledgers = Ledgers(Client(api), Reviewer(api))
                turn = rounds(self.settings, ledgers, session, self.sights, self.metrics)
                await self._work(api, turn, stopped)
        finally:
            await api.rest_client.close()

    async def _work(self, api: Any, turn: Rounds, stopped: asyncio.Event) -> None:
        kinds = (
            (APPROVAL_LEDGER, self.sights.ledgers),
            (TOOL_REVISION, self.sights.revisions),
            (GENERATED_TOOL, self.sights.tools),
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(reflect(api, Feed(kind), shelf)) for kind, shelf in kinds]
            tasks.append(group.create_task(self._rounds(turn)))
            await stopped.wait()
            for task in tasks:
                task.cancel()

    async def _rounds(self, turn: Rounds) -> None:
        failed = 0
        while True:
            self._wake.clear()  # whatever wakes us from now on was not seen by this round
            if self.sights.listed:
                met = await turn.once()
                failed = failed + 1 if met.problems else 0
                await self._pause(met, failed)
            else:
                await self._woken(1.0)
            self._beat = clock.steady()

    async def _pause(self, met: Met, failed: int) -> None:
        """After a failure changes wake nobody: they would make a host that is away be asked all the time."""
        poll = self.settings.poll
        if not failed:
            await asyncio.sleep(min(LEAST_PAUSE, poll))
            await self._woken(poll)
            return
        longer = min(LONGEST_PAUSE, poll * 2 ** min(failed - 1, 10))
        await asyncio.sleep(max(min(met.wait, LONGEST_PAUSE), clock.jittered(longer)))

    async def _woken(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _unready(self) -> str:
        return "" if self.sights.listed else "ledgers, revisions and tools were not listed yet"

    def _stuck(self) -> str:
        return "the rounds are stuck" if clock.steady() - self._beat > STUCK_SECONDS else ""
