"""A revision as the files that a pull request shows, and the names of its branches. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from cupel.api.bundle import Bundle, short

MOST_ATTEMPTS = 10
"""Pull requests for one digest at most: whoever voids more of them than that keeps nobody busy."""


@dataclass(frozen=True)
class Branch:
    """Where one pull request comes from and goes to. The n-th of a digest: a void one is not used again."""

    prefix: str
    namespace: str
    tool: str
    digits: str
    """The first 40 of the digest."""
    attempt: int

    @property
    def head(self) -> str:
        return self._name("review")

    @property
    def base(self) -> str:
        return self._name("base")

    def _name(self, kind: str) -> str:
        return f"{self.prefix}/{kind}/{self.namespace}/{self.tool}/{self.digits}-{self.attempt}"


def branch_of(prefix: str, namespace: str, tool: str, digest: str, attempt: int) -> Branch:
    return Branch(prefix, namespace, tool, short(digest), attempt)


def branch_named(prefix: str, head: str) -> Branch | None:
    """The branch of ours that has this name; None for anybody else's."""
    found = re.fullmatch(rf"{re.escape(prefix)}/review/([^/]+)/([^/]+)/([0-9a-f]{{40}})-([0-9]{{1,3}})", head)
    return Branch(prefix, found[1], found[2], found[3], int(found[4])) if found else None


def files(namespace: str, bundle: Bundle) -> dict[str, bytes]:
    """Every part of the bundle to be read by itself, and the bundle whole: its sha256 is the digest."""
    folder = f"{namespace}/{bundle.tool}"
    parts = bundle.wire()
    interface = parts["interface"]
    found: dict[str, bytes] = {
        "digest": f"{bundle.digest()}\n".encode(),
        "bundle.json": bundle.content(),
        "tool.py": bundle.code.encode(),
        "description.txt": f"{bundle.description}\n".encode(),
        "interface/input-schema.json": _pretty(interface.pop("inputSchema", {})),
        "interface/output-schema.json": _pretty(interface.pop("outputSchema", {})),
        "interface/definition.json": _pretty(interface),
        "permissions.json": _pretty(parts["permissions"]),
        "examples.json": _pretty(parts["examples"]),
        "tests.json": _pretty(parts.get("tests") or []),
    }
    return {f"{folder}/{name}": content for name, content in found.items()}


def _pretty(value: object) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
