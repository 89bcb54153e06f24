"""What one pass over a ToolRevision sees, already parsed. Absent things are empty, never missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import AnalysisEvidence

from .plan import Delete
from .trials import TrialPod

READ_OF_POLICY = ("approvals", "validation")
"""The fields of a ToolPolicy's spec that a revision's gates read: no other change of it wakes a revision."""


@dataclass(frozen=True)
class World:
    """Everything one pass saw."""

    wanted: bool = True
    """The tool exists and asks for exactly this digest, or this revision serves."""
    attempt: int = 0
    generated: bool = False
    """A template, a document or a model made what the tool asks for: its spec.origin says so."""
    policy: ToolPolicy | None = None
    ledger: ApprovalLedger | None = None
    admission: str = ""
    """Why nothing may start now; empty when the admission policies were seen to hold."""
    sandbox: str = ""
    image: str = ""
    targets: tuple[str, ...] = ()
    analysis: AnalysisEvidence | None = None
    trials: tuple[TrialPod, ...] = ()
    """Trial Pods of this revision, any attempt."""
    leftovers: tuple[Delete, ...] = ()
    """Everything of this revision in the sandbox namespace: Pods and ConfigMaps."""
    denied: Mapping[str, str] = field(default_factory=dict)
    """What the API server said when it last refused an action, by the action's `thing`."""
