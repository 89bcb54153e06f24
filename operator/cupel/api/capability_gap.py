"""CapabilityGap: something agents cannot do yet. Its spec is the askers', its status the operator's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .capability_gap_status import CapabilityGapStatus
from .common import JsonObject, Model, ObjectName, Resource, UserName
from .generated_tool import PolicyReference
from .generated_tool_status import ToolName
from .generation import TemplateUse
from .markers import EMPTY, UNIQUE, Extra, keyed_by, rule, rules
from .names import GATEWAY

MAX_DOCUMENT_CHARACTERS = 65_536
MAX_CALLERS = 32
Reports = Annotated[StrictInt, Field(ge=1, le=2**53)]


UNSPEAKABLE = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{2028}\x{2029}\x{202a}-\x{202e}\x{2066}-\x{2069}"
    r"\x{e0000}-\x{e007f}]"
)
"""What the gateway lets no wish hold (`gateway.asking_words`), as the API server's RE2 writes it."""


def speakable(field: str) -> Extra:
    """What a text field must be."""
    message = f"`{field}` must be text without control characters other than newlines and tabs"
    return rules(rule(f"!self.matches(r'{UNSPEAKABLE}')", message))


Fields = Annotated[JsonObject, Field(max_length=100)]


Attempt = Annotated[str, Field(min_length=1, max_length=500, json_schema_extra=speakable("tried"))]


class WishExample(Model):
    """One call as the asker imagines it."""

    arguments: Fields = Field(
        default_factory=dict, description="What the tool would be called with.", json_schema_extra=EMPTY
    )
    result: Fields = Field(
        description="What it should answer; with the arguments at most 16,384 bytes of JSON."
    )


class OpenApiOperation(Model):
    """One operation of a service that is described already."""

    document: Annotated[str, Field(min_length=1, max_length=MAX_DOCUMENT_CHARACTERS)] = Field(
        description="The OpenAPI document, JSON or YAML, at most 64 KiB."
    )
    operation_id: Annotated[str, Field(min_length=1, max_length=128)] = Field(
        description="operationId of the operation that should become a tool, or `GET /path`."
    )


class Caller(Model):
    """One asker, as the gateway knows them."""

    by: UserName = Field(description="Who asked.")
    reports: Reports = Field(default=1, description="How often.")
    last_at: datetime = Field(description="When last.")


class Demand(Model):
    """How much the gap is missed; counted by the gateway."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("self.firstAt <= self.lastAt", "`firstAt` must not be after `lastAt`", field=".firstAt")
        )
    )

    reports: Reports = Field(default=1, description="How often it was asked for, by anybody.")
    callers: Annotated[tuple[Caller, ...], Field(max_length=MAX_CALLERS)] = Field(
        default=(),
        description="Who asked. None of them may review the tool that is made for it.",
        json_schema_extra=keyed_by("by"),
    )
    first_at: datetime = Field(description="When it was asked for first.")
    last_at: datetime = Field(description="When last.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_at > self.last_at:
            raise ValueError("`firstAt` must not be after `lastAt`")
        return self


class Closed(Model):
    """A person's no."""

    because: Annotated[str, Field(min_length=1, max_length=256)] = Field(
        description="Why, as whoever asked reads it."
    )


TWO_WAYS = "only one of `template` and `openapi` must be set, or none"


class CapabilityGapSpec(Model):
    """What is missing, and how much."""

    model_config = ConfigDict(
        json_schema_extra=rules(rule("!has(self.template) || !has(self.openapi)", TWO_WAYS))
    )

    wish: Annotated[str, Field(min_length=1, max_length=2000)] = Field(
        description="What is missing, in the asker's words. Data, never instructions.",
        json_schema_extra=speakable("wish"),
    )
    tried: Annotated[tuple[Attempt, ...], Field(max_length=8)] = Field(
        default=(), description="What was tried instead."
    )
    checked: Annotated[tuple[ToolName, ...], Field(max_length=32)] = Field(
        default=(),
        description="MCP names of the tools that were looked at and do not do.",
        json_schema_extra=UNIQUE,
    )
    examples: Annotated[tuple[WishExample, ...], Field(max_length=8)] = Field(
        default=(),
        description="Calls as the asker imagines them; a tool made for the gap must pass them. "
        "At most 32,768 bytes of JSON together.",
    )
    tool_name: ObjectName | None = Field(
        default=None,
        description="Name the GeneratedTool should have, where it is free. Stays once it was made.",
    )
    origin: Literal["Agent", "Text", "Telemetry", "Person"] = Field(
        default="Person",
        description="Heard from an agent, in free text, in what calls show, or written by a person.",
    )
    policy_ref: PolicyReference = Field(
        default=PolicyReference(), description="The ToolPolicy that judges this gap and its tool."
    )
    openapi: OpenApiOperation | None = Field(
        default=None, description="An operation that would answer it, to be made a tool."
    )
    template: TemplateUse | None = Field(default=None, description="The template to make the tool from.")
    demand: Demand | None = Field(
        default=None, description="How much it is missed. Only the gateway may set it."
    )
    closed: Closed | None = Field(default=None, description="Set by a person who decides against it.")
    requested_by: UserName | None = Field(
        default=None, description="Who asked for this content. Stamped by the API server."
    )
    contributors: Annotated[tuple[UserName, ...], Field(max_length=MAX_CALLERS)] = Field(
        default=(),
        description="Who asked for earlier content. Stamped by the API server.",
        json_schema_extra=UNIQUE,
    )
    on_behalf_of: UserName | None = Field(
        default=None, description="Whom the gateway asked for. Only the gateway may set it."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.template is not None and self.openapi is not None:
            raise ValueError(TWO_WAYS)
        return self


class CapabilityGap(Resource):
    """Something agents cannot do yet, how much it is missed, and what is done about it."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')",
                "`metadata.name` must be at most 63 lower-case letters, digits and hyphens, and begin and "
                "end with a letter or digit: the tool made for it is labelled with it",
                when="Created",
            )
        )
    )

    spec: CapabilityGapSpec
    status: CapabilityGapStatus = CapabilityGapStatus()

    @property
    def askers(self) -> tuple[str, ...]:
        """Everybody who asked for it, whatever the way, without repeats."""
        spec = self.spec
        named = (spec.on_behalf_of, spec.requested_by, *spec.contributors)
        callers = [caller.by for caller in spec.demand.callers] if spec.demand else []
        return tuple(dict.fromkeys(each for each in (*named, *callers) if each))

    @property
    def no_reviewers(self) -> tuple[str, ...]:
        """Everybody who asked for what its tool does, whatever the words and the gap: contributors of it."""
        return tuple(dict.fromkeys((*self.askers, *self.status.also_asked_by)))

    @property
    def callers(self) -> int:
        """How many asked, as far as they are known; the gateway, which asks for others, is none of them."""
        return sum(one != GATEWAY for one in self.askers)

    @property
    def reports(self) -> int:
        """How often it was asked for, at least once: it is there."""
        return self.spec.demand.reports if self.spec.demand else 1
