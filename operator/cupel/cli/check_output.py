"""What `check` prints: one block for each tool, or one JSON document, cupel.dev/check/v1."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from cupel.api.common import JsonObject
from cupel.api.tool_revision import AnalysisEvidence
from cupel.decide.harmless import one_line

from .check import WORST, Result, Verdict
from .output import Exit, Format, console, print_json
from .tree import finding_line

FORMAT = "cupel.dev/check/v1"
STYLES = {"Accepted": "bold green", "Refused": "bold red", "Unusable": "bold yellow"}


def report(results: list[Result], output: Format) -> Exit:
    """Print all results; the exit code is the worst's."""
    if output is Format.JSON:
        print_json(document(results))
    else:
        out = console()
        for result in results:
            _block(out, result)
    return Exit(WORST[worst(results)])


def worst(results: list[Result]) -> Verdict:
    return max((result.verdict for result in results), key=WORST.__getitem__, default="Unusable")


def document(results: list[Result]) -> JsonObject:
    """Every key is always there."""
    return {
        "format": FORMAT,
        "verdict": worst(results),
        "results": [_result(each) for each in results if not each.skipped],
        "skipped": [{"file": each.file, "objects": list(each.skipped)} for each in results if each.skipped],
    }


def _result(result: Result) -> JsonObject:
    evidence = result.evidence
    return {
        "file": result.file,
        "tool": result.tool or None,
        "verdict": result.verdict,
        "reason": result.reason or None,
        "message": result.message,
        "digest": result.digest or None,
        "capabilities": list(evidence.capabilities) if evidence else [],
        "findings": [finding.wire() for finding in evidence.findings] if evidence else [],
        "moreFindings": evidence.more_findings if evidence else 0,
    }


def _block(out: Console, result: Result) -> None:
    if result.skipped:
        out.print(Text(f"{result.file}: not judged: {', '.join(result.skipped)}", style="dim"))
        return
    name = one_line(result.file) + (f" ({result.tool})" if result.tool else "")
    line = Text.assemble((result.verdict, STYLES[result.verdict]), f"  {name}")
    if result.reason:
        line.append(f"  {result.reason}")
    out.print(line)
    if result.evidence is not None:
        _evidence(out, result.evidence)
    elif result.message:
        out.print(Text(f"  {result.message}"))
    if result.digest and result.verdict == "Accepted":
        out.print(f"  digest {result.digest}")


def _evidence(out: Console, evidence: AnalysisEvidence) -> None:
    out.print(f"  capabilities: {', '.join(evidence.capabilities) or 'none'}")
    for finding in evidence.findings:
        out.print(Text("  ").append_text(finding_line(finding)))
        if finding.suggestion:
            out.print(Text(f"            {one_line(finding.suggestion)}", style="dim"))
    if evidence.more_findings:
        out.print(f"  and {evidence.more_findings} more")
