"""What the operator says of a CapabilityGap. The gap itself is in `capability_gap`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from .common import Condition, Digest, Generation, JsonObject, Model, ObjectName, UserName
from .generated_tool_status import ToolName
from .generation import Generator, TemplateName
from .markers import UNIQUE, keyed_by

MAX_ALIKE = 32
PerMille = Annotated[StrictInt, Field(ge=0, le=1000)]
Fingerprint = Annotated[str, Field(max_length=16, pattern=r"^[0-9a-f]*$")]
Recommendation = Literal["Reuse", "Extend", "Build", "Retire", "None"]


class Plan(Model):
    """What will be done about the gap; the author carries it out."""

    generator: Literal["Existing", "Template", "OpenAPI", "Model"] = Field(
        description="Existing: a tool is there already. Else what makes the draft."
    )
    template: TemplateName | None = Field(default=None, description="The template to use.")
    parameters: JsonObject | None = Field(default=None, description="What it is filled in with.")
    tool_name: ToolName = Field(
        description="The tool: the MCP name of the one there is, or the object name of the one to make."
    )
    because: Annotated[str, Field(max_length=1024)] = Field(default="", description="Why this one.")
    content: Fingerprint = Field(
        default="",
        description="What it was made for: of wish, examples, openapi, template and policyRef, a hash.",
    )
    confidence_per_mille: PerMille = Field(default=1000, description="How sure, in thousandths.")


class Answer(Model):
    """A tool there is that may answer the wish."""

    tool_name: ToolName = Field(description="Its MCP name.")
    score_per_mille: PerMille = Field(description="How near it is, in thousandths.")


class Attempt(Model):
    """One draft, and what came of it."""

    number: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(description="Counted from 1.")
    at: datetime = Field(description="When its tool was made or last written.")
    generator: Generator = Field(description="What made the draft.")
    digest: Digest | None = Field(default=None, description="Digest of the draft.")
    outcome: Literal["Waiting", "Refused", "Serving", "Superseded"] = Field(
        description="How far its tool is. Superseded: another draft took its place, or its tool is gone."
    )
    because: Annotated[str, Field(max_length=1024)] = Field(
        default="", description="The tool's own reason and message."
    )


class Drafting(Model):
    """One time the author set out to make, or to mend, the tool. Written before it asks anybody."""

    number: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(description="Counted from 1.")
    at: datetime = Field(description="When it began.")
    generator: Generator = Field(description="What was to make the draft.")
    outcome: Literal["Held", "Writing", "Made", "Failed", "Repeated", "Lost"] = Field(
        description="Held: not begun, and counted as no attempt. Writing: under way. Made: the tool was "
        "written. Failed: no draft came of it. Repeated: the same code as before. Lost: the author ended "
        "before it knew."
    )
    because: Annotated[str, Field(max_length=1024)] = Field(default="", description="For people.")
    tokens: Annotated[StrictInt, Field(ge=0, le=10**9)] = Field(
        default=0, description="Tokens of a model that were used; while Writing, those set aside."
    )
    micros: Annotated[StrictInt, Field(ge=0, le=10**12)] = Field(
        default=0, description="What they cost, in millionths of the currency of the author's prices."
    )
    code: Annotated[str, Field(max_length=16, pattern=r"^[0-9a-f]*$")] = Field(
        default="", description="First digits of the sha256 of the code that came."
    )
    plan: Annotated[str, Field(max_length=64)] = Field(
        default="", description="The plan.content it was to carry out: another one has attempts of its own."
    )
    policy: ObjectName | None = Field(
        default=None,
        description="The ToolPolicy whose budget it used, whatever the gap names now.",
    )
    security: bool = Field(default=False, description="It answers a refusal by a security rule.")


class CapabilityGapStatus(Model):
    """What the operator found; `Ready` is the summary."""

    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this status is about."
    )
    conditions: Annotated[tuple[Condition, ...], Field(max_length=16)] = Field(
        default=(),
        description="The gates in order, then Reconciling, Stalled and Ready.",
        json_schema_extra=keyed_by("type"),
    )
    plan: Plan | None = Field(default=None, description="What will be done; absent when nothing fits.")
    answered_by: Annotated[tuple[Answer, ...], Field(max_length=5)] = Field(
        default=(), description="Tools there are that come near, nearest first."
    )
    tool: ObjectName | None = Field(default=None, description="Name of the GeneratedTool made for it.")
    attempts: Annotated[tuple[Attempt, ...], Field(max_length=10)] = Field(
        default=(), description="Drafts so far, newest last."
    )
    drafting: Annotated[tuple[Drafting, ...], Field(max_length=20)] = Field(
        default=(),
        description="What the author did, newest last, and what it spent. Written by the author alone.",
        json_schema_extra=keyed_by("number"),
    )
    same_as: ObjectName | None = Field(
        default=None, description="The gap whose tool answers this one as well, once it serves."
    )
    also_asked_by: Annotated[tuple[UserName, ...], Field(max_length=MAX_ALIKE)] = Field(
        default=(),
        description="Who asked in other words for what this gap's tool does: none of them may review it.",
        json_schema_extra=UNIQUE,
    )
    reports: Annotated[StrictInt, Field(ge=0, le=2**53)] = Field(
        default=0, description="How often it was asked for; at least once, since it is there."
    )
    callers: Annotated[StrictInt, Field(ge=0, le=1000)] = Field(
        default=0, description="How many asked for it, as far as they are known by name."
    )
    recommendation: Recommendation | None = Field(default=None, description="What is best done about it.")
    priority_per_mille: PerMille | None = Field(
        default=None, description="How much it matters beside other gaps, in thousandths."
    )
