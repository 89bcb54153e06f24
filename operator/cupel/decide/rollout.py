"""The gates Available and Verified of one revision: its Pods are ready, the live tool is the approved one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.bundle import canonical, short
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generated_tool_status import VerificationEvidence
from cupel.api.tool_revision import ToolRevision

from . import canary, desired, pods, sleep
from .plan import Apply, Outcome, Status, Verify, again, passed, refused, waiting
from .replicas import Count, count
from .tool_world import DeploymentView, LiveCheck, PodView, World

REPEAT_EVERY = timedelta(seconds=60)
KEPT_VERIFICATIONS = 4
IMAGE_REASONS = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName")


def available(tool: GeneratedTool, rev: ToolRevision, world: World, now: datetime) -> Outcome:
    """The Deployment of this digest runs every Pod wanted, from the template wanted, ready.

    While an AutonomyPolicy flies the tool, fewer are enough: Pods on their way are no news.
    """
    image = image_of(rev, world)
    if not image:
        return waiting(
            "NotValidated", f"revision {rev.name} was not validated with the present sandbox image"
        )
    deployment = world.deployment(rev.name)
    wanted = pods_wanted(tool, rev, world, now)
    nudge = _nudge(deployment, world, rev)
    manifest = pods.serving_deployment(rev, tool.spec.serving, image, wanted.replicas, nudge)
    actions = (Apply(desired.serving_bundle(rev)), Apply(manifest))
    if denied := world.denied.get(f"Deployment/{rev.name}"):
        return refused("DeploymentDenied", f"the API server refuses the Deployment: {denied}", *actions)
    found = replace(_availability(tool, rev, world, wanted, now), actions=actions)
    return again(found, _sooner(found.revisit, wanted.revisit))


def _sooner(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return min((time for time in (one, other) if time is not None), default=None)


def _availability(
    tool: GeneratedTool, rev: ToolRevision, world: World, wanted: Count, now: datetime
) -> Outcome:
    deployment, why = world.deployment(rev.name), f"; {wanted.why}" if wanted.why else ""
    if sleep.sleeps(wanted):
        return sleep.asleep(wanted)
    if wanted.replicas == 0:
        return waiting("ScaledToZero", "`spec.serving.replicas` is 0: nothing serves")
    status, reason, message = _why_not(deployment, _mine(rev, world))
    if deployment is None or deployment.template != _template(tool, rev, world):
        return Outcome(status, reason, message + why)
    said = f"{deployment.ready} of {wanted.replicas} Pods are ready{why}"
    if deployment.complete and deployment.ready:
        return passed("PodsReady", said)
    proved = _proved(tool, rev, world)
    if 0 < wanted.least <= deployment.ready and proved:
        return passed("PodsReady", said if reason == "PodsStarting" else f"{said}; {message}")
    wakes = proved and reason == "PodsStarting" and not deployment.ready
    woken = sleep.waking(wanted, _mine(rev, world), now) if wakes else None
    return woken or Outcome(status, reason, message + why)


def _template(tool: GeneratedTool, rev: ToolRevision, world: World) -> str:
    return pods.template_hash(rev, tool.spec.serving, image_of(rev, world))


def _proved(tool: GeneratedTool, rev: ToolRevision, world: World) -> bool:
    """Whether Pods of this template answered their live check before."""
    stored = _stored(tool, rev, template_key(tool, rev, world))
    return stored is not None and stored.verdict == "Passed"


def pods_wanted(tool: GeneratedTool, rev: ToolRevision, world: World, now: datetime) -> Count:
    """How many of this revision. One that did not answer its live check yet may not sleep before it did."""
    found = count(tool, world, now)
    if sleep.sleeps(found) and not _proved(tool, rev, world):
        return replace(found, replicas=1)
    share = canary.pods_of_share(tool, rev, found.replicas, world, now)
    return replace(found, replicas=share, least=min(found.least, share))


def image_of(rev: ToolRevision, world: World) -> str:
    """The sandbox image the revision was proved with; what runs goes on with its own until proved anew."""
    evidence = rev.status.validation
    if evidence is not None and evidence.verdict == "Passed":
        return evidence.image
    deployment = world.deployment(rev.name)
    return deployment.image if deployment else ""


def _mine(rev: ToolRevision, world: World) -> tuple[PodView, ...]:
    return tuple(p for p in world.pods if p.digest == short(rev.spec.digest) and not p.terminating)


def _nudge(deployment: DeploymentView | None, world: World, rev: ToolRevision) -> str:
    """A denied ReplicaSet waits up to 16 minutes; a changed template asks again at once.

    So the ledger's word about this digest is put into the template, but only while Pods are denied.
    """
    if deployment is None or world.ledger is None:
        return ""
    return _ledger_mark(world.ledger, rev.spec.digest) if deployment.failure else deployment.nudged


def _ledger_mark(ledger: ApprovalLedger, digest: str) -> str:
    entry = ledger.spec.decisions.get(digest)
    said = [
        entry.wire() if entry else None,
        ledger.spec.floors.wire(),
        ledger.spec.separation,
        list(ledger.spec.launcher_images),
        digest in ledger.status.condemned,
    ]
    return hashlib.sha256(canonical(said)).hexdigest()[:16]


def _why_not(deployment: DeploymentView | None, mine: tuple[PodView, ...]) -> tuple[Status, str, str]:
    """Status, reason and message of a Deployment that is not complete."""
    if deployment is None:
        return "Unknown", "DeploymentStarting", "making the Deployment"
    if deployment.failure:
        return "Unknown", "PodsDenied", f"the API server refuses the Pods: {deployment.failure}"
    for pod in mine:
        if pod.waiting == "CrashLoopBackOff":
            message = f"Pod {pod.name} ends again and again ({pod.last_exit}): see its log"
            return "False", "ToolCrashing", message
        if pod.waiting in IMAGE_REASONS:
            return "Unknown", "ImageMissing", f"Pod {pod.name} cannot get its image: {pod.waiting}"
        if pod.unschedulable:
            return "Unknown", "Unschedulable", f"no node takes Pod {pod.name}: {pod.unschedulable}"
    return "Unknown", "PodsStarting", f"{deployment.ready} Pods are ready"


def verified(tool: GeneratedTool, rev: ToolRevision, world: World, now: datetime) -> Outcome:
    """Once for each Pod template the live tool answers its examples; then those with `liveCheck: Always`."""
    key = template_key(tool, rev, world)
    wanted = pods_wanted(tool, rev, world, now)
    if _proved(tool, rev, world) and sleep.answers_later(wanted, world.deployment(rev.name)):
        message = f"asleep, a call wakes it: revision {rev.name} answered as approved before it fell asleep"
        return passed("LiveCheckPassed", sleep.asleep(wanted).message if wanted.archived else message)
    check = _stored(tool, rev, key) or world.live.get((rev.spec.digest, key))
    if check is None or check.verdict == "Unreached":
        message = check.message if check else "calling the live tool with its examples"
        call = _call(tool, rev, key, world, repeat=False)
        return again(waiting("LiveCheck", message, call), timedelta(seconds=2))
    evidence = _evidence(tool, rev, key, check)
    if check.verdict == "Failed":
        message = f"the live tool is not as approved: {check.message}. Edit the tool, or raise spec.attempt"
        return refused("LiveCheckFailed", message, verifications=evidence)
    return _repeated(tool, rev, key, world, now, evidence)


def template_key(tool: GeneratedTool, rev: ToolRevision, world: World) -> str:
    """What a live check is good for: the Pod template, and the attempt that asked for it."""
    return f"{_template(tool, rev, world)}.{tool.spec.attempt}"


def _stored(tool: GeneratedTool, rev: ToolRevision, key: str) -> LiveCheck | None:
    for kept in tool.status.verifications:
        if kept.digest == rev.spec.digest and kept.template == key:
            return LiveCheck(kept.verdict, kept.message, kept.checked_at)
    return None


def _evidence(
    tool: GeneratedTool, rev: ToolRevision, key: str, check: LiveCheck
) -> tuple[VerificationEvidence, ...]:
    others = tuple(v for v in tool.status.verifications if (v.digest, v.template) != (rev.spec.digest, key))
    mine = VerificationEvidence(
        digest=rev.spec.digest,
        template=key,
        verdict="Passed" if check.verdict == "Passed" else "Failed",
        message=check.message[:2048],
        checked_at=check.at,
    )
    return (*others, mine)[-KEPT_VERIFICATIONS:]


def _call(tool: GeneratedTool, rev: ToolRevision, key: str, world: World, *, repeat: bool) -> Verify:
    return Verify(
        digest=rev.spec.digest,
        template=key,
        bundle=rev.spec.bundle,
        addresses=tuple(sorted(p.address for p in _mine(rev, world) if p.ready and p.address)),
        timeout_seconds=tool.spec.serving.timeout_seconds,
        repeat=repeat,
    )


def _repeated(
    tool: GeneratedTool,
    rev: ToolRevision,
    key: str,
    world: World,
    now: datetime,
    evidence: tuple[VerificationEvidence, ...],
) -> Outcome:
    good = passed("LiveCheckPassed", f"revision {rev.name} answers as approved", verifications=evidence)
    if not any(trial.live_check == "Always" for trial in rev.spec.bundle.examples):
        return good
    last = world.repeated.get((rev.spec.digest, key))
    due = last is None or now - last.at >= REPEAT_EVERY
    actions = (_call(tool, rev, key, world, repeat=True),) if due else ()
    wait = REPEAT_EVERY if last is None or due else REPEAT_EVERY - (now - last.at)
    if last is not None and last.verdict != "Passed":
        message = f"the live tool no longer answers as approved: {last.message}"
        return again(waiting("LiveCheckFailing", message, *actions, verifications=evidence), wait)
    return again(passed(good.reason, good.message, *actions, verifications=evidence), wait)
