"""Which revision of a tool serves now, which one keeps serving meanwhile, and which ones go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.bundle import short
from cupel.api.common import API_VERSION, JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generated_tool_status import ServingStatus
from cupel.api.tool_revision import ToolRevision

from .approvals import may_serve
from .plan import Action, Delete, Outcome, Walk, walk
from .rollout import available, verified
from .sleep import sleep_of
from .tool_world import World
from .versioning import Versions, given, newest, version_of

DRAIN = timedelta(seconds=5)
"""How long a revision goes on running after another took over, so that every gateway has turned away."""
GRACE_SECONDS = 3
"""What a Pod gets to end once people took back what let it run. The launcher needs two."""


@dataclass(frozen=True)
class Scene:
    """One pass, once its gates were asked."""

    tool: GeneratedTool
    world: World
    now: datetime
    taken: Walk
    """How far the revision asked for came."""
    rev: ToolRevision | None
    """The revision asked for, where it exists."""
    keeper: ToolRevision | None
    """What serves while the revision asked for may not."""
    kept: Walk | None
    """How far the keeper came, when it is another revision than the one asked for, or retired."""

    @property
    def actions(self) -> tuple[Action, ...]:
        return self.taken.actions + (self.kept.actions if self.kept else ())

    @property
    def versions(self) -> Versions:
        return given(self.tool.status.versions, self.world.revisions)

    @property
    def evidence(self) -> JsonObject:
        return (self.kept.evidence if self.kept else {}) | self.taken.evidence


def set_scene(
    tool: GeneratedTool, rev: ToolRevision | None, taken: Walk, world: World, now: datetime
) -> Scene:
    """Find the keeper, and ask it Available and Verified."""
    keeper = None if taken.arrived else _keeper(tool, world)
    kept = None
    ends = tool.spec.lifecycle == "Retired"  # no gate of it is asked, and its Pods go all the same
    if keeper is not None and (keeper != rev or ends):
        kept = walk(_gates_of(keeper, tool, world, now))
    return Scene(tool, world, now, taken, rev, keeper, kept)


def _gates_of(
    rev: ToolRevision, tool: GeneratedTool, world: World, now: datetime
) -> Iterator[tuple[str, Outcome]]:
    yield "Available", available(tool, rev, world, now)
    yield "Verified", verified(tool, rev, world, now)


def _keeper(tool: GeneratedTool, world: World) -> ToolRevision | None:
    """What served last; else, after a rollback or a restore, the newest that was approved."""
    able = [rev for rev in world.revisions if _was_approved(rev) and servable(rev, world)]
    last = tool.status.serving.digest if tool.status.serving else ""
    return next((rev for rev in able if rev.spec.digest == last), max(able, key=_age, default=None))


def servable(rev: ToolRevision, world: World) -> bool:
    """Proved once, and the ledger lets it run now."""
    evidence = rev.status.validation
    proved = (evidence is not None and evidence.verdict == "Passed") or world.deployment(rev.name) is not None
    return proved and not may_serve(world.ledger, rev.spec.digest, rev.spec.egress)


def _was_approved(rev: ToolRevision) -> bool:
    return rev.status.approval is not None and rev.status.approval.verdict == "Approved"


def _age(rev: ToolRevision) -> tuple[str, str]:
    created = rev.metadata.creation_timestamp
    return (created.isoformat() if created else "", rev.name)


def serving_now(scene: Scene) -> ServingStatus | None:
    """The revision that serves after this pass; a keeper that does not serve yet has to arrive first."""
    old = scene.tool.status.serving
    chosen = scene.rev if scene.taken.arrived else scene.keeper
    if chosen is None:
        return None
    same = old is not None and old.digest == chosen.spec.digest
    arrived = scene.taken.arrived or (scene.kept is not None and scene.kept.arrived)
    if not same and not arrived:
        return None
    deployment, walked = scene.world.deployment(chosen.name), scene.kept or scene.taken
    return ServingStatus(
        revision=chosen.name,
        digest=chosen.spec.digest,
        version=version_of(scene.versions, chosen.spec.digest),
        since=old.since if old is not None and same else scene.now,
        ready_replicas=min(deployment.ready, 20) if deployment else 0,
        sleep=sleep_of(walked),
    )


def retired(scene: Scene, serving: ServingStatus | None) -> tuple[Action, ...]:
    """Deployments nobody needs: at once when they may not run, else a while after another took over."""
    reached = scene.rev is not None and any(gate == "Available" for gate, _ in scene.taken.outcomes)
    needed = {scene.keeper.name if scene.keeper else "", scene.rev.name if scene.rev and reached else ""}
    may_run = {rev.name for rev in scene.world.revisions if servable(rev, scene.world)}
    drained = _drained(scene, serving)
    return tuple(
        Delete("apps/v1", "Deployment", scene.tool.namespace, d.name, d.uid)
        for d in scene.world.deployments
        if d.name not in needed and (d.name not in may_run or drained)
    )


def _drained(scene: Scene, serving: ServingStatus | None) -> bool:
    """The takeover is stored, and long enough ago."""
    stored = scene.tool.status.serving
    if stored is None or serving is None or stored.digest != serving.digest:
        return False
    return scene.now - stored.since >= DRAIN


def expelled(scene: Scene) -> tuple[Action, ...]:
    """Pods of digests that the ledger does not let run: told to end at once, whatever grace their spec gives.

    Behind their Deployment, which goes in the same pass; whoever makes one again meets admission.
    """
    ledger = scene.world.ledger
    lawful = {
        short(rev.spec.digest)
        for rev in scene.world.revisions
        if not may_serve(ledger, rev.spec.digest, rev.spec.egress)
    }
    return tuple(
        Delete("v1", "Pod", scene.tool.namespace, pod.name, pod.uid, GRACE_SECONDS)
        for pod in scene.world.pods
        if pod.digest not in lawful and not (pod.terminating and pod.grace_seconds <= GRACE_SECONDS)
    )


def strays(world: World) -> tuple[Action, ...]:
    """Pods that are labelled for a tool that is gone, of digests that the ledger does not let run: nobody
    else looks at them. All others go with the tool's Deployments.
    """
    return tuple(
        Delete("v1", "Pod", pod.namespace, pod.name, pod.uid, GRACE_SECONDS)
        for pod in world.pods
        if world.zone == "serving"
        and not _may_run(world.ledger, pod.digest)
        and not (pod.terminating and pod.grace_seconds <= GRACE_SECONDS)
    )


def _may_run(ledger: ApprovalLedger | None, digits: str) -> bool:
    """As the ledger alone says of a digest of which a Pod's label has the first 40 digits."""
    if ledger is None or digits in map(short, ledger.status.condemned):
        return False
    decided = ledger.spec.decisions.items()
    known = next(((digest, entry.egress) for digest, entry in decided if short(digest) == digits), None)
    return not may_serve(ledger, *known) if known else ledger.spec.floors.without_egress == 0


def outdated(scene: Scene, serving: ServingStatus | None) -> tuple[Action, ...]:
    """Revisions beyond retention. Those asked for, serving or with a Deployment stay, as does the one of the
    highest version, which the next is compared with; and none goes before the status holds its version.
    """
    world = scene.world
    if world.policy is None:
        return ()
    busy = {d.name for d in world.deployments}
    busy |= {scene.rev.name if scene.rev else "", serving.revision if serving else ""}
    stored = scene.tool.status.versions
    busy |= {rev.name for rev in world.revisions if rev.spec.digest == newest(stored)}
    past = sorted((rev for rev in world.revisions if rev.name not in busy), key=_age, reverse=True)
    past = [rev for rev in past if version_of(stored, rev.spec.digest)]
    return tuple(
        Delete(API_VERSION, "ToolRevision", scene.tool.namespace, rev.name, rev.metadata.uid)
        for rev in past[world.policy.spec.retention.revisions :]
    )


def revisit(scene: Scene, serving: ServingStatus | None) -> timedelta | None:
    """When to look again if nothing wakes us."""
    draining = serving is not None and len(scene.world.deployments) > 1
    times = [scene.taken.revisit, scene.kept.revisit if scene.kept else None, DRAIN if draining else None]
    return min((t for t in times if t is not None), default=None)
