"""The Pods that serve: parsed from the API server's objects, indexed by what they serve, picked by load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cupel.api.bundle import short
from cupel.api.names import DIGEST, TOOL_PORT

CALLS_AT_ONCE = 8
"""What a tool's launcher takes at once; more would wait there, unseen."""
AVOID_SECONDS = 1.0
"""How long a Pod that did not accept a connection is asked last."""


@dataclass(frozen=True)
class ServingPod:
    """What calling a Pod takes."""

    namespace: str
    name: str
    digest: str
    """The first 40 digits."""
    address: str
    """`host:port`; empty while it has none."""
    ready: bool


def parse_pod(body: Mapping[str, Any]) -> ServingPod:
    """Read a Pod. Raises KeyError, TypeError or AttributeError when it is none."""
    metadata, status = body["metadata"], body.get("status") or {}
    conditions = status.get("conditions") or []
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ServingPod(
        namespace=metadata["namespace"],
        name=metadata["name"],
        digest=(metadata.get("labels") or {}).get(DIGEST, ""),
        address=_address(status.get("podIP") or "", _port(body)),
        ready=ready and not metadata.get("deletionTimestamp"),
    )


@dataclass
class Backend:
    """One Pod that takes calls, and how many it has."""

    address: str
    in_flight: int = 0
    avoid_until: float = 0.0


@dataclass
class Backends:
    """All Pods that take calls, by what they serve."""

    _by_namespace: dict[str, dict[str, dict[str, Backend]]] = field(default_factory=dict)
    """Namespace, digest (40 digits), address."""
    _turn: int = 0

    def learn(self, namespace: str, pods: list[ServingPod]) -> None:
        """These are the Pods of a namespace now; what is known about those that stay is kept."""
        before = self._by_namespace.pop(namespace, {})
        now: dict[str, dict[str, Backend]] = {}
        for pod in pods:
            if pod.ready and pod.address and pod.digest:
                known = before.get(pod.digest, {}).get(pod.address)
                now.setdefault(pod.digest, {})[pod.address] = known or Backend(pod.address)
        if now:
            self._by_namespace[namespace] = now

    def pick(self, namespace: str, digest: str, tried: frozenset[str], now: float) -> Backend | None:
        """The least busy Pod not tried yet, in turn among equals; Pods that just refused come last.

        None when there is none, or every one has all the calls it takes at once.
        """
        backends = [
            backend
            for address, backend in self._serving(namespace, digest).items()
            if address not in tried and backend.in_flight < CALLS_AT_ONCE
        ]
        if not backends:
            return None
        self._turn += 1
        start = self._turn % len(backends)
        return min(backends[start:] + backends[:start], key=lambda b: (b.avoid_until > now, b.in_flight))

    def _serving(self, namespace: str, digest: str) -> dict[str, Backend]:
        return self._by_namespace.get(namespace, {}).get(short(digest), {})

    def count(self, namespace: str, digest: str) -> int:
        return len(self._serving(namespace, digest))


def _port(body: Mapping[str, Any]) -> int:
    """The port named `http`; admission allows only the launcher's."""
    containers = (body.get("spec") or {}).get("containers") or [{}]
    ports = containers[0].get("ports") or []
    return next((int(p["containerPort"]) for p in ports if p.get("name") == "http"), TOOL_PORT)


def _address(ip: str, port: int) -> str:
    if not ip:
        return ""
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
