"""The bundle: one file, read once, hashed as bytes, then parsed. What is parsed is what was hashed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

MAX_BUNDLE_BYTES = 524_288


class BundleMismatch(Exception):
    """The file is not the one whose digest was approved."""


class BundleUnusable(Exception):
    """The file cannot be read, or is no bundle."""


@dataclass(frozen=True)
class Bundle:
    """The parts of a bundle the launcher needs."""

    digest: str
    tool: str
    tool_name: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    code: str
    egress: frozenset[str]
    keeps_state: bool

    def definition(self) -> dict[str, Any]:
        """The answer to `GET /definition`."""
        return {
            "digest": self.digest,
            "tool": self.tool,
            "toolName": self.tool_name,
            "description": self.description,
            "inputSchema": self.input_schema,
            "outputSchema": self.output_schema,
        }


def read_bundle(path: str, sha256: str) -> Bundle:
    """The bundle in the file. Raises BundleMismatch or BundleUnusable."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BUNDLE_BYTES + 1)
    except OSError as error:
        raise BundleUnusable(f"{path} cannot be read: {error.strerror}") from error
    found = hashlib.sha256(content).hexdigest()
    if len(content) > MAX_BUNDLE_BYTES or not hmac.compare_digest(found.encode(), sha256.lower().encode()):
        raise BundleMismatch(f"{path} is not the approved bundle: expected sha256 {sha256}, found {found}")
    try:
        return _parse(json.loads(content), f"sha256-{found}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleUnusable(f"{path} is no bundle: {type(error).__name__}: {error}") from error


def _parse(data: Any, digest: str) -> Bundle:
    interface, permissions = data["interface"], data.get("permissions", {})
    return Bundle(
        digest=digest,
        tool=str(data["tool"]),
        tool_name=str(interface.get("toolName", data["tool"])),
        description=str(data["description"]),
        input_schema=dict(interface["inputSchema"]),
        output_schema=dict(interface["outputSchema"]),
        code=str(data["code"]),
        egress=frozenset(str(target) for target in permissions.get("egress", ())),
        keeps_state=permissions.get("state", "None") == "PerTenant",
    )
