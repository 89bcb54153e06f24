"""What one look at an AutonomyPolicy sees, in plain figures, and what it comes to. Absent: empty or NaN."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Literal

from cupel.api.autonomy_status import Action, AutonomyPolicyStatus, SignalSeen


@dataclass(frozen=True)
class Row:
    """One policy's row of the engine's outcome. Loads a second; NaN is not known."""

    action: Action
    reason: str
    replicas: float
    confidence: float
    """0 to 1."""
    level: float
    level_sd: float
    trend: float
    capacity: float
    expected: float
    high: float
    lead: float
    """Seconds ahead that `expected` and `high` are about."""
    omega: float
    psi: float
    beta: float
    eta: float
    gamma: float
    tau: float
    blind: bool
    """Too little was seen to decide on."""
    demand: float = nan
    """What arrived a second."""


@dataclass(frozen=True)
class Worse:
    """Evidence that what serves is worse than what served before, and what to go back to."""

    identity: str
    """A tool's digest, or the template hash of a Deployment's ReplicaSet."""
    back_to: str
    """Name of the revision that takes over."""
    target: str
    """Its identity."""
    reason: str
    message: str
    confidence: float = 1.0


@dataclass(frozen=True)
class World:
    """What stands around it: the target, what is in the way, what was seen, what the API server refused."""

    replicas: int | None
    """Pods wanted of the target now; None: there is nothing to scale."""
    absent: str = ""
    """Why there is nothing to scale, in words."""
    scaler: str = ""
    """A HorizontalPodAutoscaler that scales the target, too."""
    rival: str = ""
    """An older policy that flies the target already."""
    all_paused: bool = False
    """The switch in ConfigMap cupel-autopilot."""
    seen: tuple[SignalSeen, ...] = ()
    saved: str = ""
    """The engine's memory of this policy, as it reads it back."""
    denied: str = ""
    """What the API server said when it last refused a write for this policy."""
    off: bool = False
    """A person wants no Pod of the tool (`spec.serving.replicas: 0`)."""
    most: int | None = None
    """`maxReplicas` of the tool's ToolPolicy."""
    may_scale: bool = True
    """The namespace bound `cupel-autopilot-scale`; of a tool no such thing is needed."""
    may_roll_back: bool = True
    """... and `cupel-autopilot-rollback`."""
    serving: str = ""
    """Identity of what serves now; of a Deployment only where it may be rolled back."""
    serving_name: str = ""
    """Of a Deployment: its ReplicaSet."""
    revisions: tuple[str, ...] = ()
    """Of a Deployment: the template hashes of its history, newest first."""
    good: bool | None = None
    """Whether what serves is known to be good by now; None: neither."""
    worse: Worse | None = None
    asked: str = ""
    """Of a tool: the digest that annotation cupel.dev/condemn names now."""


@dataclass(frozen=True)
class Told:
    """An Event, for after the status was written."""

    kind: Literal["Normal", "Warning"]
    action: str
    reason: str
    message: str


@dataclass(frozen=True)
class Plan:
    """What to write; None and empty: nothing."""

    status: AutonomyPolicyStatus
    scale: int | None = None
    """The Deployment's replicas. A tool's are in the status: the operator applies them."""
    condemn: str = ""
    """Value of annotation cupel.dev/condemn for the tool: a digest, `@` and when."""
    back_to: str = ""
    """Template hash of the Deployment's earlier revision whose template is put back, after the status."""
    told: tuple[Told, ...] = ()
