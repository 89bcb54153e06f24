"""The gateway's /metrics, read into what each tool's calls came to. Every pattern is linear in the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .fetching import Unreadable

OURS = frozenset(
    {"broken", "busy", "invalid_result", "out_of_memory", "timeout", "too_large", "tool_error", "unavailable"}
)
"""Outcomes that count as errors: what the tool or its Pods did, never what a caller asked for."""
NAMED = rb'namespace="([^"\\\n]*)",'
CALLS = re.compile(
    rb'^cupel_gateway_calls_total\{%soutcome="([a-z_]*)",tool="([^"\\\n]*)"\} (\S+)$' % NAMED, re.M
)
BUCKETS = re.compile(
    rb'^cupel_gateway_call_seconds_bucket\{le="([^"\\\n]*)",%stool="([^"\\\n]*)"\} (\S+)$' % NAMED, re.M
)
IN_FLIGHT = re.compile(rb'^cupel_gateway_in_flight\{%stool="([^"\\\n]*)"\} (\S+)$' % NAMED, re.M)
OURS_TO_READ = b"# TYPE cupel_gateway_calls_total counter"
Tool = tuple[str, str]
"""(namespace, MCP name)"""


@dataclass(frozen=True)
class Told:
    """What one gateway Pod says of one tool: its counts since it started, and the calls under way."""

    calls: float = 0.0
    errors: float = 0.0
    bounds: tuple[float, ...] = ()
    """Upper ends of the histogram's buckets, in seconds, rising."""
    counts: tuple[float, ...] = ()
    in_flight: float = 0.0

    @property
    def tally(self) -> tuple[float, ...]:
        return (self.calls, self.errors, *self.counts)


Page = Mapping[Tool, Told]


def page(text: bytes) -> Page:
    """Every tool that was called since the Pod started. Raises Unreadable when it is not a gateway's page."""
    if OURS_TO_READ not in text:
        raise Unreadable("its answer is not the gateway's /metrics")
    try:
        return dict(_told(text))
    except ValueError as error:
        raise Unreadable("its /metrics holds what is no number") from error


def _told(text: bytes) -> Iterator[tuple[Tool, Told]]:
    calls: dict[Tool, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for namespace, outcome, tool, value in CALLS.findall(text):
        both = calls[namespace.decode(), tool.decode()]
        both[0] += float(value)
        both[1] += float(value) if outcome.decode() in OURS else 0.0
    buckets: dict[Tool, list[tuple[float, float]]] = defaultdict(list)
    for bound, namespace, tool, value in BUCKETS.findall(text):
        buckets[namespace.decode(), tool.decode()].append((float(bound), float(value)))
    flights = {
        (space.decode(), tool.decode()): float(value) for space, tool, value in IN_FLIGHT.findall(text)
    }
    for key in calls.keys() | buckets.keys() | flights.keys():
        pairs = sorted(buckets.get(key, ()))
        bounds, counts = tuple(end for end, _ in pairs), tuple(count for _, count in pairs)
        total, errors = calls.get(key, (0.0, 0.0))
        yield key, Told(total, errors, bounds, counts, flights.get(key, 0.0))
