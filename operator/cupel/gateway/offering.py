"""Templates to choose from, for who asked in words that chose none: an agent knows what it means."""

from __future__ import annotations

import asyncio
from functools import cache

from pydantic import Field

from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import JsonObject, Model, ObjectName
from cupel.api.generation import TemplateUse
from cupel.api.tool_policy import ToolPolicy
from cupel.decide.demand import is_open
from cupel.decide.gap_proposal import to_choose_from
from cupel.templates.catalogue import TEMPLATES, TemplateProblem

from .asking_words import Need, Offered, schema_of
from .problems import Problem, field_problem


class Which(Model):
    """Which template to describe."""

    template: ObjectName = Field(description="Its name, as `templates` of get_more_tools' answer has it.")


class TemplateView(Offered):
    """A template, and what it takes."""

    title: str = Field(description="A few words for a heading.")
    parameters: JsonObject = Field(
        description="JSON Schema of `template.parameters`. What is absent has a default."
    )
    example: JsonObject = Field(description="Parameters that make a useful tool.")


async def offered(need: Need, gap: CapabilityGap, policy: ToolPolicy | None) -> tuple[Offered, ...]:
    """All templates, the nearest first, where nothing is planned for the gap, the policy lets templates make
    tools, and the wish's own words choose none.

    In a thread: other callers do not wait while words are weighed.
    """
    allowed = policy is not None and "Template" in policy.spec.generation.generators
    if need.template is not None or not allowed or gap.status.plan is not None or not is_open(gap):
        return ()
    names = await asyncio.to_thread(to_choose_from, need.need, need.examples)
    return tuple(Offered(name=name, summary=TEMPLATES[name].summary) for name in names)


def described(name: str) -> TemplateView:
    """One template. Raises Problem, naming those there are."""
    if name not in TEMPLATES:
        raise Problem("unknown-template", _unknown(name), field="template")
    return _view(name)


@cache
def _view(name: str) -> TemplateView:
    found = TEMPLATES[name]
    return TemplateView(
        name=found.name,
        title=found.title,
        summary=found.summary,
        parameters=schema_of(found.parameters),
        example=found.example,
    )


def require_template(use: TemplateUse) -> None:
    """Raises Problem when there is no such template, or it takes other parameters."""
    template = TEMPLATES.get(use.name)
    if template is None:
        raise field_problem("template.name", _unknown(use.name))
    try:
        template.read(use.parameters)
    except TemplateProblem as problem:
        where = ".".join(filter(None, ("template.parameters", problem.field)))
        raise field_problem(where, problem.message) from None


def _unknown(name: str) -> str:
    return f"there is no template {name[:64]}; there are {', '.join(sorted(TEMPLATES))}"
