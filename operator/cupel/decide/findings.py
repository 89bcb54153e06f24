"""What the author of a refused draft may know: public findings whole, security rules by name of kind only."""

from __future__ import annotations

from dataclasses import dataclass

from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import Finding, ToolRevision

from . import proof

TOLD = frozenset({
    "too-large", "nul-byte", "not-utf-8", "byte-order-mark", "encoding-cookie", "tab-mix",
    "identifier-not-nfkc", "too-complex", "syntax-error", "syntax-not-allowed", "module-body", "run-missing",
    "run-signature", "run-generator", "unknown-name", "star-import", "capability-undeclared",
    "permission-unused", "endless-loop", "huge-constant", "analyser-timeout",
})  # fmt: skip
"""Rules about form. Every other rule guards a wall: where exactly it hit would teach the way around it."""
UNSEEN = "check-"
"""Trials of this name were written by somebody else, and their author never sees them."""
UNNOTICED = "too many changes of the code go unnoticed: add examples or tests, or remove what is not needed"
A_WALL = (
    "a security rule of the analyser refused the code; keep to the contract, and do without what it forbids"
)


@dataclass(frozen=True)
class Refusal:
    """Why a draft was refused, as far as its author may know."""

    told: tuple[str, ...]
    security: bool = False
    """Whether a security rule refused it."""


def refusal(tool: GeneratedTool, rev: ToolRevision | None) -> Refusal | None:
    """What is held against the tool's present content; None while it is nothing an author can mend."""
    failed = {one.type: one for one in tool.status.conditions if one.status == "False"}
    if accepted := failed.get("Accepted"):
        return Refusal((f"{accepted.reason}: {accepted.message}",))
    if rev is None or rev.name != tool.status.revision:
        return None
    if "Analyzed" in failed and rev.status.analysis is not None:
        return _analysed(rev.status.analysis.findings)
    if "Validated" in failed and rev.status.validation is not None:
        return _tried(rev)
    return None


def _analysed(findings: tuple[Finding, ...]) -> Refusal:
    told = [
        f"{one.rule}, line {one.line}: {one.message} {one.suggestion}" for one in findings if one.rule in TOLD
    ]
    security = any(one.rule not in TOLD for one in findings)
    return Refusal((*told, *([A_WALL] if security else [])), security)


def _tried(rev: ToolRevision) -> Refusal | None:
    """What came of the trials; None where that says nothing about the code, as an eviction does."""
    evidence = rev.status.validation
    report = evidence.report if evidence else None
    if evidence is None or report is None:
        return None
    if evidence.reason == "PropertyBroken" and report.properties:
        return Refusal(tuple(proof.broken_lines(report.properties)))
    if evidence.reason == "MutantsSurvive" and report.mutants:
        return Refusal((UNNOTICED, *proof.survivor_lines(report.mutants)))
    if evidence.reason == "MutantsUnjudged" and report.mutants:
        return Refusal((proof.obstacle_line(report.mutants),))
    if report.import_error:
        return Refusal((f"importing the module failed: {report.import_error}",))
    hidden = [one for one in report.failures if one.kind == "HeldOut" or one.name.startswith(UNSEEN)]
    told = [f"trial {one.name}: {one.reason} {one.message}" for one in report.failures if one not in hidden]
    unseen = ["a trial you have not seen failed: the code must hold for all input the description promises"]
    return Refusal((*told, *(unseen if hidden else []))) if report.failures else None
