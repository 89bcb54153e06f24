"""Bundle and digest: the one canonical file that approvals, Pods, egress and the catalogue hang on.

Canonical form: UTF-8 JSON, keys sorted, no white space, no NaN. The launcher hashes the file's bytes and
never re-encodes them, so only this module has to agree with itself.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from .common import Model, ObjectName
from .generated_tool import GeneratedTool, Interface, Permissions
from .markers import rule, rules
from .trial import BY_NAME, Trial

BUNDLE_FORMAT: Literal["cupel.dev/bundle/v1"] = "cupel.dev/bundle/v1"
MAX_BUNDLE_BYTES = 524_288
SHORT_DIGITS = 40
NAME_DIGITS = 10


class Bundle(Model):
    """All that makes one version of a tool, and nothing else."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "has(self.interface.toolName)",
                "`interface.toolName` must be set in a bundle",
                field=".interface",
            ),
        )
    )

    format: Literal["cupel.dev/bundle/v1"] = Field(
        default=BUNDLE_FORMAT, description="Version of this format."
    )
    tool: ObjectName = Field(description="Name of the GeneratedTool.")
    description: Annotated[str, Field(min_length=1, max_length=1024)] = Field(
        description="What the tool does, as agents read it."
    )
    interface: Interface = Field(description="The MCP tool definition, its name filled in.")
    code: Annotated[str, Field(min_length=1, max_length=65_536)] = Field(
        description="One Python module that defines run()."
    )
    permissions: Permissions = Field(description="What the tool may do.")
    examples: Annotated[tuple[Trial, ...], Field(max_length=32)] = Field(
        description="Calls that show the tool.", json_schema_extra=BY_NAME
    )
    tests: Annotated[tuple[Trial, ...], Field(max_length=64)] = Field(
        default=(), description="Further calls the tool must pass.", json_schema_extra=BY_NAME
    )

    def content(self) -> bytes:
        """The canonical bytes: the file in the ConfigMap, and what the digest is taken of."""
        return canonical(self.wire())

    def digest(self) -> str:
        """`sha256-<64 hex digits>` of `content()`."""
        return "sha256-" + hashlib.sha256(self.content()).hexdigest()


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no white space. Raises ValueError on NaN or infinity."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def bundle_of(tool: GeneratedTool) -> Bundle:
    """The bundle a GeneratedTool asks for; serving, policy and attempt are no part of it."""
    spec = tool.spec
    return Bundle(
        tool=tool.name,
        description=spec.description,
        interface=spec.interface.model_copy(update={"tool_name": tool.tool_name}),
        code=tool.code,
        permissions=spec.permissions,
        examples=spec.examples,
        tests=spec.tests,
    )


def hexdigits(digest: str) -> str:
    """The 64 hexadecimal digits of a digest."""
    return digest.removeprefix("sha256-")


def short(digest: str) -> str:
    """The first 40 hexadecimal digits: label values and ConfigMap names."""
    return hexdigits(digest)[:SHORT_DIGITS]


def revision_name(tool: str, digest: str) -> str:
    """Name of a ToolRevision, its Deployment and its trials: at most 63 characters."""
    return f"{tool[:52].rstrip('-')}-{hexdigits(digest)[:NAME_DIGITS]}"
