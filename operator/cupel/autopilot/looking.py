"""One look: every signal asked of its source, all at once, and nobody waited for longer than the look may
take.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from cupel.control.quantities import total
from cupel.kube.client import Client
from cupel.kube.usage import Usage, usage
from cupel.signals.gateway import Gateway
from cupel.signals.gateway_page import Tool
from cupel.signals.pods import NOBODY, Place
from cupel.signals.pods import Pods as PodSource
from cupel.signals.reading import Key, Moment, Reading, Readings, Request, Source
from cupel.signals.revision_pods import PodCounters, PodsCounted
from cupel.signals.revision_runs import Counted

from .asking import NOT_ASKED, Answers, Question
from .seen import PodSeen

SLACK = 1.2
"""A source is given this much of a look's time: each of its requests ends by itself before."""
NO_GATEWAY = "the autopilot does not look at the gateway"
NO_SOURCE = "the autopilot has no Prometheus: CUPEL_AUTOPILOT_PROMETHEUS_URL names none"
GATEWAY = "Gateway"
"""The source that also counts what each revision of a tool does, and knows of calls that wait for a Pod."""
PODS = "PodMetrics"
"""The source that counts what each revision of a Deployment does."""
Pods = Callable[[Request], Sequence[PodSeen]]


class Eyes:
    """Every source, by the word that names it in a policy."""

    def __init__(self, sources: Mapping[str, Source], seconds: float) -> None:
        self._sources = sources
        self._seconds = seconds * SLACK

    async def look(
        self,
        requests: Sequence[Request],
        moment: Moment,
        always: Sequence[str] = (),
        counted: Mapping[Place, PodCounters] = NOBODY,
    ) -> dict[Key, Reading]:
        """A reading for every request. Sources in `always` are asked also when no request names them;
        `counted`: Deployments whose revisions are counted, by policy.
        """
        named = (*always, PODS) if counted else always
        by_source: dict[str, list[Request]] = defaultdict(list, {name: [] for name in named})
        for request in requests:
            by_source[request.signal.type].append(request)
        parts = [self._ask(name, asked, moment, counted) for name, asked in by_source.items()]
        return {key: reading for part in await asyncio.gather(*parts) for key, reading in part.items()}

    @property
    def runs(self) -> Counted:
        """What the gateway counted of every revision that serves, at its last look."""
        source = self._sources.get(GATEWAY)
        return source.runs if isinstance(source, Gateway) else Counted(problem=NO_GATEWAY)

    @property
    def called(self) -> Mapping[Tool, float]:
        """When each tool was last known to be called, on the steady clock, as far as the gateway was seen."""
        source = self._sources.get(GATEWAY)
        return source.called.last if isinstance(source, Gateway) else {}

    async def callers(self, questions: Mapping[int, Question]) -> Answers:
        """Who called each of these revisions, as far as the gateway says in the time of a look."""
        source = self._sources.get(GATEWAY)
        if not isinstance(source, Gateway) or not questions:
            return NOT_ASKED
        asked = (source.callers(one.served, one.seconds) for one in questions.values())
        return dict(zip(questions, await asyncio.gather(*asked), strict=True))

    async def held(self, seconds: float) -> frozenset[Tool]:
        """Tools that calls wait for, as far as the gateway's Pods say so within `seconds`."""
        source = self._sources.get(GATEWAY)
        return await source.held(seconds) if isinstance(source, Gateway) else frozenset()

    def counted(self, place: Place) -> PodsCounted:
        """What the Pods of a policy's Deployment counted, at the last look."""
        source = self._sources.get(PODS)
        found = source.runs.get(place) if isinstance(source, PodSource) else None
        return found or PodsCounted()

    async def _ask(
        self, name: str, requests: Sequence[Request], moment: Moment, counted: Mapping[Place, PodCounters]
    ) -> Readings:
        source = self._sources.get(name)
        if source is None:
            return {request.key: Reading.missing(NO_SOURCE) for request in requests}
        try:
            async with asyncio.timeout(self._seconds):
                if isinstance(source, PodSource):
                    return await source.read(requests, moment, counted)
                return await source.read(requests, moment)
        except TimeoutError:
            late = f"{name} did not answer within {self._seconds:g} s"
            return {request.key: Reading.missing(late) for request in requests}


class UsageSource:
    """Processor and memory of the target's Pods, in percent of what they are limited to, else of what they
    asked for.
    """

    def __init__(self, client: Client, pods: Pods) -> None:
        self._client = client
        self._pods = pods

    async def read(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """One list for each namespace."""
        spaces = sorted({request.key.namespace for request in requests})
        found = await asyncio.gather(*(usage(self._client, space) for space in spaces))
        by_space = dict(zip(spaces, found, strict=True))
        return {request.key: self._reading(request, by_space[request.key.namespace]) for request in requests}

    def _reading(self, request: Request, used: Mapping[str, Usage] | str) -> Reading:
        pods = self._pods(request)
        if isinstance(used, str) or not pods:
            return Reading.missing(used if isinstance(used, str) else "no Pod of the target is ready")
        measured = [(pod, used[pod.name]) for pod in pods if pod.name in used]
        if not measured:
            return Reading.missing("metrics.k8s.io knows none of the target's Pods yet")
        processor = request.signal.name == "cpuPercent"
        amounts = [total(seen.cpu if processor else seen.memory) for _, seen in measured]
        allowed = sum(total(pod.cpu if processor else pod.memory) for pod, _ in measured)
        if not allowed > 0:
            what = "processor" if processor else "memory"
            return Reading.missing(f"the Pods name neither a limit nor a request of {what}: percent of what?")
        return Reading(100 * sum(amounts) / allowed, min(seen.at for _, seen in measured))
