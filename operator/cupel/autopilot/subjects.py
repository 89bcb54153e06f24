"""What the evidence of a policy is about: the revision that serves, what was counted of it, and its history.

Of a tool the gateway counts and the ledger remembers; of a Deployment its Pods count, and the policy's status
remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypedDict

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.bundle import short
from cupel.api.generated_tool import GeneratedTool
from cupel.control.counting import Growth, Look, gained, growth
from cupel.control.rollback import Known, Past
from cupel.decide import autonomy_revisions, deployment_history, rollback
from cupel.decide.deployment_history import ReplicaSetSeen
from cupel.signals.revision_pods import PodsCounted, runs
from cupel.signals.revision_runs import Counted, Served

from . import tried
from .tried import Tried


@dataclass(frozen=True)
class Beside:
    """What the predecessor of the revision that serves counted since that took over."""

    identity: str
    look: Look | None = None
    calls: float = 0.0
    failed: float = 0.0


class Subject(Protocol):
    """One row's, at one look."""

    @property
    def serving(self) -> str:
        """Identity of the revision that serves; empty when none does."""

    @property
    def group(self) -> str:
        """Those of one group share what may fail them all."""

    @property
    def neighbour(self) -> str:
        """Identity of what serves beside a canary; empty where there is none."""

    def counted(self, identity: str, before: Look | None) -> tuple[Look | None, Growth | None, str]:
        """What was counted of a revision: the counters, if they are known, the growth since, and what is
        amiss.
        """

    def served(self, identity: str) -> Served | None:
        """By which a gateway knows who calls a revision; None where no gateway does."""

    def beside(self, known: Beside) -> Beside | None:
        """The predecessor after this look; None where nobody knows, or a canary's `neighbour` says more."""

    def tried(self, known: Tried | None) -> Tried | None:
        """How much it was called as a canary, after this look; None while it is none."""

    def bounds(self, identity: str) -> tuple[float, ...]:
        """Latency buckets it is counted in, where they are its own."""

    def revisions(self) -> Sequence[Known]:
        """All there are, newest first."""

    def past(self, identity: str) -> Past:
        """What was done before."""


@dataclass(frozen=True)
class Zone:
    """What else there is: revisions of a tool, newest first, and the digests its ledger condemned."""

    revisions: Callable[[GeneratedTool], Sequence[Known]]
    condemned: Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class ToolSubject:
    """A GeneratedTool."""

    policy: AutonomyPolicy
    tool: GeneratedTool
    runs: Counted
    zone: Zone

    @property
    def serving(self) -> str:
        return self.tool.status.on_trial

    @property
    def group(self) -> str:
        return ""

    @property
    def neighbour(self) -> str:
        status = self.tool.status
        return status.serving.digest if status.canary and status.serving else ""

    def counted(self, identity: str, before: Look | None) -> tuple[Look | None, Growth | None, str]:
        if self.runs.problem:
            return before, None, self.runs.problem
        now = self.runs.of(self.served(identity))
        found = growth(before, now, self.runs.fresh(before)) if before else None
        return now, found, ""

    def served(self, identity: str) -> Served:
        return (self.policy.namespace, self.policy.spec.target_ref.name, short(identity))

    def beside(self, known: Beside) -> None:
        """It serves on beside a canary only."""

    def tried(self, known: Tried | None) -> Tried | None:
        canary, serving = self.tool.status.canary, self.tool.status.serving
        if canary is None or serving is None:
            return None
        found = tried.begun(known, canary.digest, canary.since)
        if self.runs.problem:
            return found
        one, other = self.runs.of(self.served(canary.digest)), self.runs.of(self.served(serving.digest))
        return tried.looked(found, one, other)

    def bounds(self, identity: str) -> tuple[float, ...]:
        return ()

    def revisions(self) -> Sequence[Known]:
        """A canary counts as the newest, and what serves beside it as the one before, whatever their age."""
        status, found = self.tool.status, self.zone.revisions(self.tool)
        if status.canary is None or status.serving is None:
            return found
        first = (status.canary.digest, status.serving.digest)
        return sorted(
            found, key=lambda one: first.index(one.identity) if one.identity in first else len(first)
        )

    def past(self, identity: str) -> Past:
        """Rollbacks that left another revision, a person's too: about this one `decide` remembers itself."""
        history = self.policy.status.history
        done = [one for one in history if one.action == "Rollback" and one.authority == "Act"]
        times = [one.at for one in done if one.left != identity and one.outcome != "NotTaken"]
        digest, at = rollback.asked(self.tool)
        if at is not None and digest != identity:
            times.append(at)
        return Past(self.zone.condemned(self.policy.namespace), max(times, default=None))


@dataclass(frozen=True)
class DeploymentSubject:
    """A Deployment of somebody's."""

    policy: AutonomyPolicy
    history: tuple[ReplicaSetSeen, ...]
    pods: PodsCounted
    before: str
    """Template hash of what served at the last look."""
    obstacle: str = ""

    @property
    def serving(self) -> str:
        found = deployment_history.serving(self.history, self.before)
        return found.template_hash if found else ""

    @property
    def group(self) -> str:
        return self.policy.namespace

    @property
    def neighbour(self) -> str:
        return ""

    def counted(self, identity: str, before: Look | None) -> tuple[Look | None, Growth | None, str]:
        now, problem = self.pods.of(identity, before)
        if problem:
            return before, None, problem
        return now, runs(gained(before, now)) if before else None, ""

    def served(self, identity: str) -> None:
        """Its Pods count what they answer, and not for whom."""

    def beside(self, known: Beside) -> Beside | None:
        """While Pods of it are ready; what they did before stays known."""
        now, problem = self.pods.of(known.identity, known.look)
        return known if problem else _went_on(known, now)

    def tried(self, known: Tried | None) -> None:
        """Its own rollout decides how much a new revision is called."""

    def bounds(self, identity: str) -> tuple[float, ...]:
        return self.pods.bounds(identity)

    def revisions(self) -> Sequence[Known]:
        good = autonomy_revisions.good(self.policy.status.revisions)
        return deployment_history.known(self.history, good)

    def past(self, identity: str) -> Past:
        found = autonomy_revisions.past(self.policy.status.revisions, identity)
        return replace(found, held=self.obstacle or self._coming(identity))

    def _coming(self, identity: str) -> str:
        newest = self.history[0] if self.history else None
        if newest is None or newest.template_hash == identity:
            return ""
        return f"{newest.title} is being rolled out: it is waited for"


def _went_on(known: Beside, now: Look) -> Beside:
    """What a predecessor counted since the last look, added to what is known of it."""
    grown = runs(gained(known.look, now)) if known.look else None
    if grown is None or grown.problem:
        return replace(known, look=now)
    good, failed, *_ = grown.amounts
    return replace(known, look=now, calls=known.calls + good + failed, failed=known.failed + failed)


class Serving(TypedDict, total=False):
    """What a look's world says about the revision that serves."""

    serving: str
    asked: str
    serving_name: str
    revisions: tuple[str, ...]
    good: bool | None


def described(
    tool: GeneratedTool | None, history: Sequence[ReplicaSetSeen], identity: str, good: bool | None
) -> Serving:
    """Of a Deployment `identity` is what served at the last look, and `good` what is known of it."""
    if tool is not None:
        return {"serving": tool.status.on_trial, "asked": rollback.asked(tool)[0]}
    name = next((one.name for one in history if one.template_hash == identity), "")
    return {
        "serving": identity if name else "",
        "serving_name": name,
        "revisions": tuple(one.template_hash for one in history),
        "good": good,
    }
