"""The gateway's own measurements: its Pods' /metrics, summed, as figures of one tool."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isnan

import aiohttp

from cupel.control.counting import Growth, Look
from cupel.control.quantile import quantile

from .counted import Counted
from .fetching import Limits, Unreadable, fetch, pod_url
from .gateway_page import Page, Told, Tool, page
from .reading import Moment, PodAddress, Reading, Readings, Request
from .revision_runs import Counted as Runs
from .revision_runs import counted

PORT = 8004
SHARE = 0.95
"""Latency is what 95 of 100 calls stay below."""
SILENT = Told()
NO_POD = "no Pod of the gateway is ready"
NOT_A_TOOL = "the gateway measures tools only: a Deployment's figures come by PodMetrics or Prometheus"


class Gateway:
    """Asks every ready Pod of the gateway once a look.

    One that does not answer leaves all figures unknown.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        pods: Callable[[], tuple[PodAddress, ...]],
        limits: Limits,
        port: int = PORT,
        url: Callable[[str, int, str], str] = pod_url,
    ) -> None:
        self._http = http
        self._pods = pods
        self._limits = limits
        self._port = port
        self._url = url
        self._counted = Counted()
        self.runs = Runs()
        """What the last look counted of every revision that serves."""
        self.called: Mapping[Tool, float] = {}
        """Calls of each tool under way at the last look, or made since the one before; none: it is not there.
        Those that wait for a Pod are among them."""
        self._totals: Mapping[Tool, float] | None = None

    async def read(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """Rates since the last look; latency and errors over the last half minute; calls under way now."""
        self._counted.forget(moment.steady)
        pods = self._pods()
        self.runs, self.called = Runs(problem="the gateway did not answer in time"), {}
        try:
            texts = {pod.name: text for pod, text in zip(pods, await self._texts(pods), strict=True)}
            pages = {pod: self._page(pod, text) for pod, text in texts.items()}
            self.runs, self.called = counted(texts, pods, moment.steady), self._calls(pages.values())
        except Unreadable as unreadable:
            self.runs = Runs(problem=str(unreadable))
            return {request.key: Reading.missing(str(unreadable)) for request in requests}
        return {request.key: self._reading(request, pages, pods, moment) for request in requests}

    async def _texts(self, pods: Sequence[PodAddress]) -> list[bytes]:
        """The page of every Pod. Raises Unreadable, which names the Pod, when one is missing."""
        if not pods:
            raise Unreadable(NO_POD)
        answers = await asyncio.gather(*map(self._text, pods))
        if problem := next((answer for answer in answers if isinstance(answer, str)), ""):
            raise Unreadable(problem)
        return [answer for answer in answers if isinstance(answer, bytes)]

    async def _text(self, pod: PodAddress) -> bytes | str:
        try:
            return await fetch(self._http, self._url(pod.host, self._port, "/metrics"), self._limits)
        except Unreadable as unreadable:
            return f"gateway Pod {pod.name}: {unreadable}"

    @staticmethod
    def _page(pod: str, text: bytes) -> Page:
        try:
            return page(text)
        except Unreadable as unreadable:
            raise Unreadable(f"gateway Pod {pod}: {unreadable}") from unreadable

    def _calls(self, pages: Iterable[Page]) -> dict[Tool, float]:
        """What each tool was called. Counts that are lower than before began anew, and say nothing."""
        totals: dict[Tool, float] = {}
        found: dict[Tool, float] = {}
        for tool, told in (pair for said in pages for pair in said.items()):
            totals[tool] = totals.get(tool, 0.0) + told.calls
            if told.in_flight > 0:
                found[tool] = found.get(tool, 0.0) + told.in_flight
        before, self._totals = self._totals, totals
        if before is None:
            return found
        for tool, total in totals.items():
            if total > before.get(tool, 0.0):
                found[tool] = found.get(tool, 0.0) + total - before.get(tool, 0.0)
        return found

    def _reading(
        self, request: Request, pages: Mapping[str, Page], pods: tuple[PodAddress, ...], moment: Moment
    ) -> Reading:
        if not request.tool:
            return Reading.missing(NOT_A_TOOL)
        place = (request.key.namespace, request.tool)
        told = {pod: said.get(place, SILENT) for pod, said in pages.items()}
        if request.signal.name == "inFlight":
            return Reading(sum(one.in_flight for one in told.values()), moment.now)
        look = Look(moment.steady, {pod: one.tally for pod, one in told.items()})
        since, window = self._counted.take(request.key, look, pods)
        bounds = {one.bounds for one in told.values() if one.bounds}
        value = since.problem or _value(request.signal.name, since, window, bounds)
        return Reading.missing(value) if isinstance(value, str) else Reading(value, moment.now)


def _value(signal: str, since: Growth, window: Growth, bounds: set[tuple[float, ...]]) -> float | str:
    if signal == "throughputPerSecond":
        return since.per_second()
    if window.problem:
        return window.problem
    calls, errors, *counts = window.amounts
    if calls <= 0:
        return f"nobody called in the last {window.seconds:.0f} s"
    if signal == "errorPerMille":
        return 1000 * errors / calls
    if signal != "latencyMilliseconds":
        return f"the gateway has no signal {signal}"
    if len(bounds) != 1:
        return "the gateway's Pods count latency in different buckets"
    found = quantile(bounds.pop(), counts, SHARE)
    return "the gateway's histogram cannot be read" if isnan(found) else 1000 * found
