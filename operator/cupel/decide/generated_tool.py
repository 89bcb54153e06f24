"""The life of a GeneratedTool: every gate in order. Which revision serves meanwhile: `succession`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cupel.api.bundle import Bundle, bundle_of, revision_name
from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generated_tool_status import MAX_TOOL_NAME, ServingStatus
from cupel.api.tool_revision import ToolRevision

from . import desired
from .acceptance import accepted
from .approval import condemned_message
from .approvals import may_serve, risk_of
from .archive import last_used
from .asked import asked_by
from .canary import canary, under_way
from .plan import Apply, Outcome, Plan, Walk, passed, refused, waiting, walk
from .replicas import switched_off
from .rollback import condemnations, obeyed, rolled_back
from .rollout import available, verified
from .succession import Scene, expelled, outdated, retired, revisit, serving_now, set_scene, strays
from .summary import conditions
from .tidy import tidied
from .tool_world import World
from .versioning import bounded, given, next_version, version_of

__all__ = ["World", "decide"]


def decide(tool: GeneratedTool | None, world: World, now: datetime) -> Plan:
    """One pass over one tool. None: it is gone, and what it left in the sandbox goes too."""
    if tool is None or tool.metadata.deletion_timestamp is not None:
        return Plan(None, world.leftovers + strays(world))
    rev = world.revision_of((world.asked or asked_by(tool)).digest)
    scene = set_scene(tool, rev, walk(_gates(tool, rev, world, now)), world, now)
    serving = serving_now(scene)
    gone = retired(scene, serving) + expelled(scene) + outdated(scene, serving)
    actions = scene.actions + condemnations(tool, world) + gone
    if world.admission:
        actions = tuple(action for action in actions if not isinstance(action, Apply))
    shown, beside = Walk(scene.taken.outcomes + rolled_back(tool, world)), tidied(actions, world.denied)
    meanwhile = serving is not None and not shown.arrived and not switched_off(tool)
    suffix = _meanwhile(serving, rev) if serving and meanwhile else ""
    generation = tool.metadata.generation
    reason = (serving and serving.sleep) or "Serving"
    found = conditions(shown, tool.status.conditions, generation, now, reason, suffix, beside)
    update = _facts(scene) | scene.evidence | {"serving": serving, "conditions": found}
    return Plan(tool.status.model_copy(update=update), actions, revisit(scene, serving))


def _meanwhile(serving: ServingStatus, rev: ToolRevision | None) -> str:
    """Which revision serves; the one asked for does not, where its Pods are what is missing."""
    itself = rev is not None and rev.spec.digest == serving.digest
    if itself and not serving.ready_replicas:
        return f"; no Pod of revision {serving.revision} is ready"
    return f"; revision {serving.revision} serves meanwhile"


def _gates(
    tool: GeneratedTool, rev: ToolRevision | None, world: World, now: datetime
) -> Iterator[tuple[str, Outcome]]:
    """`rev`: the revision asked for, where it exists."""
    yield "Accepted", accepted(tool, world)
    yield "Generated", generated(tool, rev, world)
    if rev is None:
        return
    yield "Analyzed", of_revision(rev, "Analyzed")
    yield "Validated", of_revision(rev, "Validated")
    yield "Approved", approved(rev, world)
    yield "Available", available(tool, rev, world, now)
    yield "Verified", verified(tool, rev, world, now)
    if (shared := canary(tool, rev, world, now)) is not None:
        yield "Canary", shared


def generated(tool: GeneratedTool, rev: ToolRevision | None, world: World) -> Outcome:
    """A ToolRevision of exactly this content exists."""
    if rev is not None:
        return passed("RevisionExists", f"revision {rev.name}")
    bundle = bundle_of(tool)
    digest = bundle.digest()
    name, version = revision_name(tool.name, digest), version_of(tool.status.versions, digest)
    if version is None:
        return _numbered(tool, world, bundle)
    manifest = desired.revision(tool, bundle, version)
    if denied := world.denied.get(f"ToolRevision/{name}"):
        return refused("RevisionDenied", f"the API server refuses revision {name}: {denied}", Apply(manifest))
    return waiting("Generating", f"making revision {name}, version {version}", Apply(manifest))


def _numbered(tool: GeneratedTool, world: World, bundle: Bundle) -> Outcome:
    """The version is given by the status alone, before there is a revision that bears it.

    That write holds only against the tool as it was read: so no two digests ever get one version.
    """
    known = given(tool.status.versions, world.revisions)
    version, why = next_version(known, world.revisions, bundle)
    taken = bounded({**known, version: bundle.digest()}, world.revisions)
    return waiting("Generating", f"the revision gets version {version}: {why}", versions=taken)


def of_revision(rev: ToolRevision, kind: str) -> Outcome:
    """What the revision's own gate of this name says."""
    for found in rev.status.conditions:
        if found.type == kind:
            return Outcome(found.status, found.reason, found.message)
    return waiting("Pending", f"revision {rev.name} has not come to {kind}")


def approved(rev: ToolRevision, world: World) -> Outcome:
    """The revision's gate, and the ledger as it is this moment."""
    outcome = of_revision(rev, "Approved")
    if world.ledger and (why := world.ledger.status.condemned.get(rev.spec.digest)):
        return refused("Condemned", condemned_message(why, rev))
    objection = may_serve(world.ledger, rev.spec.digest, rev.spec.egress)
    if outcome.status == "True" and objection:
        return waiting("ApprovalWithdrawn", objection)
    return outcome


def _facts(scene: Scene) -> JsonObject:
    tool, rev = scene.tool, scene.rev
    window = rev.status.approval if rev else None
    runs = any(gate == "Available" for gate, _ in scene.taken.outcomes)
    return {
        "last_used": last_used(tool, scene.world.use, scene.now),
        "versions": scene.versions,
        "version": version_of(scene.versions, rev.spec.digest) if rev else None,
        "observed_generation": tool.metadata.generation,
        "tool_name": tool.tool_name if len(tool.tool_name) <= MAX_TOOL_NAME else None,
        "canary": under_way(tool, rev) if runs and not scene.taken.arrived else None,
        "rollback_obeyed": obeyed(tool, scene.world),
        "revision": rev.name if rev else None,
        "digest": rev.spec.digest if rev else None,
        "risk": risk_of(tool.spec.permissions),
        "approvals": f"{window.given}/{window.needed}" if window else None,
    }
