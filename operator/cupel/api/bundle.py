"""Bundle and digest: the one canonical file that approvals, Pods, egress and the catalogue hang on.

Canonical form: UTF-8 JSON, keys sorted, no white space, no NaN. The launcher hashes the file's bytes and
never re-encodes them, so only this module has to agree with itself.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from .common import Model, ObjectName
from .generated_tool import GeneratedTool, Interface
from .markers import rule, rules
from .permissions import Permissions
from .trial import BY_NAME, Trial

BUNDLE_FORMAT: Literal["cupel.dev/bundle/v1"] = "cupel.dev/bundle/v1"
MAX_BUNDLE_BYTES = 524_288
SHORT_DIGITS = 40
NAME_DIGITS = 10
MAX_DEPTH = 64
"""Objects and lists in one another; the API server takes 9,980 and pydantic writes 255."""


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
        return digest_of(self.content())


def digest_of(content: bytes) -> str:
    """The digest of canonical bytes."""
    return "sha256-" + hashlib.sha256(content).hexdigest()


def canonical(value: object) -> bytes:
    """UTF-8 JSON with sorted keys and no white space; numbers as the API server stores and gives them back.

    Raises ValueError on NaN, infinity, a number no float can hold, and lone surrogates.
    """
    text = json.dumps(
        _as_stored(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def _as_stored(value: object) -> object:
    match value:
        case dict():
            return {key: _as_stored(each) for key, each in value.items()}
        case list() | tuple():
            return [_as_stored(each) for each in value]
        case bool():
            return value
        case int() | float():
            return _stored_number(value)
    return value


def _stored_number(value: float) -> float:
    """What Go makes of a JSON number: int64 where it is written as one and fits, else the nearest float64.

    Go writes a whole float64 below 1e21 as an integer: 1.0 comes back as 1, 2**63 as 9223372036854776000.
    """
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    try:
        nearest = float(value)
    except OverflowError as error:
        raise ValueError("a number that no float can hold") from error
    if nearest.is_integer() and abs(nearest) < 1e21:
        return int(Decimal(repr(nearest)))
    return nearest


def nesting(tool: GeneratedTool) -> int:
    """How deep the tool's free-form JSON goes; `bundle_of(tool).content()` may fail beyond MAX_DEPTH."""
    spec = tool.spec
    free: list[object] = [spec.interface.input_schema, spec.interface.output_schema]
    for trial in (*spec.examples, *spec.tests):
        free += [trial.arguments, trial.result]
        free += [trial.state.before, trial.state.after] if trial.state else []
    return max(depth(each) for each in free)


def depth(value: object) -> int:
    """How many objects and lists lie in one another. Takes what the API server takes: it does not recurse."""
    deepest, pending = 0, [(value, 1)]
    while pending:
        node, level = pending.pop()
        match node:
            case dict():
                inner = tuple(node.values())
            case list() | tuple():
                inner = tuple(node)
            case _:
                continue
        deepest = max(deepest, level)
        pending.extend((each, level + 1) for each in inner)
    return deepest


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
