"""What the gateway counts. Labels are tools of the catalogue and words from lists, never a caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from cupel.api.bundle import short
from cupel.clock import steady
from cupel.control.counts import LATENCY_EDGES

from .ask_metrics import AskMetrics
from .hold_metrics import HoldMetrics
from .outcome import Label
from .revision_callers import RevisionCallers

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
        self.tenants = Gauge(
            "cupel_gateway_state_tenants",
            "Tenants whose state is kept, by the tool they called.",
            ("namespace", "tool"),
            registry=registry,
        )
        self.limit = Gauge(
            "cupel_gateway_state_tenants_limit",
            "The most tenants whose state is kept: of one tool, of the tools of one namespace.",
            ("of",),
            registry=registry,
        )

    def fill(self, tenants: Mapping[tuple[str, str], int]) -> None:
        """What is there now, and nothing of tools that are gone."""
        self.tenants.clear()
        for (namespace, tool), count in tenants.items():
            self.tenants.labels(namespace, tool).set(count)

    def bound(self, *, tool: int, namespace: int) -> None:
        self.limit.labels("tool").set(tool)
        self.limit.labels("namespace").set(namespace)


VERDICTS: dict[Label, str] = {
    "ok": "ok",
    "tool_error": "failed",
    "out_of_memory": "failed",
    "broken": "failed",
    "timeout": "invalid",
    "too_large": "invalid",
    "invalid_result": "invalid",
}
"""What a run says about the revision that served it. Other outcomes are the caller's or the cluster's."""
Served = tuple[str, str, str]
"""Namespace, object name of the tool, and the first 40 digits of the digest."""


class RevisionMetrics:
    """How each revision does that serves now, from its first run on: what rollbacks are decided by."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._serving: frozenset[Served] = frozenset()
        self.callers = RevisionCallers(clock)
        """Who called them: beside the series, for a name is no label."""
        self._counted: set[Served] = set()
        """Those that have series: a thousand tools that nobody calls cost nothing to expose."""
        labels = ("namespace", "tool", "digest")
        self.runs = Counter(
            "cupel_gateway_revision_runs",
            "Runs of a revision that serves, by what they say about it.",
            (*labels, "verdict"),
            registry=registry,
        )
        self.seconds = Histogram(
            "cupel_gateway_revision_run_seconds",
            "Time a Pod of the revision took to answer, of runs that went well.",
            labels,
            buckets=LATENCY_EDGES,
            registry=registry,
        )

    def serve(self, namespace: str, revisions: Iterable[tuple[str, str]]) -> None:
        """These (tool, digest) serve in the namespace; the series of whatever else did are dropped."""
        now = frozenset((namespace, tool, short(digest)) for tool, digest in revisions)
        before = frozenset(one for one in self._serving if one[0] == namespace)
        for gone in (before - now) & self._counted:
            for verdict in ("ok", "failed", "invalid"):
                self.runs.remove(*gone, verdict)
            self.seconds.remove(*gone)
            self.callers.forget(gone)
        self._counted -= before - now
        self._serving = (self._serving - before) | now

    def ran(
        self, namespace: str, tool: str, digest: str, label: Label, seconds: float, caller: str = ""
    ) -> None:
        """A run ended. Not counted: one of a revision that no longer serves, or that says nothing of it."""
        one = (namespace, tool, short(digest))
        verdict = VERDICTS.get(label)
        if verdict is None or one not in self._serving:
            return
        if one not in self._counted:
            self._counted.add(one)
            for each in ("ok", "failed", "invalid"):
                self.runs.labels(*one, each)
            self.seconds.labels(*one)
        self.runs.labels(*one, verdict).inc()
        self.callers.ran(one, caller, verdict, seconds)
        if verdict == "ok":
            self.seconds.labels(*one).observe(seconds)


class Metrics:
    """The gateway's instruments, in a registry of their own."""

    def __init__(self, clock: Callable[[], float] = steady) -> None:
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
        self.last_call = _last_call(self.registry)
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
        self.revisions = RevisionMetrics(self.registry, clock)
        self.asks = AskMetrics(self.registry)
        self.holds = HoldMetrics(self.registry)

    def called(self, namespace: str, tool: str, outcome: str, seconds: float) -> None:
        self.calls.labels(namespace, tool, outcome).inc()
        self.seconds.labels(namespace, tool).observe(seconds)


def _last_call(registry: CollectorRegistry) -> Gauge:
    return Gauge(
        "cupel_gateway_last_call_timestamp_seconds",
        "When a tool was called last, in Unix time: a tool that nobody calls is archived.",
        ("namespace", "tool"),
        registry=registry,
    )
