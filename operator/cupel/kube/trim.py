"""What we keep of an object in memory, and whether a stored object already is what a manifest wants.

The same trimming is applied to what we see and to what we want, so that the two can be compared.
"""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from typing import Any

from cupel.api.common import JsonObject

METADATA = (
    "name", "namespace", "uid", "resourceVersion", "generation", "labels", "annotations", "ownerReferences",
    "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
)  # fmt: skip
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
SUFFIXES = {
    "": Fraction(1), "m": Fraction(1, 1000), "k": Fraction(10**3), "M": Fraction(10**6), "G": Fraction(10**9),
    "Ki": Fraction(2**10), "Mi": Fraction(2**20), "Gi": Fraction(2**30),
}  # fmt: skip
QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)(m|k|M|G|Ki|Mi|Gi|)$")
FLOWN = ("observedGeneration", "conditions", "desiredReplicas", "desiredAt")
"""Of an AutonomyPolicy's status: what the operator goes by; the belief stays with the autopilot.

Of its evidence the words: a canary that something is held against does not take over.
"""
CONTAINER_STATUS = ("name", "state", "ready", "restartCount", "imageID")


def trim(kind: str, body: JsonObject) -> JsonObject:
    """The part of an object, or of a manifest, that decisions read or comparisons need."""
    kept = {key: value for key, value in body.items() if key in ("spec", "status", "immutable")}
    kept["metadata"] = _metadata(body["metadata"])
    match kind:
        case "Pod":
            kept["spec"] = _pod_spec(body.get("spec", {}))
            if "status" in body:
                kept["status"] = _pod_status(body["status"])
        case "ConfigMap":
            kept["data"] = {key: _hash(text) for key, text in body.get("data", {}).items()}
        case "AutonomyPolicy":
            kept["status"] = _flown(body.get("status", {}))
        case "Namespace":
            kept.pop("spec", None)
    return kept


def _metadata(metadata: JsonObject) -> JsonObject:
    kept = {key: metadata[key] for key in METADATA if key in metadata}
    if LAST_APPLIED in kept.get("annotations", {}):
        kept["annotations"] = {k: v for k, v in kept["annotations"].items() if k != LAST_APPLIED}
    return kept


def _flown(status: JsonObject) -> JsonObject:
    kept = {key: value for key, value in status.items() if key in FLOWN}
    if evidence := status.get("evidence"):
        kept["evidence"] = evidence | {"saved": ""}
    return kept


def _pod_spec(spec: JsonObject) -> JsonObject:
    """A Pod's spec cannot change but for its image: the images are enough to know it again."""
    return {"containers": [{"name": c["name"], "image": c["image"]} for c in spec.get("containers", [])]}


def _pod_status(status: JsonObject) -> JsonObject:
    kept: JsonObject = {key: status[key] for key in ("phase", "reason", "message", "podIP") if key in status}
    kept["conditions"] = [
        {key: one[key] for key in ("type", "status", "reason", "message") if key in one}
        for one in status.get("conditions", [])
        if one.get("status") != "True" or one.get("type") == "Ready"
    ]
    kept["containerStatuses"] = [
        {key: one[key] for key in CONTAINER_STATUS if key in one}
        for one in status.get("containerStatuses", [])
    ]
    return kept


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def holds(stored: Any, wanted: Any) -> bool:
    """Whether every field `wanted` names has that value in `stored`, recursively; what it does not name is
    free.

    Lists are compared item by item, in order. Quantities are compared by value: the server respells `1000m`
    as `1`.
    """
    if isinstance(wanted, dict):
        if not isinstance(stored, dict):
            return not wanted and stored is None
        return all(_holds_field(stored.get(key), value, key) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(stored, list) or len(stored) != len(wanted):
            return not wanted and stored is None
        return all(holds(one, other) for one, other in zip(stored, wanted, strict=True))
    return bool(stored == wanted)


def _holds_field(stored: Any, wanted: Any, key: str) -> bool:
    if key not in ("limits", "requests") or not isinstance(stored, dict):
        return holds(stored, wanted)
    return all(quantity(stored.get(name, "")) == quantity(amount) for name, amount in wanted.items())


def quantity(text: str) -> Fraction | None:
    """The number a Kubernetes quantity stands for; None for what is none."""
    found = QUANTITY.match(text)
    return Fraction(found[1]) * SUFFIXES[found[2]] if found else None
