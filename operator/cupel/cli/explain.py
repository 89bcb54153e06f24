"""`explain TOOL`: which gate stopped it, what exactly is wrong, with the lines, and what to do next."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from cupel.api.common import Condition, JsonObject
from cupel.api.tool_revision import Finding, ToolRevision
from cupel.decide import proof
from cupel.decide.harmless import harmless_lines, one_line
from cupel.decide.replicas import switched_off

from .advice import advice
from .facts import decision_line, decisions, facts
from .output import Exit, Format, console, folded, print_json
from .seen import Seen, look
from .session import Session
from .tree import STYLES

FORMAT = "cupel.dev/explain/v1"
CONTEXT = 2
"""Lines of code shown before and after the one a finding names."""


async def explain(session: Session, tool: str, output: Format) -> Exit:
    seen = await look(session, tool)
    if output is Format.JSON:
        print_json(document(seen))
    else:
        show(console(), seen)
    return Exit.OK


def document(seen: Seen) -> JsonObject:
    """The facts of `get`, and where it stopped."""
    stopped = seen.stopped
    return facts(seen) | {
        "format": FORMAT,
        "stoppedAt": stopped.type if stopped else None,
        "next": list(advice(seen, stopped.reason, stopped.status)) if stopped else [],
    }


def show(out: Console, seen: Seen) -> None:
    tool, stopped = seen.tool, seen.stopped
    out.print(Text(f"{tool.namespace}/{tool.name}", style="bold"))
    if seen.ready is not None and not seen.fresh:
        out.print(Text("the spec changed; the operator has not looked at it yet", style="yellow"))
    if stopped is None:
        _unstopped(out, seen)
        return
    style = STYLES["Refused" if stopped.status == "False" else "Waiting"]
    word = "refused" if stopped.status == "False" else "waiting"
    out.print(Text(f"{word} at {stopped.type}: {stopped.reason}", style=style))
    if stopped.message:
        out.print(Text(f"  {one_line(stopped.message)}"))
    if seen.revision is not None:
        _evidence(out, seen, seen.revision, stopped)
    _meanwhile(out, seen)
    out.print(Text("what to do", style="bold"))
    for line in advice(seen, stopped.reason, stopped.status):
        out.print(Text(f"  {line}"))


def _unstopped(out: Console, seen: Seen) -> None:
    if seen.ready is not None and seen.ready.status == "True":
        out.print(Text("every gate passed; it serves", style="green"))
        return
    out.print("the operator has not looked at it yet; is it running?")
    out.print("  kubectl get pods -n cupel-system")


def _meanwhile(out: Console, seen: Seen) -> None:
    serving = seen.tool.status.serving
    if serving is not None and serving.digest != seen.digest and not switched_off(seen.tool):
        out.print(Text(f"revision {serving.revision} serves meanwhile", style="yellow"))


def _evidence(out: Console, seen: Seen, rev: ToolRevision, stopped: Condition) -> None:
    match stopped.type:
        case "Analyzed":
            _findings(out, rev)
        case "Validated":
            _trial(out, rev)
        case "Approved":
            for said in decisions(seen, rev.spec.digest):
                out.print(Text(f"  {decision_line(said)}"))


def _findings(out: Console, rev: ToolRevision) -> None:
    evidence = rev.status.analysis
    if evidence is None:
        return
    lines = harmless_lines(rev.spec.bundle.code)
    for finding in evidence.findings:
        _finding(out, finding, lines)
    if evidence.more_findings:
        out.print(f"and {evidence.more_findings} more, which are not kept")


def _finding(out: Console, finding: Finding, lines: list[str]) -> None:
    place = f"line {finding.line}" if finding.line else "the whole file"
    out.print(Text.assemble("\n", (place, "bold"), f"  [{finding.rule}] {one_line(finding.message)}"))
    if finding.line:
        for number, line in excerpt(lines, finding.line):
            mark = ">" if number == finding.line else " "
            folded(out, f"  {mark} {number:>4} | ", line, "red" if mark == ">" else "dim")
    if finding.suggestion:
        out.print(Text(f"  {one_line(finding.suggestion)}", style="italic"))


def excerpt(lines: list[str], line: int) -> list[tuple[int, str]]:
    """(number, text) of a line and its neighbours, as far as there are any."""
    first = max(1, line - CONTEXT)
    return [(number, lines[number - 1]) for number in range(first, min(len(lines), line + CONTEXT) + 1)]


def _trial(out: Console, rev: ToolRevision) -> None:
    evidence = rev.status.validation
    if evidence is None:
        return
    out.print(Text(f"  trial {evidence.run} with {evidence.image}"))
    report = evidence.report
    if report is None:
        return
    for breach in report.harness.breaches() + report.tool.breaches():
        out.print(Text(f"  not isolated: {one_line(breach)}"))
    for failure in report.failures:
        out.print(Text(f"  {failure.kind} {failure.name}: {failure.reason} {one_line(failure.message)}"))
        _asked(out, rev, failure.name)
    for line in proof.lines(report):
        out.print(Text(f"  {one_line(line)}"))


def _asked(out: Console, rev: ToolRevision, name: str) -> None:
    """What a failed trial of the bundle wanted; held-out ones are not in it."""
    bundle = rev.spec.bundle
    for trial in (*bundle.examples, *bundle.tests):
        if trial.name == name:
            wanted = trial.wire()
            out.print(Text(one_line(f"    called with {wanted['arguments']}")[:400]))
            out.print(Text(one_line(f"    must give {wanted.get('result', wanted.get('error'))}")[:400]))
