"""Figures the target's own Pods expose. What a Pod answers is hostile until proven otherwise."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import aiohttp

from cupel.api.autonomy_policy import PodMetrics
from cupel.api.autonomy_rollback import RevisionCounters
from cupel.control.counting import Look

from . import revision_pods
from .counted import Counted
from .exposition import Figures, figures
from .fetching import Limits, Unreadable, fetch, pod_url
from .reading import Moment, PodAddress, Reading, Readings, Request
from .revision_pods import PodCounters, PodsCounted

PODS_AT_ONCE = 16
MOST_PODS = 200
"""Of one target; a figure of more is better asked of Prometheus."""
TOO_MANY = f"the target has more than {MOST_PODS} ready Pods"
Place = tuple[str, str]
"""(namespace, name) of a policy."""
NOBODY: Mapping[Place, PodCounters] = {}
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


Answers = dict[Page, bytes | str]
"""What came of each page: its text, or why there is none."""


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
        self.runs: Mapping[Place, PodsCounted] = {}
        """What the last look counted of the revisions of each Deployment that was wanted."""

    async def read(
        self, requests: Sequence[Request], moment: Moment, wanted: Mapping[Place, PodCounters] = NOBODY
    ) -> Readings:
        """Gauges as they are, counters as growth a second since the last look."""
        self._counted.forget(moment.steady)
        self.runs = {place: PodsCounted(problem="its Pods did not answer in time") for place in wanted}
        targets: dict[Place, list[Request]] = defaultdict(list, {place: [] for place in wanted})
        for request in requests:
            targets[request.key.namespace, request.key.policy].append(request)
        found = await asyncio.gather(
            *(self._target(place, asked, wanted.get(place), moment) for place, asked in targets.items())
        )
        return {key: reading for readings in found for key, reading in readings.items()}

    async def _target(
        self, place: Place, requests: Sequence[Request], wanted: PodCounters | None, moment: Moment
    ) -> Readings:
        """Each page once, whoever asks for what is on it. A target that is slow keeps nobody else waiting."""
        gate, answers = asyncio.Semaphore(PODS_AT_ONCE), Answers()
        try:
            async with asyncio.timeout(self._limits.seconds):
                await asyncio.gather(*(self._fetch(page, gate, answers) for page in _pages(requests, wanted)))
        except TimeoutError:
            late = f"its Pods did not all answer within {self._limits.seconds:g} s"
            readings = {request.key: Reading.missing(late) for request in requests}
        else:
            readings = {request.key: self._reading(request, answers, moment) for request in requests}
        if wanted is not None:
            self.runs = {**self.runs, place: _counted(wanted, answers, moment)}
        return readings

    async def _fetch(self, page: Page, gate: asyncio.Semaphore, answers: Answers) -> None:
        try:
            async with gate:
                answers[page] = await fetch(self._http, self._url(*page), self._limits)
        except Unreadable as unreadable:
            answers[page] = str(unreadable)

    def _reading(self, request: Request, answers: Answers, moment: Moment) -> Reading:
        asked = request.signal.pod_metrics
        if asked is None or not request.pods:
            return Reading.missing("no Pod of the target is ready")
        if len(request.pods) > MOST_PODS:
            return Reading.missing(f"{TOO_MANY}: ask Prometheus instead")
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


def _pages(requests: Sequence[Request], wanted: PodCounters | None) -> list[Page]:
    asked = [
        _page(request.signal.pod_metrics, pod)
        for request in requests
        if len(request.pods) <= MOST_PODS
        for pod in request.pods
    ]
    if wanted is not None and len(wanted.pods) <= MOST_PODS:
        asked += [_page(wanted.counters, pod) for pod in wanted.pods]
    return list(dict.fromkeys(asked))


def _counted(wanted: PodCounters, answers: Answers, moment: Moment) -> PodsCounted:
    """What was answered in time; a Pod that hangs takes only its own part away."""
    if len(wanted.pods) > MOST_PODS:
        return PodsCounted(problem=f"{TOO_MANY}: more are not counted")
    pages = {pod.name: answers.get(_page(wanted.counters, pod)) for pod in wanted.pods}
    told = {pod: answer for pod, answer in pages.items() if answer is not None}
    return revision_pods.counted(wanted, told, moment.steady)


def _page(asked: PodMetrics | RevisionCounters | None, pod: PodAddress) -> Page:
    return Page(pod.host, asked.port if asked else 0, asked.path if asked else "")


def _figures(answer: bytes | str, metric: str) -> Figures:
    if isinstance(answer, str):
        raise Unreadable(answer)
    return figures(answer, metric)
