"""What an approver is shown on a terminal before deciding: all, strangers' words quoted."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from cupel.api.tool_revision import ToolRevision
from cupel.decide.disclosure import Disclosure, Part, disclose, without_digest

from .comparison import COLOURS, heading
from .output import folded
from .seen import Seen
from .tree import MARKS, STYLES


def dossier(out: Console, seen: Seen, rev: ToolRevision) -> None:
    """Print everything a decision about this revision rests on."""
    told = disclosed(seen, rev)
    heading(out, f"{told.tool}  revision {told.revision}")
    _body(out, told)


def dossier_without_digest(out: Console, seen: Seen, rev: ToolRevision) -> None:
    """The same for a decision by code: its digest must come to the approver by another way."""
    told = without_digest(disclosed(seen, rev))
    heading(out, told.tool)
    _body(out, told)


def disclosed(seen: Seen, rev: ToolRevision) -> Disclosure:
    serving = seen.tool.status.serving
    return disclose(rev, seen.revisions, seen.ledger, serving.digest if serving else "")


def _body(out: Console, told: Disclosure) -> None:
    for name, text in told.facts:
        out.print(Text(f"{name:<14}{text}"))
    for part in told.parts:
        heading(out, part.title)
        _part(out, part)
    _proof(out, told)


def _part(out: Console, part: Part) -> None:
    for number, line in enumerate(part.lines, 1):
        match part.form:
            case "words":
                folded(out, "  > ", line, "italic")
            case "code":
                folded(out, f"{number:>5} | ", line)
            case "listing":
                folded(out, "  ", line)
            case "changes":
                folded(out, f"  {line[:1]} ", line[1:], COLOURS.get(line[:1], ""))


def _proof(out: Console, told: Disclosure) -> None:
    """What the machine found, and what others decided."""
    heading(out, "what is proved")
    for proof in told.proofs:
        mark = (MARKS[proof.outcome], STYLES[proof.outcome])
        out.print(Text.assemble("  ", mark, f" {proof.gate:<10} {proof.text}"))
    if told.trials:
        out.print(Text(f"    {told.trials}"))
    for said in told.decisions:
        out.print(Text(f"  {said}"))
    if told.condemned:
        out.print(Text(f"  condemned: {told.condemned}", style="bold red"))
