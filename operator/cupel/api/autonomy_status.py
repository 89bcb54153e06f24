"""AutonomyPolicy's status: what was seen, believed, forecast, chosen, and what came of it.

Figures are strings, as `kubectl describe` shows them: the API conventions advise against floats.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt

from .common import Condition, Digest, Generation, Model
from .markers import ONE_WRITER, keyed_by

MOST_REVISIONS = 16
"""Of a Deployment, remembered: a few more than the ten ReplicaSets that Kubernetes keeps by default."""
Figure = Annotated[str, Field(max_length=24, pattern=r"^-?[0-9][0-9.eE+-]*$")]
"""A decimal number."""
Action = Literal["ScaleUp", "ScaleDown", "Retune", "Rollback", "NoOp"]
PerMille = Annotated[StrictInt, Field(ge=0, le=10_000)]
MOST_COUNTED = 1_000_000_000
Counted = Annotated[StrictInt, Field(ge=0, le=MOST_COUNTED)]
Replicas = Annotated[StrictInt, Field(ge=0, le=1000)]
TemplateHash = Annotated[str, Field(max_length=63, pattern=r"^[a-z0-9]+$")]
Sentence = Annotated[str, Field(max_length=512)]


class SignalSeen(Model):
    """The last usable sample of a signal."""

    name: Annotated[str, Field(max_length=63)] = Field(description="The signal.")
    value: Figure | None = Field(default=None, description="Its last usable figure, in the unit of its name.")
    at: datetime | None = Field(default=None, description="When that was measured.")
    problem: Sentence = Field(
        default="", description="Why there is no usable sample now; empty when there is."
    )


class Believed(Model):
    """The estimator's belief, enough to go on after a restart."""

    at: datetime = Field(description="When it was current.")
    level: Figure = Field(description="Demand, a second.")
    level_deviation: Figure = Field(description="Its standard deviation.")
    trend: Figure = Field(description="Growth of demand, a second each second.")
    capacity: Figure | None = Field(
        default=None, description="Demand one Pod carries; absent while that is not known."
    )
    summary: Sentence = Field(description="The belief in one line, as people read it.")
    saved: Annotated[str, Field(max_length=2048, pattern=r"^[A-Za-z0-9+/=]*$")] = Field(
        description="The whole belief as the autopilot reads it back: versioned, Base64."
    )


class Forecast(Model):
    """Demand at the time a Pod decided on now would be ready."""

    seconds_ahead: Annotated[StrictInt, Field(ge=0, le=3600)] = Field(description="How far ahead.")
    expected: Figure = Field(description="Expected demand, a second.")
    high: Figure = Field(description="Demand that is not exceeded with the mode's confidence.")
    replicas: Replicas = Field(description="Pods that this takes.")


class Decided(Model):
    """One decision, and what came of it."""

    at: datetime = Field(description="When it was taken.")
    action: Action = Field(description="What was chosen.")
    reason: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Z][A-Za-z0-9]*$")] = Field(
        description="Stable CamelCase word that says why; listed in docs/reasons.md."
    )
    message: Sentence = Field(default="", description="Why this, and why not the others.")
    confidence_percent: Annotated[StrictInt, Field(ge=0, le=100)] = Field(
        default=0, description="Calibrated probability that it is right."
    )
    authority: Literal["Recommend", "Act"] = Field(
        default="Act", description="Whether it was done, or only said."
    )
    before: Replicas | None = Field(default=None, description="Pods there were.")
    replicas: Replicas | None = Field(default=None, description="Pods wanted by it.")
    consistency_per_mille: PerMille | None = Field(
        default=None, description="psi_index when it was taken, in thousandths: what a RETUNE is judged by."
    )
    judged_at: datetime | None = Field(default=None, description="When it is, or was, judged.")
    digest: Digest | None = Field(default=None, description="The digest it condemned.")
    left: Annotated[str, Field(max_length=128)] | None = Field(
        default=None,
        description="What a ROLLBACK left: a tool's digest, or the template hash of a Deployment's Pods.",
    )
    outcome: Literal["Pending", "Right", "Wrong", "NotTaken", "Unknown"] = Field(
        default="Pending", description="Whether it proved right, judged at its horizon."
    )
    outcome_message: Sentence = Field(default="", description="What happened by then.")


class CanaryCalls(Model):
    """How much a canary was called, so far: it takes over by that."""

    since: datetime = Field(description="The canary it is about: `status.canary.since` of the tool.")
    calls: Counted = Field(description="Calls it answered.")
    calls_beside: Counted = Field(description="Calls that the revision beside it answered meanwhile.")
    called_seconds: Counted = Field(
        description="Time in which it was called: each call counts for the minute before it, once."
    )
    watched_seconds: Counted = Field(description="Time in which the autopilot saw whether it was called.")


class Evidence(Model):
    """What is held against the revision that serves, where the policy may roll back."""

    digest: Digest | None = Field(default=None, description="The revision of a tool it is about.")
    template_hash: TemplateHash | None = Field(
        default=None, description="The revision of a Deployment it is about: label pod-template-hash."
    )
    reason: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Z][A-Za-z0-9]*$")] = Field(
        description="Why it is rolled back, or not; listed in docs/reasons.md."
    )
    message: Sentence = Field(description="The evidence in words: observed, baseline, since when.")
    saved: Annotated[str, Field(max_length=1024, pattern=r"^[A-Za-z0-9+/=]*$")] = Field(
        description="All of it as the autopilot reads it back: versioned, Base64."
    )
    counted_by: Annotated[str, Field(max_length=64, pattern=r"^[0-9a-f.]*$")] = Field(
        default="",
        description="Fingerprint of a Deployment's counters and latency buckets: what was counted otherwise "
        "is no baseline.",
    )
    canary: CanaryCalls | None = Field(
        default=None, description="While the revision is a canary: how much it was called."
    )

    @property
    def identity(self) -> str:
        return self.digest or self.template_hash or ""


class RevisionServed(Model):
    """A revision of a Deployment that served under this policy, and what became of it."""

    template_hash: TemplateHash = Field(description="Label pod-template-hash of its Pods.")
    name: Annotated[str, Field(max_length=253)] = Field(description="Its ReplicaSet.")
    since: datetime = Field(description="When it was first seen to serve.")
    good_at: datetime | None = Field(
        default=None,
        description="Since when it is known to be good: it had answered enough calls, and nothing spoke "
        "against it. Only such a one is gone back to.",
    )
    condemned_at: datetime | None = Field(
        default=None, description="When it was found worse, to be rolled back: it stays condemned."
    )
    left_at: datetime | None = Field(
        default=None, description="When another served instead. It is not rolled back a second time."
    )
    returned_at: datetime | None = Field(
        default=None, description="When somebody had brought it back after that."
    )


class Tuned(Model):
    """Where RETUNE has moved the estimator."""

    adaptation_per_mille: PerMille = Field(description="Eta.")
    memory_per_mille: PerMille = Field(description="Gamma.")
    horizon_seconds: Annotated[StrictInt, Field(ge=1, le=3600)] = Field(description="Tau.")


class Indices(Model):
    """The three indices, in thousandths."""

    omega_per_mille: PerMille | None = Field(
        default=None, description="omega_score: objectives met, weighted."
    )
    psi_per_mille: PerMille | None = Field(
        default=None, description="psi_index: belief against what happened."
    )
    beta_per_mille: PerMille | None = Field(
        default=None, description="beta_antifragile: performance after a disturbance, relative to before."
    )


class AutonomyPolicyStatus(Model):
    """What the autopilot sees, believes and does."""

    model_config = ConfigDict(json_schema_extra=ONE_WRITER)

    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this status is about."
    )
    conditions: Annotated[tuple[Condition, ...], Field(max_length=8)] = Field(
        default=(),
        description="Ready: flown as written. Seeing: enough signals are usable. Acting: it may act.",
        json_schema_extra=keyed_by("type"),
    )
    seen: Annotated[tuple[SignalSeen, ...], Field(max_length=32)] = Field(
        default=(), description="Each signal as it was last seen.", json_schema_extra=keyed_by("name")
    )
    believed: Believed | None = Field(default=None, description="What is believed.")
    forecast: Forecast | None = Field(default=None, description="What is forecast.")
    tuned: Tuned | None = Field(default=None, description="Where RETUNE has moved the estimator.")
    indices: Indices = Field(default=Indices(), description="How well it goes.")
    evidence: Evidence | None = Field(
        default=None, description="What is held against the revision that serves."
    )
    revisions: Annotated[tuple[RevisionServed, ...], Field(max_length=MOST_REVISIONS)] = Field(
        default=(),
        description="Of a Deployment that may be rolled back: the revisions that served, the last one first.",
        json_schema_extra=keyed_by("templateHash"),
    )
    replicas: Replicas | None = Field(default=None, description="Pods there are.")
    desired_replicas: Replicas | None = Field(
        default=None,
        description="Pods wanted. For a GeneratedTool the operator applies it, where the authority is Act.",
    )
    desired_at: datetime | None = Field(
        default=None, description="When that was last confirmed; old ones are not obeyed."
    )
    decision: Decided | None = Field(default=None, description="The decision of the last period.")
    history: Annotated[tuple[Decided, ...], Field(max_length=10)] = Field(
        default=(), description="The last ten decisions that were not NoOp, newest first."
    )
