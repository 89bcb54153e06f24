"""The GeneratedTool that a draft becomes: whose wish it is, how it was made, and the asker's own examples."""

from __future__ import annotations

import re

from cupel.api import names
from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Plan
from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.api.generation import Origin
from cupel.api.trial import Trial

from .plan import Manifest

AUTOMATIC = re.compile(r"^gap-[0-9a-f]{10}$")
"""The name of a gap that nobody named; its tool has the same."""
WORD = re.compile(r"^[A-Za-z][A-Za-z0-9 _-]{0,30}$")
SPACE = re.compile(r"[^a-z0-9]+")
LONGEST_STEM = 48
MOST_EXAMPLES = 32


def tool_manifest(gap: CapabilityGap, plan: Plan, draft: Draft, origin: Origin) -> Manifest:
    """The whole object. Everybody who asked is named in it, so that none of them reviews it."""
    asker, *others = gap.no_reviewers
    spec: JsonObject = {
        "description": draft.description,
        "interface": draft.interface.wire() | mcp_name(gap, plan, draft),
        "examples": [one.wire() for one in examples(gap, draft)],
        "source": {"type": "Inline", "inline": {"code": draft.code}},
        "permissions": draft.permissions.wire(),
        "policyRef": gap.spec.policy_ref.wire(),
        "onBehalfOf": asker,
        "contributors": others,
        "origin": origin.wire(),
    }
    if draft.tests:
        spec["tests"] = [one.wire() for one in draft.tests]
    metadata = {"name": plan.tool_name, "namespace": gap.namespace, "labels": {names.GAP: gap.name}}
    return {"apiVersion": "cupel.dev/v1alpha1", "kind": "GeneratedTool", "metadata": metadata, "spec": spec}


def examples(gap: CapabilityGap, draft: Draft) -> tuple[Trial, ...]:
    """The asker's examples first: they are what was wanted, whoever made the rest."""
    asked = tuple(
        Trial(name=f"asked-{number}", arguments=one.arguments, result=one.result)
        for number, one in enumerate(gap.spec.examples, 1)
    )
    known = [one.arguments for one in asked]
    own = (one for one in draft.examples if one.arguments not in known and not one.name.startswith("asked-"))
    return (*asked, *own)[:MOST_EXAMPLES]


def mcp_name(gap: CapabilityGap, plan: Plan, draft: Draft) -> JsonObject:
    """What agents call the tool: as somebody named it, else what it is made of and four digits of its gap.

    Agents choose tools by their names, and `gap-bddb7567e8` says nothing.
    """
    if draft.interface.tool_name or plan.template is None or not AUTOMATIC.match(plan.tool_name):
        return {}
    told = [plan.template, *_told(plan.parameters or {})]
    stem = SPACE.sub("_", "_".join(told).lower()).strip("_")[:LONGEST_STEM].rstrip("_")
    return {"toolName": f"{stem}_{gap.name.rsplit('-', 1)[-1][:4]}"}


def _told(parameters: JsonObject) -> list[str]:
    """The first two parameters that are words."""
    values = [each[0] if isinstance(each, list) and each else each for each in parameters.values()]
    return [each for each in values if isinstance(each, str) and WORD.match(each)][:2]
