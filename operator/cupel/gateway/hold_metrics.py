"""What is counted of calls that wait for a tool to wake."""

from __future__ import annotations

from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

WAKE_BUCKETS = (0.5, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 60, 120, 300)
End = Literal["woken", "late", "gone", "off", "restarted", "full"]


class HoldMetrics:
    """Labels are tools of the catalogue and words from a list."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("namespace", "tool")
        self.held = Gauge(
            "cupel_gateway_held_calls", "Calls that wait for a tool to wake.", labels, registry=registry
        )
        self._ends = Counter(
            "cupel_gateway_holds",
            "Calls that came while their tool was asleep, by how holding them ended.",
            (*labels, "end"),
            registry=registry,
        )
        self._seconds = Histogram(
            "cupel_gateway_wake_seconds",
            "Time that calls were held whose tool woke.",
            labels,
            buckets=WAKE_BUCKETS,
            registry=registry,
        )

    def waiting(self, namespace: str, tool: str, calls: int) -> None:
        """So many wait now. Who has none has no series: the page is read several times a second."""
        if calls:
            self.held.labels(namespace, tool).set(calls)
        else:
            self.held.remove(namespace, tool)

    def ended(self, namespace: str, tool: str, end: End, seconds: float = 0.0) -> None:
        """One call is no longer held, after so long."""
        self._ends.labels(namespace, tool, end).inc()
        if end == "woken":
            self._seconds.labels(namespace, tool).observe(seconds)
