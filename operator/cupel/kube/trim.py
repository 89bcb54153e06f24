"""What we keep of an object in memory, and whether a stored object already is what a manifest wants.

The same trimming is applied to what we see and to what we want, so that the two can be compared.
"""

from __future__ import annotations

import hashlib
from typing import Any

from cupel.api.common import JsonObject

METADATA = (
    "name", "namespace", "uid", "resourceVersion", "generation", "labels", "annotations", "ownerReferences",
    "creationTimestamp", "deletionTimestamp",
)  # fmt: skip
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
CONTAINER_STATUS = ("name", "state", "ready", "restartCount", "imageID")


def trim(body: JsonObject) -> JsonObject:
    """The part of an object, or of a manifest, that decisions read or comparisons need."""
    kept = {key: value for key, value in body.items() if key in ("spec", "status", "immutable")}
    kept["metadata"] = _metadata(body["metadata"])
    match body.get("kind"):
        case "Pod":
            kept["spec"] = _pod_spec(body.get("spec", {}))
            kept["status"] = _pod_status(body.get("status", {}))
        case "ConfigMap":
            kept["data"] = {key: _hash(text) for key, text in body.get("data", {}).items()}
        case "Namespace":
            kept.pop("spec", None)
    return kept


def _metadata(metadata: JsonObject) -> JsonObject:
    kept = {key: metadata[key] for key in METADATA if key in metadata}
    if LAST_APPLIED in kept.get("annotations", {}):
        kept["annotations"] = {k: v for k, v in kept["annotations"].items() if k != LAST_APPLIED}
    return kept


def _pod_spec(spec: JsonObject) -> JsonObject:
    """A Pod's spec cannot change but for its image: the images are enough to know it again."""
    return {"containers": [{"name": c["name"], "image": c["image"]} for c in spec.get("containers", [])]}


def _pod_status(status: JsonObject) -> JsonObject:
    kept = {key: status[key] for key in ("phase", "reason", "message", "podIP") if key in status}
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
    """Whether every field `wanted` names has that value in `stored`, recursively; what it does not name is free.

    Lists are compared item by item, in order. Quantities are compared as text, so manifests must use the server's
    own spelling (`128Mi`, `500m`), as the API server gives back what it was given.
    """
    if isinstance(wanted, dict):
        if not isinstance(stored, dict):
            return not wanted and stored is None
        return all(holds(stored.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(stored, list) or len(stored) != len(wanted):
            return not wanted and stored is None
        return all(holds(one, other) for one, other in zip(stored, wanted, strict=True))
    return bool(stored == wanted)
