"""What one pass over a CapabilityGap sees, already parsed. Absent things are empty, never missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generation import Generator
from cupel.api.tool_policy import ToolPolicy

from .gap_twin import Twin


class Near(NamedTuple):
    """A served tool that comes near the wish."""

    tool_name: str
    """Its MCP name."""
    per_mille: int
    fits: bool
    """Near enough to be the answer."""


@dataclass(frozen=True)
class Way:
    """How a tool could be made."""

    generator: Generator
    because: str
    template: str | None = None
    parameters: JsonObject | None = None
    confidence_per_mille: int = 1000


@dataclass(frozen=True)
class Proposal:
    """What hangs on a gap's spec alone; see `gap_proposal`."""

    content: str = ""
    """Hash of what is wished for."""
    way: Way | None = None
    named: bool = False
    """The way was named by the asker, not chosen."""
    problem: tuple[str, str] = ("", "")
    """(reason, message) why what the asker named cannot be done; both empty when it can."""
    hostile: str = ""
    """Why no tool may come of the wish, whatever makes tools; empty when nothing speaks against it."""
    templates: tuple[str, ...] = ()
    """Templates that come near, nearest first."""


@dataclass(frozen=True)
class World:
    """Everything one pass saw."""

    zone: str = ""
    policy: ToolPolicy | None = None
    older: int = 0
    """Gaps of the same policy that were asked for before and are still open."""
    proposal: Proposal = Proposal()
    near: tuple[Near, ...] = ()
    """Served tools of the namespace, nearest first, but the one made for this gap."""
    tool: GeneratedTool | None = None
    """The GeneratedTool made for it."""
    twin: Twin | None = None
    """The gap that came to the same plan before it; None once it has a tool of its own."""
    alike: tuple[str, ...] = ()
    """Who asked for the gaps that count on this one's tool."""
    taken: frozenset[str] = frozenset()
    """Names of other tools, of those this gap would choose for its own."""
