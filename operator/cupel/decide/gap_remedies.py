"""What a tool's refusal means for the CapabilityGap it was made for: which field to change. Pure."""

from __future__ import annotations

import re

from cupel.api.capability_gap import CapabilityGap

PERMISSION = re.compile(r"`spec\.permissions\.(egress|state|credentials)")
ASKED = re.compile(r"\basked-([1-9][0-9]?)\b")
"""The trials that are the asker's own examples; see `drafted`."""


def remedy(gap: CapabilityGap, reason: str, message: str) -> str:
    """What to change beside the tool itself, as the end of a sentence; empty when nothing is known."""
    if reason == "PermissionNotAllowed" and (found := PERMISSION.search(message)):
        return (
            f"; to allow it, set `spec.permissions.{found[1]}` of ToolPolicy {gap.spec.policy_ref.name}, or "
            "name a policy that does in `spec.policyRef.name` of this gap"
        )
    if found := ASKED.search(message):
        number = int(found[1]) - 1
        if number < len(gap.spec.examples):
            return f"; trial {found[0]} is `spec.examples[{number}]` of this gap: is its result meant so?"
    return ""
