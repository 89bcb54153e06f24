"""What the gateway counted of every revision that serves: the raw counters of each of its Pods, for whoever
weighs them.

A revision's series begin at 0 when it begins to serve, and go when it ends.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cupel.control.counting import NOBODY, Look, Tally
from cupel.control.counts import BUCKETS, LATENCY_EDGES

from .fetching import Unreadable
from .reading import PodAddress

NAMED = rb'digest="([0-9a-f]*)",%snamespace="([^"\\\n]*)",tool="([^"\\\n]*)"'
RUNS = re.compile(
    rb'^cupel_gateway_revision_runs_total\{%s,verdict="([a-z]*)"\} (\S+)$' % (NAMED % b""), re.M
)
SECONDS = re.compile(
    rb"^cupel_gateway_revision_run_seconds_bucket\{%s\} (\S+)$" % (NAMED % rb'le="([^"\\\n]*)",'), re.M
)
VERDICTS = ("ok", "failed", "invalid")
FAILED, INVALID, TIMED = 1, 2, 3
"""Places in a tally: runs that went well come first, then these, then the good ones by latency bucket."""
Served = tuple[str, str, str]
"""Namespace, object name of the tool, and the first 40 digits of the digest."""


@dataclass(frozen=True)
class Counted:
    """All counters of one look, by gateway Pod; with a `problem`, in words, nothing is known."""

    at: float = 0.0
    """On the clock that never jumps."""
    pages: Mapping[str, Mapping[Served, Tally]] = field(default_factory=dict)
    since: Mapping[str, float] = field(default_factory=dict)
    """When each Pod was first seen ready."""
    problem: str = "the gateway was not asked yet"

    def of(self, served: Served) -> Look:
        """One revision's counters. A Pod that does not know it yet counted nothing of it."""
        return Look(self.at, {pod: page.get(served, ()) for pod, page in self.pages.items()})

    def fresh(self, before: Look | None) -> frozenset[str]:
        """Pods that became ready after an earlier look."""
        if before is None:
            return NOBODY
        return frozenset(pod for pod, since in self.since.items() if since > before.at)


def counted(texts: Mapping[str, bytes], pods: Sequence[PodAddress], at: float) -> Counted:
    """The pages of all Pods. Raises Unreadable when one holds what is no number."""
    return Counted(
        at, {pod: runs(text) for pod, text in texts.items()}, {pod.name: pod.since for pod in pods}, ""
    )


def runs(text: bytes) -> Mapping[Served, Tally]:
    """The counters of one Pod. Raises Unreadable for what is no number."""
    try:
        return _runs(text)
    except ValueError as error:
        raise Unreadable("its /metrics holds what is no number") from error


def _runs(text: bytes) -> dict[Served, Tally]:
    said: dict[Served, list[float]] = defaultdict(lambda: [0.0] * len(VERDICTS))
    for digest, namespace, tool, verdict, value in RUNS.findall(text):
        if (word := verdict.decode()) in VERDICTS:
            said[namespace.decode(), tool.decode(), digest.decode()][VERDICTS.index(word)] += float(value)
    below: dict[Served, list[tuple[float, float]]] = defaultdict(list)
    for digest, bound, namespace, tool, value in SECONDS.findall(text):
        below[namespace.decode(), tool.decode(), digest.decode()].append((float(bound), float(value)))
    return {served: (*three, *_buckets(below.get(served, ()))) for served, three in said.items()}


def _buckets(below: Sequence[tuple[float, float]]) -> Tally:
    """Cumulative counts as counts by bucket; of other buckets than ours nothing is taken."""
    pairs = sorted(below)
    if len(pairs) != BUCKETS or tuple(bound for bound, _ in pairs[:-1]) != LATENCY_EDGES:
        return (0.0,) * BUCKETS
    counts = [count for _, count in pairs]
    return tuple(late - early for early, late in zip([0.0, *counts], counts, strict=False))
