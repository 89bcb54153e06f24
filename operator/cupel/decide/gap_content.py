"""What a CapabilityGap asks for, as one short hash, and whether a tool was drafted for that. Pure."""

from __future__ import annotations

import hashlib

from cupel.api import names
from cupel.api.bundle import canonical
from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool, PolicyReference


def fingerprint_of(gap: CapabilityGap) -> str:
    """Hash of what is wished for and who judges it, whoever asked and however often."""
    spec = gap.spec.wire()
    said: JsonObject = {
        name: spec[name] for name in ("wish", "examples", "openapi", "template") if name in spec
    }
    if gap.spec.policy_ref != PolicyReference():
        said["policyRef"] = spec["policyRef"]  # another policy judges another tool
    return hashlib.sha256(canonical(said)).hexdigest()[:16]


def reworded(gap: CapabilityGap, tool: GeneratedTool) -> bool:
    """The author drafted it for other words, examples, template, document or policy than the gap has now."""
    origin = tool.spec.origin
    if tool.spec.requested_by != names.AUTHOR or origin is None or not origin.plan:
        return False
    return origin.plan != fingerprint_of(gap)
