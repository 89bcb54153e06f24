"""What was worked out for CapabilityGaps and need not be again while nothing it hangs on has changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cupel.decide.gap_world import Near, Proposal
from cupel.wishes.search import Index

from .evidence import Recent
from .served import Served

Version = tuple[str, int]
"""uid and generation of a gap."""


@dataclass
class GapMemory:
    """Lost with the process, and worked out again."""

    served: Served = field(default_factory=Served)
    proposals: Recent[Version, Proposal] = field(default_factory=Recent)
    """What a gap's spec proposes."""
    searches: Recent[Version, tuple[Index, tuple[Near, ...]]] = field(default_factory=Recent)
    """Served tools that come near a gap, and the index that was asked."""
    queues: Recent[tuple[str, str], tuple[int, list[tuple[str, str]]]] = field(default_factory=Recent)
    """Open gaps by age, by namespace and policy, and the turn of the store they are of."""
