"""The life of a ToolRevision: Analyzed, Validated, Approved. Its status is the evidence for one digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cupel.analysis import ANALYSER
from cupel.api.tool_revision import AnalysisEvidence, ToolRevision

from .approval import approved
from .approvals import risk_of
from .plan import Action, Analyze, Outcome, Plan, passed, refused, waiting, walk
from .revision_world import World
from .summary import conditions
from .tidy import tidied
from .validation import counts, validated

__all__ = ["World", "decide"]


def decide(rev: ToolRevision, world: World, now: datetime) -> Plan:
    """One pass over one revision."""
    outcomes = walk(_gates(rev, world, now))
    actions = outcomes.actions + _tidy(rev, world)
    generation, beside = rev.metadata.generation, tidied(actions, world.denied)
    status = rev.status.model_copy(
        update={
            "observed_generation": generation,
            "risk": risk_of(rev.spec.bundle.permissions),
            "conditions": conditions(
                outcomes, rev.status.conditions, generation, now, "Approved", beside=beside
            ),
            **outcomes.evidence,
        }
    )
    return Plan(status, actions, outcomes.revisit)


def _gates(rev: ToolRevision, world: World, now: datetime) -> Iterator[tuple[str, Outcome]]:
    yield "Analyzed", analyzed(rev, world)
    yield "Validated", validated(rev, world, now)
    yield "Approved", approved(rev, world, now)


def analyzed(rev: ToolRevision, world: World) -> Outcome:
    """The analyser of this version accepts the bytes, and finds no more than was declared."""
    evidence = rev.status.analysis
    if evidence is None or evidence.analyser != ANALYSER:
        evidence = world.analysis
    if evidence is None or evidence.analyser != ANALYSER:
        return waiting("Analyzing", "the analyser reads the code", _analysis(rev))
    if evidence.verdict == "Accepted":
        found = ", ".join(evidence.capabilities) or "none"
        return passed("CodeAccepted", f"capabilities: {found}", analysis=evidence)
    return refused(refusal(evidence), _first_finding(evidence), analysis=evidence)


def _analysis(rev: ToolRevision) -> Analyze:
    bundle = rev.spec.bundle
    return Analyze(
        digest=rev.spec.digest,
        code=bundle.code,
        egress=bundle.permissions.egress,
        state=bundle.permissions.state,
        parameters=tuple(sorted(bundle.interface.input_schema.get("properties", {}))),
    )


def refusal(evidence: AnalysisEvidence) -> str:
    """Reason of a refusal: the code, its permissions, or an analyser that gave up."""
    rules = {finding.rule for finding in evidence.findings}
    if any(rule.startswith("analyser-") for rule in rules):
        return "AnalyserFailed"
    if rules and all(rule.startswith(("capability-", "permission-", "egress-")) for rule in rules):
        return "PermissionsDiffer"
    return "CodeRefused"


def _first_finding(evidence: AnalysisEvidence) -> str:
    if not evidence.findings:
        return "the analyser refused the code and named no finding"
    first = evidence.findings[0]
    more = len(evidence.findings) - 1 + evidence.more_findings
    text = f"line {first.line} [{first.rule}]: {first.message} {first.suggestion}".rstrip()
    return text + (f" (and {more} more: kubectl cupel explain)" if more else "")


def _tidy(rev: ToolRevision, world: World) -> tuple[Action, ...]:
    """Sandbox objects go once their verdict is stored, or nobody wants it any more."""
    evidence = rev.status.validation
    stored = evidence is not None and counts(evidence, world)
    return world.leftovers if stored or not world.wanted else ()
