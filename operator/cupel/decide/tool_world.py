"""What one pass over a GeneratedTool sees, already parsed. Absent things are empty, never missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.capability_gap import CapabilityGap
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision

from .archive import UNKNOWN, Use
from .plan import Delete


@dataclass(frozen=True)
class DeploymentView:
    """A Deployment of one revision."""

    name: str
    uid: str
    template: str = ""
    """Annotation cupel.dev/template: hash of the Pod template it was last applied with."""
    image: str = ""
    nudged: str = ""
    complete: bool = False
    """The controller saw this generation, and every Pod wanted is updated and ready; none is left over."""
    wanted: int = 1
    """Pods its spec asks for."""
    ready: int = 0
    failure: str = ""
    """Message of the condition ReplicaFailure: what admission or quota said about its Pods."""


@dataclass(frozen=True)
class PodView:
    """A Pod that serves, or is about to."""

    name: str
    digest: str
    """The first 40 hexadecimal digits."""
    address: str = ""
    ready: bool = False
    terminating: bool = False
    grace_seconds: int = 0
    """What it was given to end, once it is terminating."""
    uid: str = ""
    waiting: str = ""
    """Reason the container waits: CrashLoopBackOff, ErrImagePull..."""
    last_exit: str = ""
    """How it ended last, such as `exit code 78`."""
    unschedulable: str = ""
    created_at: datetime | None = None
    namespace: str = ""


@dataclass(frozen=True)
class LiveCheck:
    """What came of calling the live Pods; Unreached is no verdict."""

    verdict: Literal["Passed", "Failed", "Unreached"]
    message: str
    at: datetime


@dataclass(frozen=True)
class Namesake:
    """Another GeneratedTool of the namespace with the same MCP name."""

    name: str
    created_at: datetime


@dataclass(frozen=True)
class Asked:
    """What hangs on a tool's spec alone; see `asked`."""

    digest: str = ""
    """Of the bundle the spec asks for; empty when it cannot be bundled."""
    problem: tuple[str, str] = ("", "")
    """(reason, message) why the content is refused; both empty when it is not."""


@dataclass(frozen=True)
class World:
    """Everything one pass saw."""

    asked: Asked | None = None
    """What the spec asks for, where that was worked out before; None: the decision works it out."""
    zone: str = ""
    sandbox: str = ""
    admission: str = ""
    """Why nothing may start now; empty when the admission policies were seen to hold."""
    policy: ToolPolicy | None = None
    ledger: ApprovalLedger | None = None
    flown_by: tuple[AutonomyPolicy, ...] = ()
    """AutonomyPolicies of the namespace that name the tool, by name."""
    use: Use = UNKNOWN
    namesakes: tuple[Namesake, ...] = ()
    gap: CapabilityGap | None = None
    """The CapabilityGap it was made for, where its label names one that is there."""
    revisions: tuple[ToolRevision, ...] = ()
    deployments: tuple[DeploymentView, ...] = ()
    pods: tuple[PodView, ...] = ()
    live: Mapping[tuple[str, str], LiveCheck] = field(default_factory=dict)
    """First live checks by (digest, template key)."""
    repeated: Mapping[tuple[str, str], LiveCheck] = field(default_factory=dict)
    """Repeated live checks by (digest, template key)."""
    denied: Mapping[str, str] = field(default_factory=dict)
    """What the API server said when it last refused an action, by the action's `thing`."""
    leftovers: tuple[Delete, ...] = ()
    """Everything of the tool in the sandbox namespace."""

    def deployment(self, revision: str) -> DeploymentView | None:
        return next((d for d in self.deployments if d.name == revision), None)

    def revision_of(self, digest: str) -> ToolRevision | None:
        return next((r for r in self.revisions if r.spec.digest == digest), None)
