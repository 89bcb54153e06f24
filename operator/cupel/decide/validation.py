"""The gate Validated: trials in gVisor, judged, repeated when they end without a verdict, recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

from cupel.api.tool_policy import ValidationPolicy
from cupel.api.tool_revision import ToolRevision, ValidationEvidence

from . import desired, pods, proof
from .plan import Apply, Outcome, again, passed, refused, waiting
from .revision_world import World
from .trials import FOR_THE_AUTHOR, TrialPod, Verdict, judge, passes


def validated(rev: ToolRevision, world: World, now: datetime) -> Outcome:
    """A trial in gVisor proved its isolation, imported the code and passed every trial."""
    evidence = rev.status.validation
    if evidence is not None and counts(evidence, world):
        if evidence.verdict == "Passed":
            return passed(evidence.reason, evidence.message)
        return refused(evidence.reason, _and_then(evidence.reason, evidence.message))
    if not world.wanted:
        return waiting("Superseded", "the tool asks for another revision now")
    for obstacle in (_no_start(world), _judged(rev, world, now)):
        if obstacle is not None:
            return obstacle
    return _start(rev, world)


def counts(evidence: ValidationEvidence, world: World) -> bool:
    """A pass counts for its image; a failure also only until somebody asks for another attempt."""
    if evidence.image != world.image:
        return False
    return evidence.verdict == "Passed" or evidence.attempt == world.attempt


def _no_start(world: World) -> Outcome | None:
    if world.admission:
        return waiting("AdmissionNotReady", world.admission)
    if world.policy is None:
        return waiting("PolicyMissing", "the tool's ToolPolicy is not there")
    if not world.sandbox:
        return waiting(
            "SandboxMissing",
            "label cupel.dev/sandbox of the namespace names no sandbox zone now: kubectl cupel zone init",
        )
    return None


def _next_run(rev: ToolRevision, world: World) -> int:
    """One more than any run of this attempt that is still there, also one with an older image."""
    prefix = desired.trial_name(rev, world.attempt, 0)[:-1]
    taken = [int(pod.name.rsplit("-", 1)[1]) for pod in world.trials if pod.name.startswith(prefix)]
    return max(taken, default=-1) + 1


def _runs(rev: ToolRevision, world: World) -> tuple[TrialPod, ...]:
    prefix = desired.trial_name(rev, world.attempt, 0)[:-1]
    mine = (pod for pod in world.trials if pod.name.startswith(prefix) and pod.image == world.image)
    return tuple(sorted(mine, key=lambda pod: int(pod.name.rsplit("-", 1)[1])))


def _judged(rev: ToolRevision, world: World, now: datetime) -> Outcome | None:
    """What the runs of this attempt came to; None when another run has to start."""
    if world.policy is None:
        return None
    limits = world.policy.spec.validation
    deadline = timedelta(seconds=limits.deadline_seconds)
    runs = _runs(rev, world)
    verdicts = [judge(pod, desired.nonce(rev, pod.name), rev.spec.digest, deadline, now) for pod in runs]
    for pod, verdict in zip(runs, verdicts, strict=True):
        if verdict.kind in ("Passed", "Failed"):
            return _recorded(pod, _proved(verdict, limits, world), world, now)
        if verdict.kind == "Running":
            message = verdict.message or f"trial {pod.name} runs"
            return again(waiting(verdict.reason, message), timedelta(seconds=5))
    if len(runs) >= limits.max_runs:
        last = verdicts[-1]
        message = f"{len(runs)} trials ended without a verdict, the last: {last.message}"
        return _recorded(runs[-1], Verdict("Failed", last.reason, message), world, now)
    return None


def _proved(verdict: Verdict, limits: ValidationPolicy, world: World) -> Verdict:
    """A pass, as properties and mutants leave it."""
    report = verdict.report
    if verdict.kind != "Passed" or report is None:
        return verdict
    found = proof.refusal(report, limits)
    if found and proof.held(limits, world.generated):
        return Verdict("Failed", *found, report)
    return passes(report, proof.said(report, limits))


def _recorded(pod: TrialPod, verdict: Verdict, world: World, now: datetime) -> Outcome:
    evidence = ValidationEvidence(
        run=pod.name,
        image=world.image,
        attempt=world.attempt,
        verdict="Passed" if verdict.kind == "Passed" else "Failed",
        reason=verdict.reason,
        message=verdict.message[:2048],
        report=verdict.report,
        finished_at=now,
    )
    if verdict.kind == "Passed":
        return passed(verdict.reason, verdict.message, validation=evidence)
    return refused(verdict.reason, _and_then(verdict.reason, verdict.message), validation=evidence)


def _and_then(reason: str, message: str) -> str:
    """What happened, and what helps: another attempt only where it may end otherwise."""
    if reason in FOR_THE_AUTHOR:
        return f"{message}. Correct the tool and apply it again"
    return f"{message}. To try again: raise spec.attempt of the tool"


def _start(rev: ToolRevision, world: World) -> Outcome:
    assert world.policy is not None  # noqa: S101  # _no_start stands before
    limits = world.policy.spec.validation
    run = desired.trial_name(rev, world.attempt, _next_run(rev, world))
    content = desired.tests_file(rev, run, limits, world.targets)
    tests = desired.trial_tests(rev, world.sandbox, content)
    pod = pods.trial_pod(rev, world.sandbox, run, world.image, limits, tests["metadata"]["name"])
    actions = (Apply(desired.sandbox_bundle(rev, world.sandbox)), Apply(tests), Apply(pod))
    if said := "; ".join(world.denied[action.thing] for action in actions if action.thing in world.denied):
        return waiting("TrialDenied", f"the API server refuses the trial: {said}", *actions)
    return waiting("TrialStarting", f"starting trial {run}", *actions)
