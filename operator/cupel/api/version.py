"""Semantic versions of a tool's revisions (semver.org 2.0.0, without pre-releases and build metadata)."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

MOST_VERSIONS = 100
"""Versions that a tool remembers the digests of; the lowest make room."""
Version = Annotated[
    str,
    Field(
        pattern=r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$",
        min_length=5,
        max_length=20,
    ),
]
Level = Literal["Major", "Minor", "Patch"]
FIRST = "1.0.0"


class Numbers(NamedTuple):
    """A version in parts; tuples compare as versions do."""

    major: int
    minor: int
    patch: int

    @classmethod
    def of(cls, version: str) -> Numbers:
        """Read one that satisfies `Version`."""
        major, minor, patch = (int(part) for part in version.split("."))
        return cls(major, minor, patch)

    def raised(self, level: Level) -> str:
        """The next version after a change of this level."""
        match level:
            case "Major":
                return f"{self.major + 1}.0.0"
            case "Minor":
                return f"{self.major}.{self.minor + 1}.0"
            case "Patch":
                return f"{self.major}.{self.minor}.{self.patch + 1}"
