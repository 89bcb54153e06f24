"""The bundle: one file, read once, hashed as bytes, then parsed. What is parsed is what was hashed."""

from __future__ import annotations

import hashlib
import hmac
import json

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from typing import Any

MAX_BUNDLE_BYTES = 524_288


class BundleMismatch(Exception):
    """The file is not the one whose digest was approved."""


class BundleUnusable(Exception):
    """The file cannot be read, or is no bundle."""


class Bundle:
    """The parts of a bundle that are needed. KeyError, TypeError or AttributeError for what is none."""

    def __init__(self, told: Any, digest: str) -> None:
        interface, permissions = told["interface"], told.get("permissions", {})
        self.digest = digest
        self.tool = str(told["tool"])
        self.tool_name = str(interface.get("toolName", self.tool))
        self.description = str(told["description"])
        self.input_schema = dict(interface["inputSchema"])
        self.output_schema = dict(interface["outputSchema"])
        self.code = str(told["code"])
        self.egress = frozenset(str(target) for target in permissions.get("egress", ()))
        self.keeps_state = permissions.get("state", "None") == "PerTenant"

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
        return Bundle(json.loads(content), f"sha256-{found}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleUnusable(f"{path} is no bundle: {type(error).__name__}: {error}") from error
