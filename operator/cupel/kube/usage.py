"""What Pods use of processor and memory, as metrics.k8s.io has it, where a cluster serves that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .client import Client
from .errors import Denied, Unexpected, Weather
from .resources import Kind

POD_USAGE = Kind("metrics.k8s.io/v1beta1", "PodMetrics", "pods")
PROBLEMS = {
    403: "the autopilot may not read metrics.k8s.io here",
    404: "the cluster does not serve metrics.k8s.io: is metrics-server installed?",
    503: "metrics.k8s.io is not available: is metrics-server running?",
}


@dataclass(frozen=True)
class Usage:
    """One Pod's, as quantities joined by `+`, one of each container."""

    cpu: str
    memory: str
    at: float
    """When it was measured, in Unix time."""


async def usage(client: Client, namespace: str) -> Mapping[str, Usage] | str:
    """Usage by Pod of a namespace, or in words why it cannot be had."""
    try:
        answer = await client.list(POD_USAGE, namespace)
        return {item["metadata"]["name"]: _usage(item) for item in answer["items"]}
    except (Denied, Weather) as error:
        return PROBLEMS.get(error.code, "metrics.k8s.io does not answer")
    except (Unexpected, KeyError, TypeError, ValueError, AttributeError):
        return "metrics.k8s.io answers what cannot be read"


def _usage(item: Mapping[str, Any]) -> Usage:
    parts = [container["usage"] for container in item["containers"]]
    stamp = datetime.fromisoformat(item["timestamp"]).timestamp()
    cpu, memory = ("+".join(str(part[name]) for part in parts) for name in ("cpu", "memory"))
    return Usage(cpu, memory, stamp)
