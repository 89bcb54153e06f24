"""What an approver is shown before deciding: all, strangers' words quoted, nothing that can pass for ours."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from cupel.api.bundle import Bundle
from cupel.api.tool_revision import ToolRevision
from cupel.decide.approvals import risk_of

from .facts import decisions, outcome
from .output import folded, harmless, harmless_lines, one_line
from .seen import Seen
from .tree import MARKS, STYLES

WHY = {
    "Low": "it computes only: no egress, no state",
    "Medium": "it keeps state between calls",
    "High": "it calls out",
}
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def dossier(out: Console, seen: Seen, rev: ToolRevision) -> None:
    """Print everything a decision about this revision rests on."""
    bundle = rev.spec.bundle
    _heading(out, f"{rev.namespace}/{rev.spec.tool}  revision {rev.name}")
    out.print(Text(f"digest        {rev.spec.digest}"))
    out.print(Text(f"asked for by  {_askers(rev)}"))
    risk = risk_of(bundle.permissions)
    out.print(Text(f"risk          {risk}: {WHY[risk]}"))
    out.print(Text(f"egress        {', '.join(bundle.permissions.egress) or 'none'}"))
    out.print(Text(f"credentials   {', '.join(bundle.permissions.credentials) or 'none'}"))
    out.print(Text(f"state         {bundle.permissions.state}"))
    _heading(out, "what it says it does (the requester's words)")
    for line in harmless_lines(bundle.description):
        folded(out, "  > ", line, "italic")
    before = last_approved(seen, rev)
    if before is None:
        _heading(out, "code (nothing of this tool was approved before)")
        for number, line in enumerate(harmless_lines(bundle.code), 1):
            folded(out, f"{number:>5} | ", line)
        _heading(out, "interface, examples and tests")
        _listing(out, contract(bundle))
    else:
        _changes(out, before, rev)
    _proof(out, seen, rev)


def _heading(out: Console, text: str) -> None:
    out.print()
    out.print(Text(harmless(text), style="bold"))


def _askers(rev: ToolRevision) -> str:
    text = one_line(rev.spec.requested_by)
    if rev.spec.on_behalf_of:
        text += f", on behalf of {one_line(rev.spec.on_behalf_of)}"
    if rev.spec.contributors:
        text += f"; earlier content by {one_line(', '.join(rev.spec.contributors))}"
    return text


def last_approved(seen: Seen, rev: ToolRevision) -> ToolRevision | None:
    """The revision to compare with: what serves, else the newest other one that people approved."""
    approved = [other for other in seen.revisions if other.name != rev.name and _approved(seen, other)]
    serving = seen.tool.status.serving
    serves = [other for other in approved if serving and other.spec.digest == serving.digest]
    return next(iter(serves + approved), None)


def _approved(seen: Seen, rev: ToolRevision) -> bool:
    """People said yes, nobody said no, and it was not condemned since."""
    said = {each["decision"] for each in decisions(seen, rev.spec.digest)}
    return said == {"Approve"} and not seen.condemned(rev.spec.digest)


def contract(bundle: Bundle) -> str:
    """Everything of a bundle but its code, as text that can be compared line by line."""
    rest = {key: value for key, value in bundle.wire().items() if key != "code"}
    return json.dumps(rest, indent=2, sort_keys=True, ensure_ascii=False)


def _changes(out: Console, before: ToolRevision, rev: ToolRevision) -> None:
    old, new = before.spec.bundle, rev.spec.bundle
    for title, was, now in (("code", old.code, new.code), ("all else", contract(old), contract(new))):
        _heading(out, f"{title}: changes since {before.name}, which was approved")
        changed = list(changes(was, now))
        if not changed:
            out.print("  unchanged")
        for line in changed:
            folded(out, f"  {line[:1]} ", line[1:], COLOURS.get(line[:1], ""))


def changes(was: str, now: str) -> Iterator[str]:
    """A unified diff of strangers' texts, harmless, without file names."""
    lines = difflib.unified_diff(harmless_lines(was), harmless_lines(now), lineterm="", n=5)
    return (line for place, line in enumerate(lines) if place >= 2)


def _listing(out: Console, text: str) -> None:
    for line in harmless_lines(text):
        folded(out, "  ", line)


def _proof(out: Console, seen: Seen, rev: ToolRevision) -> None:
    """What the machine found, and what others decided."""
    _heading(out, "what is proved")
    for kind in ("Analyzed", "Validated"):
        found = next((c for c in rev.status.conditions if c.type == kind), None)
        result = outcome(found)
        text = f"{found.reason}: {one_line(found.message)}" if found else "not reached yet"
        out.print(Text.assemble("  ", (MARKS[result], STYLES[result]), f" {kind:<10} {text}"))
    report = rev.status.validation.report if rev.status.validation else None
    if report is not None:
        out.print(
            f"    {report.passed} trials passed, {report.failed} failed, slowest "
            f"{report.slowest_milliseconds} ms, {report.memory_kibibytes / 1024:.0f} MiB"
        )
    for said in decisions(seen, rev.spec.digest):
        out.print(Text(f"  {said['decision']} by {one_line(said['by'])} ({said['channel']})"))
    if why := seen.condemned(rev.spec.digest):
        out.print(Text(f"  condemned: {one_line(why)}", style="bold red"))
