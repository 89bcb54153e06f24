"""GeneratedTool: the tool somebody wants. Its spec is the requester's, its status the operator's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .common import (
    Condition,
    Contributors,
    Digest,
    Generation,
    JsonObject,
    Model,
    ObjectName,
    Resource,
    UserName,
)
from .generation import Origin
from .markers import ATOMIC_MAP, UNIQUE, keyed_by, rule, rules
from .permissions import Permissions
from .serving import CanaryStatus, Serving, ServingStatus
from .trial import BY_NAME, Trial
from .version import MOST_VERSIONS, Version

MAX_CODE_CHARACTERS = 65_536

MAX_TOOL_NAME = 64
ToolName = Annotated[str, Field(min_length=1, max_length=MAX_TOOL_NAME, pattern=r"^[A-Za-z0-9_.-]+$")]


class Interface(Model):
    """What agents see: the MCP tool definition."""

    tool_name: ToolName | None = Field(
        default=None, description="MCP name of the tool; the object's name when absent."
    )
    input_schema: JsonObject = Field(
        description="JSON Schema 2020-12 of the arguments; its root must be type: object."
    )
    output_schema: JsonObject = Field(
        description="JSON Schema 2020-12 of the result; its root must be type: object."
    )


class InlineSource(Model):
    """Source given in the object itself."""

    code: Annotated[str, Field(min_length=1, max_length=MAX_CODE_CHARACTERS)] = Field(
        description="One Python module, at most 64 KiB, that defines run()."
    )


class Source(Model):
    """Where the code comes from: `type` names the one member that is set."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "(self.type == 'Inline') == has(self.inline)",
                "`inline` must be set when `type` is 'Inline', and only then",
            ),
        )
    )

    type: Literal["Inline"] = Field(description="Which member is set.")
    inline: InlineSource | None = Field(default=None, description="Set when type is Inline.")

    @model_validator(mode="after")
    def _member_of_type(self) -> Self:
        if self.inline is None:
            raise ValueError("`inline` must be set when `type` is 'Inline'")
        return self


VersionedDigest = Annotated[
    Digest,
    Field(
        json_schema_extra=rules(
            rule("self == oldSelf", "`versions`: a version must stay with the digest it was given")
        )
    ),
]
VERSIONS_STAY = rules(
    rule(
        "self.all(key, size(key) >= 5 && size(key) <= 20)",
        "each key must be a version such as 1.2.0",
    ),
    rule(
        f"oldSelf.all(key, key in self) || size(self) == {MOST_VERSIONS}",
        f"`versions`: none must be forgotten but to make room, once there are {MOST_VERSIONS}",
    ),
)
"""So that not even the operator's own identity can put other content under a version."""


class PolicyReference(Model):
    """A ToolPolicy of the same namespace."""

    name: ObjectName = Field(default="default", description="Name of the ToolPolicy.")


class GeneratedToolSpec(Model):
    """The tool wanted."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "!has(self.tests) || self.tests.all(t, !self.examples.exists(e, e.name == t.name))",
                "`tests` must not use the name of one of `examples`",
                field=".tests",
            ),
        )
    )

    description: Annotated[str, Field(min_length=1, max_length=1024)] = Field(
        description="What the tool does, as agents read it. Data, never instructions."
    )
    interface: Interface = Field(description="The MCP tool definition.")
    examples: Annotated[tuple[Trial, ...], Field(min_length=1, max_length=32)] = Field(
        description="Calls that show the tool: tests, and the live check after promotion.",
        json_schema_extra=BY_NAME,
    )
    tests: Annotated[tuple[Trial, ...], Field(max_length=64)] = Field(
        default=(),
        description="Further calls the tool must pass in validation.",
        json_schema_extra=BY_NAME,
    )
    source: Source = Field(description="Where the code comes from.")
    permissions: Permissions = Field(
        default=Permissions(), description="What the tool may do; nothing when absent."
    )
    policy_ref: PolicyReference = Field(
        default=PolicyReference(), description="The ToolPolicy that judges this tool."
    )
    serving: Serving = Field(default=Serving(), description="How the tool is served.")
    attempt: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = Field(
        default=0,
        description="Raise by one to try again what was refused for a passing reason.",
    )
    requested_by: UserName | None = Field(
        default=None, description="Who asked for this content. Stamped by the API server."
    )
    contributors: Contributors = Field(
        default=(),
        description="Who asked for earlier content, or for the gap this was made for. Stamped by the API "
        "server; only the author adds to it.",
        json_schema_extra=UNIQUE,
    )
    on_behalf_of: UserName | None = Field(
        default=None, description="Whom the gateway or the author asked for; only they may set it."
    )
    origin: Origin | None = Field(
        default=None,
        description="How the content was generated. Informative: no part of the digest, and nothing is "
        "decided by it.",
    )


class VerificationEvidence(Model):
    """The live check of one Pod template of one digest."""

    digest: Digest = Field(description="The digest that was called.")
    template: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="Hash of the Pod template that was called."
    )
    verdict: Literal["Passed", "Failed"] = Field(description="What came of it.")
    message: Annotated[str, Field(max_length=2048)] = Field(default="", description="For people.")
    checked_at: datetime = Field(description="When.")


class GeneratedToolStatus(Model):
    """What the operator found; `Ready` is the summary."""

    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this status is about."
    )
    conditions: Annotated[tuple[Condition, ...], Field(max_length=16)] = Field(
        default=(),
        description="The gates in order, then Reconciling, Stalled and Ready.",
        json_schema_extra=keyed_by("type"),
    )
    tool_name: ToolName | None = Field(default=None, description="MCP name agents call it by.")
    revision: ObjectName | None = Field(
        default=None, description="Name of the ToolRevision of the present spec."
    )
    digest: Digest | None = Field(default=None, description="Digest of the present spec.")
    version: Version | None = Field(
        default=None, description="Version of the present spec's revision, such as 1.2.0."
    )
    versions: Annotated[Mapping[Version, VersionedDigest], Field(max_length=MOST_VERSIONS)] = Field(
        default_factory=dict,
        description="The digest each version was given to, for good; of more than 100 the highest are kept.",
        json_schema_extra=ATOMIC_MAP | VERSIONS_STAY,
    )
    risk: Literal["Low", "Medium", "High"] | None = Field(
        default=None, description="Risk of the present spec, from its permissions."
    )
    approvals: Annotated[str, Field(max_length=16)] | None = Field(
        default=None, description="Channels that approved, of those needed, such as 1/2."
    )
    serving: ServingStatus | None = Field(
        default=None, description="What serves now; absent when nothing does."
    )
    canary: CanaryStatus | None = Field(
        default=None, description="What gets a share of the calls beside it; absent when nothing does."
    )
    rollback_obeyed: Annotated[str, Field(max_length=128)] | None = Field(
        default=None,
        description="The value of annotation cupel.dev/condemn that was obeyed last; the same value is not "
        "obeyed again, so that a pardon holds.",
    )
    verifications: Annotated[tuple[VerificationEvidence, ...], Field(max_length=4)] = Field(
        default=(), description="Live checks, newest last, one for each digest and Pod template."
    )

    @property
    def on_trial(self) -> str:
        """Digest of the newest revision that gets calls: the canary, else what serves; empty: none does."""
        newest = self.canary or self.serving
        return newest.digest if newest else ""


class GeneratedTool(Resource):
    """The tool wanted, and how far it is."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')",
                "`metadata.name` must be at most 63 lower-case letters, digits and hyphens, and begin and "
                "end with a letter or digit: the tool's Pods are labelled with it",
                when="Created",
            )
        )
    )

    spec: GeneratedToolSpec
    status: GeneratedToolStatus = GeneratedToolStatus()

    @property
    def tool_name(self) -> str:
        """The MCP name: given, or the object's own."""
        return self.spec.interface.tool_name or self.name

    @property
    def code(self) -> str:
        """The code asked for; empty when `source` names none (the Accepted gate refuses that)."""
        return self.spec.source.inline.code if self.spec.source.inline else ""
