"""What a decision is made of: outcomes of gates, actions, and the plan of one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from cupel.api.bundle import Bundle
from cupel.api.common import Condition

Manifest = dict[str, Any]
Status = Literal["True", "False", "Unknown"]


@dataclass(frozen=True)
class Apply:
    """Server-side apply under our field manager: creating, repairing and doing nothing are one call."""

    manifest: Manifest

    @property
    def thing(self) -> str:
        """What a refusal of it is remembered by."""
        return f"{self.manifest['kind']}/{self.manifest['metadata']['name']}"


@dataclass(frozen=True)
class Delete:
    """Delete one object, only if it is still the one that was seen (`uid`)."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str
    grace_seconds: int | None = None
    """How long a Pod has to end by itself; None: as long as its spec says."""

    @property
    def thing(self) -> str:
        return f"Delete {self.kind}/{self.name}"


@dataclass(frozen=True)
class Analyze:
    """Run the analyser over these bytes in a limited child process; its verdict is seen by a later pass."""

    digest: str
    code: str
    egress: tuple[str, ...]
    state: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Verify:
    """Call the live Pods with the examples; the verdict is seen by a later pass under `template`."""

    digest: str
    template: str
    bundle: Bundle
    addresses: tuple[str, ...]
    timeout_seconds: int
    repeat: bool
    """True: only examples marked `liveCheck: Always`; False: `Once` and `Always`."""


@dataclass(frozen=True)
class Condemn:
    """Write a digest into the ledger's `status.condemned`, with a merge patch."""

    namespace: str
    digest: str
    why: str

    @property
    def thing(self) -> str:
        return f"Condemn {self.digest}"


Action = Apply | Delete | Analyze | Verify | Condemn


@dataclass(frozen=True)
class Outcome:
    """What one gate said. Only `True` lets the next gate be asked."""

    status: Status
    reason: str
    message: str = ""
    actions: tuple[Action, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """Status fields this gate found out, by the name they have in the kind's status model."""
    revisit: timedelta | None = None


def passed(reason: str, message: str = "", *actions: Action, **evidence: Any) -> Outcome:
    return Outcome("True", reason, message, actions, evidence)


def waiting(reason: str, message: str = "", *actions: Action, **evidence: Any) -> Outcome:
    """The world will change this by itself, a person will decide, or our actions will."""
    return Outcome("Unknown", reason, message, actions, evidence)


def refused(reason: str, message: str, *actions: Action, **evidence: Any) -> Outcome:
    """Waiting will not help: a person must change something. Our only "permanent error"."""
    return Outcome("False", reason, message, actions, evidence)


def again(outcome: Outcome, after: timedelta | None) -> Outcome:
    """The same outcome, to be looked at again after this time even if nothing wakes us. None: not by time."""
    return replace(outcome, revisit=after)


@dataclass(frozen=True)
class Plan:
    """Everything one pass will do: the new status (whole), the actions in order, when to look again."""

    status: Any
    """The kind's status model, complete; None when the object is gone and only actions are left."""
    actions: tuple[Action, ...] = ()
    revisit: timedelta | None = None


@dataclass(frozen=True)
class Walk:
    """How far the gates let a resource come."""

    outcomes: tuple[tuple[str, Outcome], ...]

    @property
    def last(self) -> Outcome:
        return self.outcomes[-1][1]

    @property
    def gate(self) -> str:
        return self.outcomes[-1][0]

    @property
    def arrived(self) -> bool:
        return self.last.status == "True"

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(action for _, outcome in self.outcomes for action in outcome.actions)

    @property
    def evidence(self) -> dict[str, Any]:
        return {key: value for _, outcome in self.outcomes for key, value in outcome.evidence.items()}

    @property
    def revisit(self) -> timedelta | None:
        return min((o.revisit for _, o in self.outcomes if o.revisit is not None), default=None)


def walk(outcomes: Iterable[tuple[str, Outcome]]) -> Walk:
    """Ask gates in order until one does not pass. The iterable is lazy: later gates are not asked."""
    taken: list[tuple[str, Outcome]] = []
    for name, outcome in outcomes:
        taken.append((name, outcome))
        if outcome.status != "True":
            break
    return Walk(tuple(taken))


def condition(
    kind: str, status: Status, reason: str, message: str, before: tuple[Condition, ...], generation: int,
    now: datetime,
) -> Condition:  # fmt: skip
    """One condition; its transition time moves only when its status does."""
    old = next((c for c in before if c.type == kind), None)
    said = (status, reason, message[:4096], generation)
    if old is not None and said == (old.status, old.reason, old.message, old.observed_generation):
        return old
    moved = old is None or old.status != status
    return Condition(
        type=kind,
        status=status,
        reason=reason,
        message=message[:4096],
        observed_generation=generation,
        last_transition_time=now if moved or old is None else old.last_transition_time,
    )
