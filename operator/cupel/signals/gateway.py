"""The gateway's own measurements: its Pods' /metrics, summed, as figures of one tool."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isnan

import aiohttp

from cupel.control.counting import Growth, Look
from cupel.control.one_caller import Heard
from cupel.control.quantile import quantile

from .called import Called
from .counted import Counted
from .fetching import Limits, Unreadable, bearer, fetch, pod_url
from .gateway_calls import HELD_PATH, Tool, calls_told
from .gateway_page import Page, Told, page
from .reading import Moment, PodAddress, Reading, Readings, Request
from .revision_callers import heard, path, summed
from .revision_runs import Counted as Runs
from .revision_runs import Served, counted

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
        token_file: str = "",
    ) -> None:
        """`token_file` holds the token by which the gateway knows us; it is read at every question."""
        self._http = http
        self._pods = pods
        self._limits = limits
        self._port = port
        self._url = url
        self._token_file = token_file
        self._counted = Counted()
        self.runs = Runs()
        """What the last look counted of every revision that serves."""
        self.called = Called()
        """When each tool was called last; calls that wait for a Pod are among them."""

    async def read(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """Rates since the last look; latency and errors over the last half minute; calls under way now."""
        self._counted.forget(moment.steady)
        pods = self._pods()
        self.runs = Runs(problem="the gateway did not answer in time")
        answers = await asyncio.gather(*(self._text(pod, "/metrics", self._limits) for pod in pods))
        texts = {pod.name: answer for pod, answer in zip(pods, answers, strict=True)}
        pages, problem = _pages(texts)
        self.called.look(pages, moment.steady)
        self.called.forget(frozenset(texts), moment.steady)
        try:
            if problem:
                raise Unreadable(problem)
            bodies = {pod: text for pod, text in texts.items() if isinstance(text, bytes)}
            self.runs = counted(bodies, pods, moment.steady)
        except Unreadable as unreadable:
            self.runs = Runs(problem=str(unreadable))
            return {request.key: Reading.missing(str(unreadable)) for request in requests}
        return {request.key: self._reading(request, pages, pods, moment) for request in requests}

    async def held(self, seconds: float) -> frozenset[Tool]:
        """Tools that calls wait for, by every Pod that says so in time: a small page, beside the looks."""
        limits = replace(self._limits, seconds=min(seconds, self._limits.seconds))
        answers = await asyncio.gather(*(self._text(pod, HELD_PATH, limits) for pod in self._pods()))
        return frozenset().union(*map(_waiting, answers))

    async def callers(self, served: Served, seconds: float) -> Heard | None:
        """Who called a revision in about the last so many seconds; None where a Pod does not say."""
        pods = self._pods()
        try:
            headers = bearer(self._token_file)
            asked = path(served, seconds)
            urls = [self._url(pod.host, self._port, asked) for pod in pods]
            answers = await asyncio.gather(
                *(fetch(self._http, u, self._limits, headers=headers) for u in urls)
            )
            return summed(map(heard, answers)) if pods else None
        except Unreadable:
            return None

    async def _text(self, pod: PodAddress, path: str, limits: Limits) -> bytes | str:
        try:
            return await fetch(self._http, self._url(pod.host, self._port, path), limits)
        except Unreadable as unreadable:
            return str(unreadable)

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


def _pages(texts: Mapping[str, bytes | str]) -> tuple[dict[str, Page], str]:
    """The pages that can be read, and what is wrong with the first that cannot; empty: nothing is."""
    pages: dict[str, Page] = {}
    problem = "" if texts else NO_POD
    for pod, text in texts.items():
        try:
            if isinstance(text, str):
                raise Unreadable(text)
            pages[pod] = page(text)
        except Unreadable as unreadable:
            problem = problem or f"gateway Pod {pod}: {unreadable}"
    return pages, problem


def _waiting(answer: bytes | str) -> frozenset[Tool]:
    try:
        return calls_told(answer).waiting if isinstance(answer, bytes) else frozenset()
    except Unreadable:
        return frozenset()


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
