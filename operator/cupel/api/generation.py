"""Who may generate a tool, and how one was generated: words that gaps, tools and policies share."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .common import JsonObject, Model, ObjectName
from .markers import EMPTY, UNIQUE, rule, rules

Generator = Literal["Template", "OpenAPI", "Model"]
"""What makes a draft of a tool."""

MAX_GAPS = 2000

TemplateName = ObjectName


class TemplateUse(Model):
    """One template and what to fill in."""

    name: TemplateName = Field(description="Name of the template; `cupel template list` shows them.")
    parameters: JsonObject = Field(
        default_factory=dict,
        description="What the template is filled in with; `cupel template show NAME` says what it takes.",
        json_schema_extra=EMPTY,
    )


NO_TEMPLATE = "`template` must be set when `generator` is 'Template', and only then"


class Origin(Model):
    """How the content was generated."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("(self.generator == 'Template') == has(self.template)", NO_TEMPLATE, field=".template")
        )
    )

    generator: Generator = Field(description="What made the content.")
    template: TemplateName | None = Field(default=None, description="The template it was made from.")
    parameters: JsonObject | None = Field(
        default=None, description="What the template or the document's operation was filled in with."
    )
    model: Annotated[str, Field(min_length=1, max_length=128)] | None = Field(
        default=None, description="The model that wrote it."
    )
    gap: ObjectName | None = Field(default=None, description="The CapabilityGap it answers.")
    version: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None, description="Version of the generator."
    )
    plan: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="The gap's status.plan.content that it was made by."
    )
    drafting: Annotated[StrictInt, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Number of the gap's status.drafting that brought it."
    )

    @model_validator(mode="after")
    def _names_its_template(self) -> Self:
        if (self.generator == "Template") != (self.template is not None):
            raise ValueError(NO_TEMPLATE)
        return self


Tokens = Annotated[StrictInt, Field(ge=0, le=10**9)]
Micros = Annotated[StrictInt, Field(ge=0, le=10**12)]


class ModelBudget(Model):
    """How much a language model may be used. Set aside before it is asked, so that no crash overspends."""

    tokens_per_tool: Tokens = Field(default=400_000, description="Tokens for one gap, all attempts together.")
    tokens_per_day: Tokens = Field(
        default=4_000_000, description="Tokens in one day (UTC) for all gaps of this policy."
    )
    micros_per_tool: Micros = Field(
        default=5_000_000,
        description="Cost of one gap, in millionths of the currency of the author's prices.",
    )
    micros_per_day: Micros = Field(
        default=50_000_000, description="Cost in one day (UTC) of all gaps of this policy, likewise."
    )


class GenerationPolicy(Model):
    """Whether gaps may become tools, and by what."""

    gaps: Literal["Allowed", "Forbidden"] = Field(
        default="Allowed", description="Forbidden: no CapabilityGap that names this policy is accepted."
    )
    generators: Annotated[tuple[Generator, ...], Field(max_length=3)] = Field(
        default=("Template", "OpenAPI"),
        description="What may make tools. Model asks a language model, and needs a key.",
        json_schema_extra=UNIQUE,
    )
    max_open_gaps: Annotated[StrictInt, Field(ge=0, le=MAX_GAPS)] = Field(
        default=200,
        description="Most CapabilityGaps of this policy that are open at once; the oldest are accepted.",
    )
    attempts: Annotated[StrictInt, Field(ge=1, le=10)] = Field(
        default=3, description="Drafts that may be refused before a person must look."
    )
    budget: ModelBudget = Field(default=ModelBudget(), description="How much a model may be used.")
