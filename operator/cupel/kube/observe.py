"""Looking: for each kind, the World of one object, from what is in memory.

Nothing here calls the API server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import ValidationError

from cupel.api import names
from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.capability_gap import CapabilityGap
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision
from cupel.decide import revision_world, tool_world
from cupel.decide import tool_policy as policy_world
from cupel.decide.archive import UNKNOWN
from cupel.decide.asked import asked_by
from cupel.decide.plan import Delete

from . import models, views
from .calls_seen import CallsSeen
from .cluster import Cluster
from .evidence import Evidence, Recent
from .gap_memory import GapMemory
from .resources import (
    APPROVAL_LEDGER,
    AUTONOMY_POLICY,
    CAPABILITY_GAP,
    CONFIG_MAP,
    DEPLOYMENT,
    GENERATED_TOOL,
    POD,
    TOOL_POLICY,
    TOOL_REVISION,
)
from .stores import Mark


@dataclass
class Sight:
    """All that looking needs: what is seen, what was found out, what we were configured with."""

    cluster: Cluster
    evidence: Evidence
    image: str
    targets: tuple[str, ...]
    admission: Callable[..., str]
    """Asked with namespaces: why nothing may start there now; empty when the policies were seen to hold."""
    specs: Recent[tuple[str, int], tool_world.Asked] = field(default_factory=Recent)
    """What a tool's spec asks for, by uid and generation."""
    gaps: GapMemory = field(default_factory=GapMemory)
    calls: CallsSeen = field(default_factory=CallsSeen)


def tool(sight: Sight, namespace: str, name: str) -> GeneratedTool | None:
    """The GeneratedTool, or None when it is gone. Raises pydantic.ValidationError on what is none."""
    found = sight.cluster[GENERATED_TOOL].get(namespace, name)
    return models.tool(found.content) if found else None


def revision(sight: Sight, namespace: str, name: str) -> ToolRevision | None:
    """The ToolRevision, or None when it is gone."""
    found = sight.cluster[TOOL_REVISION].get(namespace, name)
    return models.revision(found.content) if found else None


def policy(sight: Sight, namespace: str, name: str) -> ToolPolicy | None:
    """The ToolPolicy, or None when it is gone."""
    found = sight.cluster[TOOL_POLICY].get(namespace, name)
    return models.policy(found.content) if found else None


def gap(sight: Sight, namespace: str, name: str) -> CapabilityGap | None:
    """The CapabilityGap, or None when it is gone."""
    found = sight.cluster[CAPABILITY_GAP].get(namespace, name)
    return models.gap(found.content) if found else None


def ledger(sight: Sight, namespace: str) -> ApprovalLedger | None:
    """The ledger of a serving namespace, if it has one."""
    found = sight.cluster[APPROVAL_LEDGER].get(namespace, LEDGER_NAME)
    return models.ledger(found.content) if found else None


def ledger_sizes(cluster: Cluster) -> list[tuple[str, int, int]]:
    """Of every serving zone's ledger: namespace, decisions, condemnations."""
    bodies = {n: cluster[APPROVAL_LEDGER].get(n, LEDGER_NAME) for n in cluster.zones("serving")}
    found = {namespace: stored.body() for namespace, stored in bodies.items() if stored}
    return [
        (
            namespace,
            len(body["spec"].get("decisions") or ()),
            len(body.get("status", {}).get("condemned") or ()),
        )
        for namespace, body in found.items()
    ]


def generated_tool(sight: Sight, namespace: str, name: str) -> tool_world.World:
    """What a pass over a GeneratedTool sees."""
    cluster, evidence, owner = sight.cluster, sight.evidence, (namespace, name)
    mine, mark = tool(sight, namespace, name), ("tool", namespace, name)
    here = [found for found in cluster[POD].marked(mark) if found.namespace == namespace]
    return tool_world.World(
        asked=_asked(sight, mine) if mine else None,
        zone=cluster.zone(namespace),
        sandbox=cluster.sandbox(namespace),
        admission=sight.admission(namespace, cluster.sandbox(namespace)),
        policy=policy(sight, namespace, mine.spec.policy_ref.name) if mine else None,
        ledger=ledger(sight, namespace),
        flown_by=tuple(_flown_by(sight, namespace, name)),
        use=sight.calls.of(namespace, mine.tool_name) if mine else UNKNOWN,
        namesakes=tuple(_namesakes(sight, mine)) if mine else (),
        gap=_gap_of(sight, mine) if mine else None,
        revisions=tuple(models.revision(found.content) for found in cluster[TOOL_REVISION].marked(mark)),
        deployments=tuple(found.once(views.deployment) for found in cluster[DEPLOYMENT].marked(mark)),
        pods=tuple(found.once(views.serving_pod) for found in here),
        live=evidence.live.get(owner, {}),
        repeated=evidence.repeated.get(owner, {}),
        denied=evidence.denials.get((GENERATED_TOOL.name, namespace, name), {}),
        leftovers=tuple(_leftovers(sight, mark)),
    )


def tool_revision(sight: Sight, namespace: str, name: str) -> revision_world.World:
    """What a pass over a ToolRevision sees. Of one that is gone: what it left in the sandbox."""
    mine, mark = revision(sight, namespace, name), ("revision", namespace, name)
    leftovers = tuple(_leftovers(sight, mark))
    if mine is None:
        return revision_world.World(wanted=False, leftovers=leftovers)
    parent = tool(sight, namespace, mine.spec.tool)
    sandbox = sight.cluster.sandbox(namespace)
    there = [found for found in sight.cluster[POD].marked(mark) if found.namespace == sandbox]
    return revision_world.World(
        wanted=parent is not None and _wants(sight, parent, mine),
        attempt=parent.spec.attempt if parent else 0,
        generated=parent is not None and parent.spec.origin is not None,
        policy=policy(sight, namespace, parent.spec.policy_ref.name) if parent else None,
        ledger=ledger(sight, namespace),
        admission=sight.admission(namespace, sandbox),
        sandbox=sandbox,
        image=sight.image,
        targets=sight.targets,
        analysis=sight.evidence.analyses.get(mine.spec.digest),
        trials=tuple(found.once(views.trial_pod) for found in there),
        leftovers=leftovers,
        denied=sight.evidence.denials.get((TOOL_REVISION.name, namespace, name), {}),
    )


def tool_policy(sight: Sight, namespace: str, name: str) -> policy_world.World:
    """What a pass over a ToolPolicy sees."""
    return policy_world.World(
        tools=len(sight.cluster[GENERATED_TOOL].by_mark.get(("policy", namespace, name), ())),
        looked_at=sight.calls.looked_at,
    )


def _wants(sight: Sight, parent: GeneratedTool, mine: ToolRevision) -> bool:
    """The tool asks for exactly this digest, or this revision serves."""
    serving = parent.status.serving
    if serving is not None and serving.digest == mine.spec.digest:
        return True
    return parent.metadata.deletion_timestamp is None and _asked(sight, parent).digest == mine.spec.digest


def _asked(sight: Sight, mine: GeneratedTool) -> tool_world.Asked:
    version = (mine.metadata.uid, mine.metadata.generation)
    if version not in sight.specs:
        sight.specs.keep(version, asked_by(mine))
    return sight.specs[version]


def _flown_by(sight: Sight, namespace: str, name: str) -> Iterator[AutonomyPolicy]:
    """Policies that name the tool. One that cannot be read (a newer release wrote it) flies nothing."""
    for found in sight.cluster[AUTONOMY_POLICY].marked(("flown", namespace, name)):
        with suppress(ValidationError):
            if not found.deleting:
                yield models.autonomy(found.content)


def _gap_of(sight: Sight, mine: GeneratedTool) -> CapabilityGap | None:
    with suppress(ValidationError):  # one that a newer release wrote is none
        return gap(sight, mine.namespace, mine.metadata.labels.get(names.GAP, ""))
    return None


def _namesakes(sight: Sight, mine: GeneratedTool) -> Iterator[tool_world.Namesake]:
    for found in sight.cluster[GENERATED_TOOL].marked(("toolName", mine.namespace, mine.tool_name)):
        created = models.tool(found.content).metadata.creation_timestamp
        if found.name != mine.name and created is not None:
            yield tool_world.Namesake(found.name, created)


def _leftovers(sight: Sight, mark: Mark) -> Iterator[Delete]:
    """Pods and ConfigMaps in sandbox zones, of one revision or of a tool, but those on their way out."""
    for kind in (POD, CONFIG_MAP):
        for found in sight.cluster[kind].marked(mark):
            if not found.deleting and sight.cluster.zone(found.namespace) == "sandbox":
                yield views.delete(kind, found)
