"""Figures the target's own Pods expose. What a Pod answers is hostile until proven otherwise."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import aiohttp

from cupel.api.autonomy_policy import PodMetrics
from cupel.control.counting import Look

from .counted import Counted
from .exposition import Figures, figures
from .fetching import Limits, Unreadable, fetch, pod_url
from .reading import Moment, PodAddress, Reading, Readings, Request

PODS_AT_ONCE = 16
MOST_PODS = 200
"""Of one target; a figure of more is better asked of Prometheus."""
ACROSS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Average": lambda values: sum(values) / len(values),
    "Maximum": max,
}


class Page(NamedTuple):
    """What is fetched once, whoever of its policies asks."""

    host: str
    port: int
    path: str


class Pods:
    """Asks every ready Pod of a target; one that does not answer leaves the figure unknown, for the sum would
    lie.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        limits: Limits,
        url: Callable[[str, int, str], str] = pod_url,
    ) -> None:
        self._http = http
        self._limits = limits
        self._url = url
        self._counted = Counted()

    async def read(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """Gauges as they are, counters as growth a second since the last look."""
        self._counted.forget(moment.steady)
        targets: dict[tuple[str, str], list[Request]] = defaultdict(list)
        for request in requests:
            targets[request.key.namespace, request.key.policy].append(request)
        found = await asyncio.gather(*(self._target(asked, moment) for asked in targets.values()))
        return {key: reading for readings in found for key, reading in readings.items()}

    async def _target(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """Each page once, whichever signals are on it. A target that is slow keeps nobody else waiting."""
        gate = asyncio.Semaphore(PODS_AT_ONCE)
        pages = dict.fromkeys(
            _page(request.signal.pod_metrics, pod)
            for request in requests
            if len(request.pods) <= MOST_PODS
            for pod in request.pods
        )
        try:
            async with asyncio.timeout(self._limits.seconds):
                bodies = await asyncio.gather(*(self._fetched(page, gate) for page in pages))
        except TimeoutError:
            late = f"its Pods did not all answer within {self._limits.seconds:g} s"
            return {request.key: Reading.missing(late) for request in requests}
        answers = dict(zip(pages, bodies, strict=True))
        return {request.key: self._reading(request, answers, moment) for request in requests}

    async def _fetched(self, page: Page, gate: asyncio.Semaphore) -> bytes | str:
        try:
            async with gate:
                return await fetch(self._http, self._url(*page), self._limits)
        except Unreadable as unreadable:
            return str(unreadable)

    def _reading(self, request: Request, answers: dict[Page, bytes | str], moment: Moment) -> Reading:
        asked = request.signal.pod_metrics
        if asked is None or not request.pods:
            return Reading.missing("no Pod of the target is ready")
        if len(request.pods) > MOST_PODS:
            return Reading.missing(f"the target has more than {MOST_PODS} ready Pods: ask Prometheus instead")
        found: dict[str, Figures] = {}
        for pod in request.pods:
            try:
                found[pod.name] = _figures(answers[_page(asked, pod)], asked.metric)
            except Unreadable as unreadable:
                return Reading.missing(f"Pod {pod.name}: {unreadable}")
        if asked.read == "Rate":
            return self._rate(request, found, asked, moment)
        value = ACROSS[asked.across]([one.total for one in found.values()])
        stamps = [stamp for one in found.values() for stamp in one.stamps]
        return Reading(value * asked.scale, min(stamps, default=moment.now))

    def _rate(
        self, request: Request, found: dict[str, Figures], asked: PodMetrics, moment: Moment
    ) -> Reading:
        look = Look(moment.steady, {name: (one.total,) for name, one in found.items()})
        since, _ = self._counted.take(request.key, look, request.pods)
        if since.problem:
            return Reading.missing(since.problem)
        rates = [amount / since.seconds for (amount,) in since.by_source.values()]
        return Reading(ACROSS[asked.across](rates) * asked.scale, moment.now)


def _page(asked: PodMetrics | None, pod: PodAddress) -> Page:
    return Page(pod.host, asked.port if asked else 0, asked.path if asked else "")


def _figures(answer: bytes | str, metric: str) -> Figures:
    if isinstance(answer, str):
        raise Unreadable(answer)
    return figures(answer, metric)
