"""What the autopilot measures of itself and of what it flies. Labels are names, and words from lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

STAGES = ("observe", "orient", "decide", "act", "note", "loop")
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.09, 0.2, 0.5, 1, 2, 5)
FIGURES = {
    "demand_per_second": "Demand that arrived, a second.",
    "level_per_second": "Demand that is believed, a second.",
    "level_deviation_per_second": "Standard deviation of that belief.",
    "trend_per_second": "Growth of demand that is believed, a second each second.",
    "capacity_per_second": "Demand that one Pod is believed to carry, a second.",
    "forecast_per_second": "Demand that is expected when a Pod decided on now would be ready.",
    "forecast_high_per_second": "Demand that the Pods wanted are for.",
    "innovation_consistency": "Normalised squared innovation of the last look: about 1 while all is well.",
    "confidence": "Calibrated probability that the last choice is right, 0 to 1.",
    "replicas": "Pods there are.",
    "desired_replicas": "Pods wanted.",
    "blind": "1 while too little is seen to change anything.",
    "signals_missing": "Signals without a usable sample at the last look.",
    "rollback_evidence": "E-value of the strongest case against what serves, as a power of ten.",
    "rollback_evidence_needed": "What that e-value must be worth to roll back, as a power of ten.",
    "rollback_one_caller": "1 while what speaks against what serves is one caller's calls alone.",
    "adaptation": "Eta: how fast the noise estimates adapt.",
    "memory": "Gamma: the share of the past that is kept.",
    "horizon_seconds": "Tau: how far ahead is forecast.",
    "omega_score": "Share of objectives met, weighted, 0 to 1.",
    "psi_index": "Consistency of belief with what then happened, 0 to 1.",
    "beta_antifragile": "Performance after a disturbance relative to before.",
}
"""Gauges of one policy, by the end of their name."""
Place = tuple[str, str]


class Instruments(Collector):
    """The last look at every policy, told when somebody asks: nothing stale remains of what is gone."""

    def __init__(self) -> None:
        self.policies: dict[Place, Mapping[str, float]] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, text in FIGURES.items():
            family = GaugeMetricFamily(f"cupel_autopilot_{name}", text, labels=["namespace", "policy"])
            for place, figures in sorted(self.policies.items()):
                if not isnan(figures.get(name, float("nan"))):
                    family.add_metric(place, figures[name])
            yield family


class Metrics:
    """The autopilot's instruments, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.instruments = Instruments()
        self.registry.register(self.instruments)
        self.leader = self._gauge("leader", "1 while this process leads, else 0.")
        self.paused = self._gauge("paused", "1 while the switch holds all policies still.")
        self.seconds = Histogram(
            "cupel_autopilot_stage_seconds",
            "Time the stages of a tick took: observe, orient, decide, act, note, and loop for all of it.",
            ["stage"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.ticks = self._counter("ticks", "Looks at all policies of one period.")
        self.late = self._counter(
            "late_ticks", "Ticks that began later than half a period after they were due."
        )
        self.clock_steps = self._counter("clock_steps", "Times the clock of the day was set while we flew.")
        self.failures = self._counter("failures", "Ticks that ended in a mistake of ours; the log has it.")
        self.events_lost = self._counter("events_lost", "Kubernetes Events that could not be recorded.")
        self.missing = self._counter(
            "missing_samples", "Signals without a usable sample, by why.", "namespace", "policy", "verdict"
        )
        self.decisions = self._counter(
            "decisions",
            "Choices made, by what was chosen and why.",
            "namespace",
            "policy",
            "action",
            "reason",
        )
        self.rollbacks = self._counter(
            "rollbacks", "Rollbacks chosen: done (Act), or only said.", "namespace", "policy", "authority"
        )
        self.writes = self._counter(
            "writes", "Writes to the API server: ok, denied, weather, unexpected.", "verb", "kind", "outcome"
        )
        self.billed = self._counter("cloudwatch_metrics", "Metrics CloudWatch was asked for.", "region")
        for stage in STAGES:
            self.seconds.labels(stage)

    def count_write(self, verb: str, kind: str, outcome: str) -> None:
        self.writes.labels(verb, kind, outcome).inc()

    def count_billed(self, region: str, metrics: int) -> None:
        self.billed.labels(region).inc(metrics)

    def forget(self, present: set[Place]) -> None:
        """Drop the gauges of policies that are gone."""
        kept = {place: figures for place, figures in self.instruments.policies.items() if place in present}
        self.instruments.policies = kept

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"cupel_autopilot_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"cupel_autopilot_{name}", text, registry=self.registry)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
