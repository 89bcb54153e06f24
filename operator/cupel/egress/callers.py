"""Which Pod calls: parsed from the API server's objects, found by source address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cupel.api.bundle import short
from cupel.api.names import BUNDLE_PATH, DIGEST

HEX = re.compile(r"[0-9a-f]{64}")
ARGUMENTS = ["serve", "--bundle", BUNDLE_PATH, "--sha256"]
"""Admission holds a serving Pod to these, followed by the 64 digits it was approved by."""


@dataclass(frozen=True)
class CallingPod:
    """A Pod that might call. `digest` is empty when it launches none that admission would have let in."""

    namespace: str
    name: str
    uid: str
    digest: str
    addresses: tuple[str, ...]
    """Empty unless it runs and is not about to go."""


def parse_pod(body: Mapping[str, Any]) -> CallingPod:
    """Read a Pod. Raises KeyError, TypeError or AttributeError when it is none."""
    metadata, status = body["metadata"], body.get("status") or {}
    alive = status.get("phase") == "Running" and not metadata.get("deletionTimestamp")
    told = [entry["ip"] for entry in status.get("podIPs") or []] or [status.get("podIP") or ""]
    return CallingPod(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        digest=_digest(body["spec"], (metadata.get("labels") or {}).get(DIGEST, "")),
        addresses=tuple(address for address in told if address) if alive else (),
    )


def _digest(spec: Mapping[str, Any], label: str) -> str:
    """What the one container's command line names, if the label says the same."""
    containers = spec.get("containers") or []
    arguments = containers[0].get("args") or [] if len(containers) == 1 else []
    if len(arguments) != 5 or arguments[:4] != ARGUMENTS or not HEX.fullmatch(str(arguments[4])):
        return ""
    digest = f"sha256-{arguments[4]}"
    return digest if label == short(digest) else ""


def by_address(pods: Iterable[CallingPod]) -> dict[str, list[CallingPod]]:
    """All that have an address; more than one while one Pod's address passes to the next."""
    found: dict[str, list[CallingPod]] = {}
    for pod in pods:
        for address in pod.addresses:
            found.setdefault(address, []).append(pod)
    return found
