"""CloudWatch's GetMetricData in words: what is asked of one metric, and what was answered. No I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Any, NamedTuple

from cupel.api.autonomy_cloudwatch import CloudWatchMetric

from .fetching import Unreadable

TOGETHER = 500
"""Metrics of one call: CloudWatch takes no more."""
PERIODS = 5
"""How many of the last ones are asked for: where the newest has no sample yet, an older one is the newest."""
UNREADABLE = "it answered what is not the answer of GetMetricData"


class Query(NamedTuple):
    """What CloudWatch is asked for, and bills: the same for whoever wants it."""

    region: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str
    period: int
    delay: int

    @classmethod
    def of(cls, asked: CloudWatchMetric) -> Query:
        return cls(
            asked.region,
            asked.namespace,
            asked.metric_name,
            tuple(sorted((one.name, one.value) for one in asked.dimensions)),
            asked.statistic,
            asked.metric_period_seconds,
            asked.delay_seconds,
        )

    def due(self, now: float) -> int:
        """The last period that can be told at `now`, in Unix time, by its number."""
        return floor((now - self.delay) / self.period) - 1


class Sample(NamedTuple):
    """One period: when it ended, in Unix time, and its figure."""

    ended: float
    value: float


@dataclass
class Found:
    """What all pages said of one query."""

    samples: dict[float, float] = field(default_factory=dict)
    """By the time its period began."""
    status: str = ""
    """Complete, PartialData, InternalError or Forbidden, as the last page said."""


def batches(queries: Iterable[Query]) -> list[list[Query]]:
    """What goes in one call: what is of the same periods, so that none brings more than it needs."""
    alike: dict[tuple[int, int], list[Query]] = {}
    for query in queries:
        alike.setdefault((query.period, query.delay), []).append(query)
    return [
        group[start : start + TOGETHER]
        for group in alike.values()
        for start in range(0, len(group), TOGETHER)
    ]


def body(queries: Sequence[Query], now: float, page: str = "") -> bytes:
    """A call for the last periods of these queries, which are alike; each is answered under its place."""
    period, ends = queries[0].period, (queries[0].due(now) + 1) * queries[0].period
    asked = {
        "MetricDataQueries": [_stat(place, query) for place, query in enumerate(queries)],
        "StartTime": ends - PERIODS * period,
        "EndTime": ends,
        "ScanBy": "TimestampDescending",
        **({"NextToken": page} if page else {}),
    }
    return json.dumps(asked, separators=(",", ":")).encode()


def _stat(place: int, query: Query) -> Mapping[str, Any]:
    metric = {
        "Namespace": query.namespace,
        "MetricName": query.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions],
    }
    return {
        "Id": f"q{place}",
        "MetricStat": {"Metric": metric, "Period": query.period, "Stat": query.statistic},
    }


def taken(answer: bytes, found: Sequence[Found]) -> str:
    """Add a page to what was found of each query, by its place; the next page's token, or nothing.

    Raises Unreadable.
    """
    try:
        said = json.loads(answer)
        for one in said.get("MetricDataResults") or ():
            place = int(one["Id"].removeprefix("q"))
            if not 0 <= place < len(found):
                raise Unreadable("it answered a query nobody asked")
            pairs = zip(one.get("Timestamps") or (), one.get("Values") or (), strict=True)
            found[place].samples.update((float(at), float(value)) for at, value in pairs)
            found[place].status = str(one.get("StatusCode", ""))
        return str(said.get("NextToken") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(UNREADABLE) from error


def newest(found: Found, query: Query, now: float) -> Sample | None:
    """The last period that has ended long enough ago, if there is a sample of any."""
    ended = (at + query.period for at in found.samples)
    told = max((at for at in ended if at + query.delay <= now), default=None)
    return None if told is None else Sample(told, found.samples[told - query.period])
