"""What a CapabilityGap's content proposes: the template or operation it names, or one that fits its words.

The world has no say in it, so that it is worked out once for each generation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

from cupel.api.bundle import MAX_DEPTH, canonical, depth
from cupel.api.capability_gap import CapabilityGap, WishExample
from cupel.templates.catalogue import TEMPLATES, TemplateProblem, make
from cupel.wishes.choose import Choice, choose
from cupel.wishes.heard import Example
from cupel.wishes.hostile import refused_because
from cupel.wishes.search import Document, Index

from .gap_content import fingerprint_of
from .gap_world import Proposal, Way

MAX_PARAMETER_BYTES = 32_768
NEAREST, MOST_OPERATIONS = 3, 8
OPERATION = re.compile(r"[\"']?operationId[\"']?\s{0,8}:\s{0,8}[\"']?([A-Za-z0-9_.-]{1,64})")


def proposed(gap: CapabilityGap) -> Proposal:
    """What the asker named, checked; or what the wish's own words choose."""
    if gap.spec.template is not None and (problem := _unwritable(gap.spec.template.parameters)):
        return Proposal("", None, True, ("TemplateInvalid", f"`spec.template.parameters` {problem}"))
    if any(max(depth(one.arguments), depth(one.result)) > MAX_DEPTH for one in gap.spec.examples):
        return Proposal()  # the gate Accepted refuses it
    content = fingerprint_of(gap)
    if gap.spec.template is not None:
        return replace(_template(gap.spec.template.name, gap), content=content, named=True)
    if gap.spec.openapi is not None:
        return replace(
            _operation(gap.spec.openapi.document, gap.spec.openapi.operation_id), content=content, named=True
        )
    if why := refused_because(gap.spec.wish):
        return Proposal(content, hostile=why)
    return Proposal(content, _chosen(gap), templates=nearest_templates(gap.spec.wish))


def nearest_templates(wish: str) -> tuple[str, ...]:
    """Names of templates that come near a wish, nearest first."""
    return tuple(hit.name for hit in _catalogue().search(wish, NEAREST))


def to_choose_from(wish: str, examples: Sequence[WishExample]) -> tuple[str, ...]:
    """Names of all templates, the nearest first, where a wish's own words choose none. None for a hostile
    wish: it gets as far as no template.
    """
    if refused_because(wish) or _choice(wish, examples) is not None:
        return ()
    return tuple(dict.fromkeys((*nearest_templates(wish), *sorted(TEMPLATES))))


def _template(name: str, gap: CapabilityGap) -> Proposal:
    parameters = gap.spec.template.parameters if gap.spec.template else {}
    if name not in TEMPLATES:
        known = ", ".join(nearest_templates(gap.spec.wish) or sorted(TEMPLATES))
        return Proposal(problem=("TemplateUnknown", f"`spec.template.name`: there is no {name}; try {known}"))
    try:
        make(name, parameters)
    except TemplateProblem as problem:
        field = f".{problem.field}" if problem.field else ""
        return Proposal(
            problem=("TemplateInvalid", f"`spec.template.parameters{field}`: {problem.message}"[:2048])
        )
    return Proposal(way=Way("Template", f"template {name} was named", name, parameters))


def _operation(document: str, operation: str) -> Proposal:
    """A document may take seconds to read, which is the author's to do: here it is only seen for the name."""
    name = operation.rpartition(" ")[2]  # `GET /path` names one as well
    if not name or name not in document:
        there = operations(document)
        has = f"; it has {', '.join(there)}" if there else ", nor any operationId"
        problem = f"`spec.openapi.operationId`: the document has no {name}{has}"
        return Proposal(problem=("OperationInvalid", problem))
    return Proposal(way=Way("OpenAPI", f"operation {operation} of the document given"))


def operations(document: str) -> tuple[str, ...]:
    """The first operationIds that stand in a document, without reading it as a whole."""
    found = dict.fromkeys(each[1] for each in OPERATION.finditer(document))
    shown = tuple(islice(found, MOST_OPERATIONS))
    more = len(found) - len(shown)
    return (*shown, f"{more} more") if more else shown


def _chosen(gap: CapabilityGap) -> Way | None:
    choice = _choice(gap.spec.wish, gap.spec.examples)
    if choice is None or _unwritable(choice.parameters):
        return None
    sure = max(0, min(1000, round(1000 * choice.confidence)))
    return Way("Template", choice.because, choice.template, choice.parameters, sure)


def _choice(wish: str, examples: Sequence[WishExample]) -> Choice | None:
    return choose(wish, [Example(one.arguments, one.result) for one in examples], TEMPLATES)


def _unwritable(parameters: dict[str, object]) -> str:
    if depth(parameters) > MAX_DEPTH:
        return f"must not be nested more than {MAX_DEPTH} deep"
    if len(canonical(parameters)) > MAX_PARAMETER_BYTES:
        return f"must be at most {MAX_PARAMETER_BYTES} bytes of JSON"
    return ""


@cache
def _catalogue() -> Index:
    return Index.of(Document(each.name, each.summary, (), each.keywords) for each in TEMPLATES.values())
