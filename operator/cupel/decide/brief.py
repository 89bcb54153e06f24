"""What an approver is told first: where a tool came from, what it may do, how much there is to read. Pure.

The whole is in `disclosure`; nothing here replaces reading the code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cupel.api.bundle import Bundle
from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import JsonObject
from cupel.api.generation import Origin
from cupel.api.tool_revision import AnalysisEvidence, ToolRevision

from .disclosure import Disclosure, Part
from .harmless import harmless_lines, one_line

MOST_LINES = 60
"""Of code or of changes, that are shown without being asked for."""
MOST_FIELDS = 8
FULL = "--full shows them"
NOTHING_LEFT = "what it computes of its arguments"


def brief(
    told: Disclosure, rev: ToolRevision, origin: Origin | None, gap: CapabilityGap | None
) -> Disclosure:
    """The same decision in few lines. `gap`: what it was made for, where that can be read."""
    facts = (*told.facts, *_came_from(origin, gap))
    wished = _wished(gap) if gap else ()
    return replace(told, facts=facts, parts=(*wished, *_parts(told, rev)))


def _came_from(origin: Origin | None, gap: CapabilityGap | None) -> Iterator[tuple[str, str]]:
    if origin is None:
        yield "made by", "hand"
        return
    how = {"Template": f"template {origin.template}", "Model": f"model {origin.model or 'unknown'}"}
    yield "made by", one_line(how.get(origin.generator, "an operation of an OpenAPI document"))
    if gap is not None:
        yield (
            "made for",
            f"CapabilityGap {gap.name}: asked for {_times(gap.reports)}, by {gap.callers} known by name",
        )
    elif origin.gap:
        yield "made for", f"CapabilityGap {origin.gap}, which is gone or not yours to read"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _wished(gap: CapabilityGap) -> Iterator[Part]:
    title = f"what was wished for, of {gap.spec.origin.lower()} (strangers' words)"
    yield Part(title, "words", tuple(harmless_lines(gap.spec.wish)))


def _parts(told: Disclosure, rev: ToolRevision) -> Iterator[Part]:
    yield from (part for part in told.parts if part.form == "words")
    yield Part("in short", "listing", tuple(_summary(rev.spec.bundle, rev.status.analysis)))
    changes = [part for part in told.parts if part.form == "changes"]
    yield from (_cut(part) for part in changes or [part for part in told.parts if part.form == "code"])


def _cut(part: Part) -> Part:
    """A short one whole. Of long changes the beginning; long code by halves would only look like read."""
    if len(part.lines) <= MOST_LINES:
        return part
    shown = part.lines[:MOST_LINES] if part.form == "changes" else ()
    return replace(
        part, title=f"{part.title}: {len(part.lines) - len(shown)} lines more, {FULL}", lines=shown
    )


def _summary(bundle: Bundle, analysis: AnalysisEvidence | None) -> Iterator[str]:
    code = bundle.code
    yield f"code      one file, {len(code.splitlines())} lines, {len(code.encode())} bytes"
    yield f"reaches   {_reaches(bundle, analysis)}"
    yield f"takes     {_fields(bundle.interface.input_schema)}"
    yield f"answers   {_fields(bundle.interface.output_schema)}"
    yield f"trials    {len(bundle.examples)} examples, {len(bundle.tests)} tests ({FULL})"
    yield from _findings(analysis)


def _reaches(bundle: Bundle, analysis: AnalysisEvidence | None) -> str:
    """What its code can do beside computing, as the analyser read it, and where it may."""
    if analysis is None:
        return "not analysed yet"
    said = [each.lower() for each in analysis.capabilities]
    if bundle.permissions.egress:
        said.append(f"to {one_line(', '.join(bundle.permissions.egress))}")
    return ", ".join(said) or f"nothing but {NOTHING_LEFT}"


def _findings(analysis: AnalysisEvidence | None) -> Iterator[str]:
    if analysis is None:
        return
    if not analysis.findings:
        yield "findings  none"
    for each in analysis.findings:
        yield f"finding   line {each.line}, {each.rule}: {one_line(each.message)}"
    if analysis.more_findings:
        yield f"finding   and {analysis.more_findings} more"


def _fields(schema: JsonObject) -> str:
    """Names and types of the fields; a stranger's schema may be of any form."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        return "an object of any fields" if schema else "nothing"
    names = list(properties)
    shown = [f"{name} ({_type(properties[name])})" for name in names[:MOST_FIELDS]]
    more = f", and {len(names) - MOST_FIELDS} more" if len(names) > MOST_FIELDS else ""
    return one_line(", ".join(shown))[:400] + more


def _type(schema: object) -> str:
    said = schema.get("type", "any") if isinstance(schema, Mapping) else "any"
    return " or ".join(str(each) for each in said) if isinstance(said, list) else str(said)
