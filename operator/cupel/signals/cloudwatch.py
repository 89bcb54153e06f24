"""Figures from Amazon CloudWatch, where each metric asked for is billed, and late: so each is asked for
once in its period, whoever wants it, and its last sample is kept until it is stale.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite

import aiohttp

from cupel.api.autonomy_cloudwatch import CloudWatchMetric

from .aws_identity import Identity, Wallet
from .cloudwatch_region import Billed, Known, Region
from .fetching import Limits
from .metric_data import Query
from .reading import Key, Moment, Reading, Readings, Request

SETTING = "CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED"
FORGET_SECONDS = 1200.0
"""Longer than any two looks of a policy lie apart."""
CALL_SECONDS = 10.0
"""How long one call may take. It may be longer than a look: its answer counts from the next one on."""
NOT_YET = Known(problem="it has not answered yet")
May = Callable[[str, str, str], bool]
"""Whether policies of a Kubernetes namespace may read, in an AWS region, this namespace of CloudWatch."""


class CloudWatch:
    """CloudWatch of one account, in any region. No look waits for it for longer than for others."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        may: May,
        values: Mapping[str, str],
        limits: Limits,
        billed: Billed,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        """`values`: the environment, as AWS' own libraries read it."""
        self._billed = billed
        self._http = http
        self._may = may
        self._look_seconds = limits.seconds
        self._calls = Limits(call_seconds, limits.size)
        self._wallet = Wallet(http, Identity.of(values), self._calls)
        self._endpoint = values.get("AWS_ENDPOINT_URL_CLOUDWATCH", "")
        self._regions: dict[str, Region] = {}
        self._wanted: dict[Query, float] = {}
        """When each was last wanted, on the steady clock."""

    async def read(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """The newest sample of each metric that may be read, and its age; else why there is none."""
        asked = [(one, one.signal.cloud_watch) for one in requests if one.signal.cloud_watch]
        queries = {one.key: Query.of(metric) for one, metric in asked if self._allowed(one.key, metric)}
        wanted = set(queries.values())
        self._forget(wanted, moment.steady)
        await self._look(wanted, moment)
        return {
            one.key: self._reading(one, metric, queries[one.key], moment)
            if one.key in queries
            else _refused(one.key, metric)
            for one, metric in asked
        }

    async def close(self) -> None:
        """End what is under way."""
        await asyncio.gather(*(region.close() for region in self._regions.values()))

    def _allowed(self, key: Key, metric: CloudWatchMetric) -> bool:
        return self._may(key.namespace, metric.region, metric.namespace)

    async def _look(self, queries: set[Query], moment: Moment) -> None:
        """Ask every region for what is due there; one that does not answer in time keeps nobody waiting."""
        begun = []
        for name in {query.region for query in queries}:
            region = self._region(name)
            here = [query for query in queries if query.region == name]
            if task := region.begin(here, moment):
                begun.append(task)
        if begun:
            await asyncio.wait(begun, timeout=self._look_seconds)

    def _region(self, name: str) -> Region:
        if name not in self._regions:
            self._regions[name] = Region(
                self._http, name, self._endpoint, self._wallet, self._calls, self._billed
            )
        return self._regions[name]

    def _reading(self, request: Request, metric: CloudWatchMetric, query: Query, moment: Moment) -> Reading:
        """A sample is good until it is stale, whatever came after it; unless a person must do something."""
        known = self._region(query.region).known.get(query, NOT_YET)
        sample, stale = known.sample, request.signal.stale_seconds
        old = sample is not None and moment.now - sample.ended > stale
        if sample is None or (known.problem and (known.refused or old)):
            return Reading.missing(f"CloudWatch in {query.region}: {known.problem}")
        if not isfinite(sample.value):
            return Reading.missing(f"CloudWatch in {query.region}: its figure is no number")
        seconds = query.period if metric.read == "Rate" else 1
        return Reading(sample.value * metric.scale / seconds, sample.ended)

    def _forget(self, wanted: Iterable[Query], steady: float) -> None:
        self._wanted |= dict.fromkeys(wanted, steady)
        self._wanted = {one: at for one, at in self._wanted.items() if steady - at < FORGET_SECONDS}
        for region in self._regions.values():
            region.keep(self._wanted)


def _refused(key: Key, metric: CloudWatchMetric) -> Reading:
    return Reading.missing(
        f"{SETTING} of the autopilot does not let policies of the namespace {key.namespace} read "
        f"{metric.namespace} of CloudWatch in {metric.region}: whoever runs Cupel may add "
        f"{key.namespace}={metric.region}/{metric.namespace} to it"
    )
