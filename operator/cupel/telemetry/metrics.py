"""The operator's metrics. Names and labels are an API: docs/metrics.md lists them."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
Tool = tuple[str, str]
"""(namespace, name)"""


class Standing(Collector):
    """Where every tool stands, counted when somebody asks, so that nothing stale remains of what is gone."""

    def __init__(self) -> None:
        self.gates: dict[Tool, tuple[str, str]] = {}
        """(gate, reason) at which a tool stands."""
        self.deadlines: dict[Tool, datetime] = {}
        """Until when a tool's approvals are waited for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gates = GaugeMetricFamily(
            "cupel_tool_gate",
            "GeneratedTools by the gate at which they stand (Ready: past all gates) and its reason.",
            labels=["namespace", "gate", "reason"],
        )
        standing = Count((tool[0], *place) for tool, place in self.gates.items())
        for labels, number in sorted(standing.items()):
            gates.add_metric(labels, number)
        yield gates
        deadlines = GaugeMetricFamily(
            "cupel_approval_deadline_timestamp_seconds",
            "When waiting for approvals of a tool becomes a refusal, in Unix time. Absent: nothing waits.",
            labels=["namespace", "tool"],
        )
        for tool, deadline in sorted(self.deadlines.items()):
            deadlines.add_metric(tool, deadline.timestamp())
        yield deadlines


class Ledgers(Collector):
    """How full every ledger is, counted when somebody asks."""

    def __init__(self) -> None:
        self.look: Callable[[], Iterable[tuple[str, int, int]]] = tuple
        """Answers namespace, number of decisions, number of condemnations."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        entries = GaugeMetricFamily(
            "cupel_ledger_entries",
            "Entries of an ApprovalLedger's two lists, decisions and condemned; each holds 2,000.",
            labels=["namespace", "list"],
        )
        for namespace, decisions, condemned in self.look():
            entries.add_metric((namespace, "decisions"), decisions)
            entries.add_metric((namespace, "condemned"), condemned)
        yield entries


class Metrics:
    """One registry for one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.standing, self.ledgers = Standing(), Ledgers()
        for collector in (self.standing, self.ledgers):
            self.registry.register(collector)
        self.trials = self._counter(
            "cupel_trials_total", "Trials that were judged, by verdict and reason.", "verdict", "reason"
        )
        self.generation_failures = self._counter(
            "cupel_generation_failures_total", "Refusals at the gate Generated, by reason.", "reason"
        )
        self.passes = self._counter(
            "cupel_passes_total",
            "Passes over objects, by kind and outcome: unchanged, changed, weather, denied, bug.",
            "kind",
            "outcome",
        )
        self.pass_seconds = Histogram(
            "cupel_pass_seconds",
            "Seconds one pass took, calls included.",
            ["kind"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.writes = self._counter(
            "cupel_writes_total",
            "Writes to the API server, by verb, kind and outcome: ok, denied, weather, unexpected.",
            "verb",
            "kind",
            "outcome",
        )
        self.events_lost = self._counter(
            "cupel_events_lost_total", "Kubernetes Events that could not be recorded."
        )
        self.leader = self._gauge("cupel_leader", "1 while this process leads, else 0.")
        self.queue_depth = self._gauge("cupel_queue_depth", "Objects that wait for a pass or are in one.")
        self.admission_ready = self._gauge(
            "cupel_admission_ready", "1 while the admission policies were seen to hold, else 0."
        )

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def count_write(self, verb: str, kind: str, outcome: str) -> None:
        self.writes.labels(verb, kind, outcome).inc()

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
