"""What an approver is shown on a terminal before deciding: in short, or all; strangers' words quoted."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from cupel.api.capability_gap import CapabilityGap
from cupel.api.tool_revision import ToolRevision
from cupel.decide.brief import brief
from cupel.decide.disclosure import Disclosure, Part, disclose, without_digest
from cupel.kube.errors import Denied
from cupel.kube.resources import CAPABILITY_GAP

from .comparison import COLOURS, heading
from .output import folded
from .seen import Seen, parsed
from .session import Session
from .tree import MARKS, STYLES


@dataclass(frozen=True)
class Extent:
    """How much is shown: everything, or the brief with the gap the tool was made for."""

    full: bool = True
    gap: CapabilityGap | None = None


EVERYTHING = Extent()


async def extent(session: Session, seen: Seen, full: bool) -> Extent:
    """The gap is shown to who may read it; nobody else waits for it."""
    origin = seen.tool.spec.origin
    if full or origin is None or origin.gap is None:
        return Extent(full)
    try:
        body = await session.client.get(CAPABILITY_GAP, seen.tool.namespace, origin.gap)
    except Denied:
        body = None
    return Extent(full, parsed(CapabilityGap, body) if body else None)


def dossier(out: Console, seen: Seen, rev: ToolRevision, extent: Extent = EVERYTHING) -> None:
    """Print what a decision about this revision rests on."""
    told = disclosed(seen, rev, extent)
    heading(out, f"{told.tool}  revision {told.revision}")
    _body(out, told)


def dossier_without_digest(out: Console, seen: Seen, rev: ToolRevision, extent: Extent = EVERYTHING) -> None:
    """The same for a decision by code: its digest must come to the approver by another way."""
    told = without_digest(disclosed(seen, rev, extent))
    heading(out, told.tool)
    _body(out, told)


def disclosed(seen: Seen, rev: ToolRevision, extent: Extent = EVERYTHING) -> Disclosure:
    serving = seen.tool.status.serving
    told = disclose(rev, seen.revisions, seen.ledger, serving.digest if serving else "")
    return told if extent.full else brief(told, rev, seen.tool.spec.origin, extent.gap)


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
