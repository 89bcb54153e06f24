"""What the gateway counts. Labels are tools of the catalogue and words from lists, never a caller's."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

BUCKETS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)
"""Of OpenTelemetry's semantic conventions for `mcp.server.operation.duration`."""
STORE_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 10)


class StoreMetrics:
    """How the store of state does."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.up = Gauge(
            "cupel_gateway_store_up",
            "Whether the store of state answered when it was last asked.",
            registry=registry,
        )
        self.seconds = Histogram(
            "cupel_gateway_store_seconds",
            "Time the store of state took to answer.",
            buckets=STORE_BUCKETS,
            registry=registry,
        )
        self.failures = Counter(
            "cupel_gateway_store_failures", "Times the store of state failed.", registry=registry
        )


class Metrics:
    """The gateway's instruments, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "cupel_gateway_calls",
            "Tool calls, by what came of them.",
            ("namespace", "tool", "outcome"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "cupel_gateway_call_seconds",
            "Time from a tool call's arrival to its answer.",
            ("namespace", "tool"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "cupel_gateway_in_flight",
            "Tool calls under way.",
            ("namespace", "tool"),
            registry=self.registry,
        )
        self.refused = Counter(
            "cupel_gateway_refused",
            "Requests refused before they became calls.",
            ("reason",),
            registry=self.registry,
        )
        self.tools = Gauge(
            "cupel_gateway_tools",
            "Tools of a namespace that can be called.",
            ("namespace",),
            registry=self.registry,
        )
        self.store = StoreMetrics(self.registry)

    def called(self, namespace: str, tool: str, outcome: str, seconds: float) -> None:
        self.calls.labels(namespace, tool, outcome).inc()
        self.seconds.labels(namespace, tool).observe(seconds)
