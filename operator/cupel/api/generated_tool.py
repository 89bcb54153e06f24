"""GeneratedTool: the tool somebody wants. Its spec is the requester's, its status the operator's."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .common import (
    Contributors,
    JsonObject,
    Model,
    ObjectName,
    Resource,
    UserName,
)
from .generated_tool_status import GeneratedToolStatus, ToolName
from .generation import Origin
from .markers import UNIQUE, rule, rules
from .permissions import Permissions
from .serving import Serving
from .trial import BY_NAME, Trial

MAX_CODE_CHARACTERS = 65_536


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
    lifecycle: Literal["Active", "Retired"] = Field(
        default="Active",
        description="Retired: no Pod runs, and calls are told so; Active again serves what was approved.",
    )
    successor: ObjectName | None = Field(
        default=None, description="GeneratedTool that who calls this one, retired, is told to use."
    )
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
