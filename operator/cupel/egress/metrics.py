"""What the proxy counts and logs of a call: approved pairs and words from lists; no path, query or body."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from cupel.api.bundle import short
from cupel.telemetry.logs import FIELDS

from .directory import Caller
from .limits import Key
from .target import Target

log = logging.getLogger("cupel.egress")
BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
WHO = ("namespace", "tool", "digest")


@dataclass
class Record:
    """One call, as far as it came."""

    address: str
    began: float
    caller: Caller | None = None
    metered: Key | None = None
    """Where it counts as under way."""
    method: str = ""
    target: Target | None = None
    allowed: bool = False
    """Whether the target is one of the approved pairs."""
    status: int = 0
    outcome: str = ""
    received: int = 0
    """Bytes of the tool's request bodies, or of a tunnel's way out."""
    returned: int = 0

    def labels(self) -> tuple[str, str, str]:
        caller = self.caller
        return (caller.namespace, caller.bundle.tool, short(caller.digest)) if caller else ("", "", "")


class Metrics:
    """The proxy's instruments, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "cupel_egress_calls",
            "Calls of tools, by what came of them.",
            (*WHO, "target", "method", "outcome"),
            registry=self.registry,
        )
        self.bytes = Counter(
            "cupel_egress_bytes",
            "Bytes of bodies and tunnels, to targets (out) and back (in).",
            (*WHO, "direction"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "cupel_egress_call_seconds",
            "Time from a call's connection to the end of its answer.",
            ("namespace", "tool"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.open = Gauge(
            "cupel_egress_connections", "Connections of tools now open.", registry=self.registry
        )
        self.credentials = Gauge(
            "cupel_egress_credentials_current",
            "1 when the credentials file is in use as it is now; 0 when it cannot be used.",
            registry=self.registry,
        )
        self.credentials.set(1)

    def told(self, record: Record, seconds: float) -> None:
        """Count a call that has ended, and log it."""
        who = record.labels()
        outcome = record.outcome or f"{record.status // 100}xx"
        target = str(record.target) if record.target and record.allowed else ""
        self.calls.labels(*who, target, record.method, outcome).inc()
        if record.caller:
            self.seconds.labels(*who[:2]).observe(seconds)
            self.bytes.labels(*who, "out").inc(record.received)
            self.bytes.labels(*who, "in").inc(record.returned)
        log.info("call", extra={FIELDS: fields(record, outcome, seconds)})


def fields(record: Record, outcome: str, seconds: float) -> dict[str, object]:
    namespace, tool, _ = record.labels()
    caller = record.caller
    return {
        "namespace": namespace,
        "tool": tool,
        "digest": caller.digest if caller else "",
        "pod": caller.pod if caller else "",
        "source": record.address,
        "method": record.method,
        "target": str(record.target) if record.target else "",
        "outcome": outcome,
        "status": record.status,
        "bytesOut": record.received,
        "bytesIn": record.returned,
        "milliseconds": round(seconds * 1000),
    }
