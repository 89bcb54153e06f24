"""`get TOOL` as a tree: the gates with their marks, and under each what it found."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text
from rich.tree import Tree

from cupel.api.tool_revision import Finding, ToolRevision
from cupel.decide import proof
from cupel.decide.digits import grouped
from cupel.decide.harmless import one_line
from cupel.decide.summary import FOR_PEOPLE

from .facts import decision_line, decisions, outcome
from .output import ago, span
from .seen import BESIDE, GATES, Seen

MARKS = {"Passed": "✓", "Refused": "✗", "Waiting": "…", "NotReached": "·"}
STYLES = {"Passed": "green", "Refused": "bold red", "Waiting": "yellow", "NotReached": "dim"}
SHOWN_FINDINGS = 5


def tree(seen: Seen, now: datetime) -> Tree:
    """The whole picture of one tool."""
    root = Tree(_headline(seen))
    root.add(Text(f"asked for by {_askers(seen)}; risk {seen.tool.status.risk or 'not judged'}"))
    if seen.digest:
        name = seen.revision.name if seen.revision else "not made yet"
        version = seen.version(seen.revision) if seen.revision else None
        root.add(Text(f"revision {name}, {seen.digest}{f', version {version}' if version else ''}"))
        root.add(Text(f"its first digits, for a decision by code: {grouped(seen.digest)}"))
    if seen.ready is not None and not seen.fresh:
        root.add(Text("the spec changed; the operator has not looked at it yet", style="yellow"))
    for name in GATES:
        _gate(root, seen, name, now)
    for name in BESIDE:
        if seen.condition(name) is not None:
            _gate(root, seen, name, now)
    root.add(_serving(seen, now))
    return root


def _headline(seen: Seen) -> Text:
    ready = seen.ready
    text = Text.assemble((f"{seen.tool.namespace}/{seen.tool.name}", "bold"), "  ")
    if ready is None:
        return text.append("not seen by the operator yet", style="yellow")
    style = {"True": "bold green", "False": "bold red"}.get(ready.status, "yellow")
    if ready.reason in FOR_PEOPLE:
        style = "yellow"
    return text.append(f"Ready={ready.status} {ready.reason}", style=style)


def _askers(seen: Seen) -> str:
    spec = seen.tool.spec
    text = one_line(spec.requested_by or "nobody known")
    if spec.on_behalf_of:
        text += f" for {one_line(spec.on_behalf_of)}"
    if spec.contributors:
        text += f" (earlier: {one_line(', '.join(spec.contributors))})"
    return text


def _gate(root: Tree, seen: Seen, name: str, now: datetime) -> None:
    found = seen.condition(name)
    result = outcome(found)
    line = Text.assemble((MARKS[result], STYLES[result]), f" {name}")
    if found is not None:
        line.append(" " * (11 - len(name)))
        line.append(found.reason, style=STYLES[result])
        line.append(f"  {ago(found.last_transition_time, now)}", style="dim")
    branch = root.add(line)
    if found is not None and found.message and result != "Passed":
        branch.add(Text(one_line(found.message)))
    for detail in _details(seen, name, now):
        branch.add(detail)


def _details(seen: Seen, gate: str, now: datetime) -> list[Text]:
    rev = seen.revision
    if rev is None or seen.condition(gate) is None:
        return []
    match gate:
        case "Analyzed":
            return _analysis(rev)
        case "Validated":
            return _validation(rev)
        case "Approved":
            return _approval(seen, rev, now)
    return []


def _analysis(rev: ToolRevision) -> list[Text]:
    evidence = rev.status.analysis
    if evidence is None:
        return []
    lines = [Text(f"capabilities: {', '.join(evidence.capabilities) or 'none'}")]
    lines += [finding_line(finding) for finding in evidence.findings[:SHOWN_FINDINGS]]
    more = len(evidence.findings[SHOWN_FINDINGS:]) + evidence.more_findings
    return lines + (
        [Text(f"and {more} more: kubectl cupel explain {rev.spec.tool} -n {rev.namespace}")] if more else []
    )


def finding_line(finding: Finding) -> Text:
    place = f"line {finding.line}" if finding.line else "file"
    return Text.assemble((f"{place:<9}", "bold"), f"{finding.rule:<24} ", one_line(finding.message))


def _validation(rev: ToolRevision) -> list[Text]:
    evidence = rev.status.validation
    if evidence is None:
        return []
    lines = [Text(f"trial {evidence.run} (attempt {evidence.attempt}): {evidence.verdict}")]
    report = evidence.report
    if report is None:
        return lines
    lines.append(
        Text(
            f"{report.passed} passed, {report.failed} failed; slowest {report.slowest_milliseconds} ms, "
            f"import {report.import_milliseconds} ms, {report.memory_kibibytes / 1024:.0f} MiB"
        )
    )
    for failure in report.failures:
        lines.append(Text(one_line(f"{failure.kind} {failure.name}: {failure.reason} {failure.message}")))
    lines += [Text(one_line(line)) for line in proof.lines(report)]
    return lines


def _approval(seen: Seen, rev: ToolRevision, now: datetime) -> list[Text]:
    lines = []
    window = rev.status.approval
    if window is not None:
        text = f"{window.given} of {window.needed} channels"
        if window.verdict == "Waiting":
            text += f", {span(window.deadline - now)} left (until {window.deadline:%Y-%m-%d %H:%M} UTC)"
        lines.append(Text(text))
    for said in decisions(seen, rev.spec.digest):
        lines.append(Text(decision_line(said)))
    return lines


def _serving(seen: Seen, now: datetime) -> Text:
    serving = seen.tool.status.serving
    if serving is None:
        return Text("nothing serves", style="dim")
    which = f" (version {serving.version})" if serving.version else ""
    text = f"serves: {serving.revision}{which}, {serving.ready_replicas} ready, for {ago(serving.since, now)}"
    if canary := seen.tool.status.canary:
        shared = f"{canary.revision} gets {canary.percent} % of the calls, for {ago(canary.since, now)}"
        return Text(f"{text}; canary: {shared}", style="yellow")
    if serving.digest != seen.digest:
        return Text(text + " (not the revision asked for)", style="yellow")
    return Text(text, style="green")
