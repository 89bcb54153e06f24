"""One pull-request service put together, and the loop that keeps it going."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from cupel import clock
from cupel.kube.access import Reviewer
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL, TOOL_REVISION
from cupel.kube.watch import Feed, reflect
from cupel.settings.pulls import PullsSettings
from cupel.telemetry.endpoints import application, serving

from .attempts import Attempts
from .github import Host
from .hosted import Pulls
from .ledgers import Ledgers
from .metrics import Metrics
from .pushing import Pusher
from .rests import LONGEST_PAUSE, Rests, longer_pause
from .round import Rounds
from .sights import Sights
from .token import Token
from .tries import Met, Tries

log = logging.getLogger("cupel.pulls")
LEAST_PAUSE = 1.0
"""Changes come in bursts, and every round asks the host."""
STUCK_SECONDS = 1800.0
"""One piece of work that takes longer than this is stuck; the longest pause is 15 minutes."""


def rounds(
    settings: PullsSettings,
    ledgers: Ledgers,
    session: aiohttp.ClientSession,
    sights: Sights,
    metrics: Metrics,
    beat: Callable[[], None] = lambda: None,
) -> Rounds:
    """All parts of one service, but what keeps `sights`. `beat` is called after each piece of work."""
    token = Token(settings.token_file)
    clocks = (clock.steady, lambda: clock.now().timestamp())
    pulls = Pulls(Host(session, settings.api, token, settings.timeout, clocks))
    pusher = Pusher(settings.git, token, settings.timeout)
    attempts = Attempts(pulls, pusher, ledgers, metrics, settings.prefix)
    tries = Tries(Rests(settings.poll, clock.steady, clock.jittered), beat)
    return Rounds(sights, pulls, attempts, tries, metrics, settings.prefix, settings.repositories)


def failures(before: int, met: Met) -> int:
    """Rounds on end in which the host answered nothing; one in which everything rests changes nothing."""
    return 0 if met.answered else before + met.failed


def pause(met: Met, failed: int, poll: float) -> tuple[float, float]:
    """Seconds in which changes wake nobody, and seconds after these in which they do.

    Where nothing was answered they wake nobody: a host that is away would be asked all the time.
    Otherwise they do, whatever failed: that rests by itself (`rests`).
    """
    if met.answered or not met.failed:
        return min(LEAST_PAUSE, poll), poll
    longer = clock.jittered(longer_pause(poll, failed))
    return max(min(met.wait, LONGEST_PAUSE), longer), 0.0


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
                turn = rounds(self.settings, ledgers, session, self.sights, self.metrics, self._alive)
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
                failed = failures(failed, met)
                deaf, awake = pause(met, failed, self.settings.poll)
                await asyncio.sleep(deaf)
                await self._woken(awake)
            else:
                await self._woken(1.0)
            self._alive()

    def _alive(self) -> None:
        self._beat = clock.steady()

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
