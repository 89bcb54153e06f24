"""`diff`: two revisions of a tool side by side, by default what serves and what the tool asks for now."""

from __future__ import annotations

from rich.text import Text

from cupel.api.common import JsonObject
from cupel.api.tool_revision import ToolRevision
from cupel.decide.approvals import risk_of
from cupel.decide.comparison import Difference, differences
from cupel.decide.disclosure import last_approved
from cupel.decide.harmless import harmless
from cupel.decide.versioning import change

from .comparison import show
from .decision import chosen, genuine
from .output import Exit, Failure, Format, console, print_json
from .seen import Seen, look
from .session import Session

FORMAT = "cupel.dev/diff/v1"


async def diff(session: Session, tool: str, named: tuple[str, str], output: Format) -> Exit:
    """Show the differences. Raises Failure when there are no two revisions to compare."""
    seen = await look(session, tool)
    before, after = pair(seen, *named)
    for rev in (before, after):
        genuine(rev)
    found = differences(before.spec.bundle, after.spec.bundle)
    if output is Format.JSON:
        print_json(document(seen, before, after, found))
        return Exit.OK
    out = console()
    out.print(Text(f"{after.namespace}/{after.spec.tool}"))
    for sign, rev in (("-", before), ("+", after)):
        title = f"{rev.name}  {seen.version(rev) or 'no version'}  {rev.spec.digest}"
        out.print(Text(f"{sign} {title}  risk {risk_of(rev.spec.bundle.permissions)}"))
    out.print(Text(f"for who calls it: {harmless(str(change(before.spec.bundle, after.spec.bundle)))}"))
    show(out, found, "changes")
    return Exit.OK


def pair(seen: Seen, first: str, second: str) -> tuple[ToolRevision, ToolRevision]:
    """Two names: these. One: it and what is asked for now. None: what serves and what is asked for now."""
    if second:
        return seen.named(first), seen.named(second)
    after = chosen(seen, "")
    if first:
        return seen.named(first), after
    serving = seen.tool.status.serving
    digest = serving.digest if serving else ""
    before = seen.of(digest) or last_approved(after, seen.revisions, seen.ledger, digest)
    if before is None:
        raise Failure(
            f"nothing of {seen.tool.name} serves and nothing was approved: there is nothing to compare "
            f"{after.name} with; name two revisions, or see kubectl cupel explain {seen.tool.name} "
            f"-n {seen.tool.namespace}"
        )
    return before, after


def document(
    seen: Seen, before: ToolRevision, after: ToolRevision, found: tuple[Difference, ...]
) -> JsonObject:
    changed = change(before.spec.bundle, after.spec.bundle)
    return {
        "format": FORMAT,
        "namespace": after.namespace,
        "tool": after.spec.tool,
        "from": _side(seen, before),
        "to": _side(seen, after),
        "change": {"level": changed.level, "because": list(changed.because)},
        "differs": any(each.lines for each in found),
        "parts": {each.part: list(each.lines) for each in found},
    }


def _side(seen: Seen, rev: ToolRevision) -> JsonObject:
    return {
        "revision": rev.name,
        "version": seen.version(rev),
        "digest": rev.spec.digest,
        "requestedBy": rev.spec.requested_by,
        "risk": risk_of(rev.spec.bundle.permissions),
    }
