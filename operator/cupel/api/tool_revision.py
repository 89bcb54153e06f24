"""ToolRevision: exactly one version of a tool, immutable; its status holds the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt

from .bundle import Bundle
from .common import Condition, Contributors, Digest, Generation, Model, ObjectName, Resource, UserName
from .markers import ONE_WRITER, UNIQUE, keyed_by, rule, rules
from .permissions import EgressTarget
from .report import Report
from .version import Version

Risk = Literal["Low", "Medium", "High"]


class ToolRevisionSpec(Model):
    """What was asked for, by whom. Immutable."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("self == oldSelf", "`spec` is immutable; make a new revision"),
            rule(
                "self.tool == self.bundle.tool",
                "`bundle.tool` must equal `tool`",
                field=".bundle.tool",
            ),
            rule(
                "self.egress == self.bundle.permissions.egress",
                "`egress` must equal `bundle.permissions.egress`",
                field=".egress",
            ),
        )
    )

    tool: ObjectName = Field(description="Name of the GeneratedTool this is a version of.")
    digest: Digest = Field(description="sha256 of the canonical form of bundle.")
    version: Version | None = Field(
        default=None,
        description="Semantic version, by what changed against the revision before; no part of the digest. "
        "Absent where the revision is older than versions: the tool's status.versions has it.",
    )
    bundle: Bundle = Field(description="Code, interface, permissions, examples, tests, description.")
    egress: Annotated[tuple[EgressTarget, ...], Field(max_length=16)] = Field(
        default=(), description="bundle.permissions.egress, where admission policies read it."
    )
    requested_by: UserName = Field(description="The tool's requestedBy.")
    contributors: Contributors = Field(
        default=(),
        description="The tool's contributors; they count as requesters.",
        json_schema_extra=UNIQUE,
    )
    on_behalf_of: UserName | None = Field(default=None, description="The tool's onBehalfOf.")


class Finding(Model):
    """One thing the analyser holds against the code."""

    rule: Annotated[str, Field(min_length=1, max_length=64)] = Field(description="Rule id.")
    line: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = Field(description="Line; 0 for the whole file.")
    message: Annotated[str, Field(max_length=512)] = Field(description="What is wrong.")
    suggestion: Annotated[str, Field(max_length=512)] = Field(
        default="", description="What would make it right."
    )


class AnalysisEvidence(Model):
    """The analyser's verdict on the bytes."""

    analyser: Annotated[str, Field(max_length=32)] = Field(description="Version of the analyser.")
    verdict: Literal["Accepted", "Refused"] = Field(description="What it says.")
    capabilities: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=16)] = Field(
        default=(), description="What the code can do: Egress, State."
    )
    findings: Annotated[tuple[Finding, ...], Field(max_length=20)] = Field(
        default=(), description="The first findings, by line."
    )
    more_findings: Annotated[StrictInt, Field(ge=0, le=100_000)] = Field(
        default=0, description="How many more there were."
    )


class ValidationEvidence(Model):
    """What the sandbox proved."""

    run: ObjectName = Field(description="Name of the trial Pod.")
    image: Annotated[str, Field(max_length=300)] = Field(description="Sandbox image it ran.")
    attempt: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = Field(description="spec.attempt it was for.")
    verdict: Literal["Passed", "Failed"] = Field(description="What came of it.")
    reason: Annotated[str, Field(max_length=64)] = Field(description="Condition reason.")
    message: Annotated[str, Field(max_length=2048)] = Field(default="", description="For people.")
    report: Report | None = Field(default=None, description="The harness's report, when one counts.")
    finished_at: datetime = Field(description="When it was judged.")


class ApprovalEvidence(Model):
    """The window in which people may decide."""

    attempt: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = Field(description="spec.attempt it is for.")
    asked_at: datetime = Field(description="When approval was first waited for.")
    deadline: datetime = Field(description="When waiting becomes a refusal.")
    verdict: Literal["Waiting", "Approved", "Rejected", "Expired"] = Field(
        description="What came of it; Expired stays until attempt is raised."
    )
    needed: Annotated[StrictInt, Field(ge=0, le=2)] = Field(description="Channels needed.")
    given: Annotated[StrictInt, Field(ge=0, le=2)] = Field(description="Channels that approved.")


class ToolRevisionStatus(Model):
    """The evidence, and what it adds up to."""

    model_config = ConfigDict(json_schema_extra=ONE_WRITER)

    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this status is about."
    )
    conditions: Annotated[tuple[Condition, ...], Field(max_length=16)] = Field(
        default=(),
        description="Analyzed, Validated, Approved, then Reconciling, Stalled, Ready.",
        json_schema_extra=keyed_by("type"),
    )
    risk: Risk | None = Field(default=None, description="Risk class, from the permissions.")
    analysis: AnalysisEvidence | None = Field(default=None, description="Static analysis.")
    validation: ValidationEvidence | None = Field(default=None, description="The sandbox run.")
    approval: ApprovalEvidence | None = Field(default=None, description="The approval window.")


class ToolRevision(Resource):
    """One version and its evidence."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.metadata.name.endsWith('-' + self.spec.digest.substring(7, 17))",
                "`metadata.name` must end in '-' and the first 10 hexadecimal digits of `spec.digest`",
            ),
        )
    )

    spec: ToolRevisionSpec
    status: ToolRevisionStatus = ToolRevisionStatus()
