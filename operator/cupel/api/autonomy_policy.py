"""AutonomyPolicy: what the autopilot may do to a tool or a Deployment. Its status is in `autonomy_status`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .autonomy_status import AutonomyPolicyStatus
from .common import Model, ObjectName, Resource
from .markers import keyed_by, rule, rules

SignalName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z][A-Za-z0-9]*$")]
BUILT_IN = (
    "throughputPerSecond",
    "inFlight",
    "latencyMilliseconds",
    "errorPerMille",
    "cpuPercent",
    "memoryPercent",
)
"""Signals with a known meaning; a policy may name others."""
INDICES = ("omegaPerMille", "psiPerMille", "betaPerMille")
"""The three indices as objectives, in thousandths (no floats in a spec)."""
Count = Annotated[StrictInt, Field(ge=0, le=1000)]
Replicas = Annotated[StrictInt, Field(ge=0, le=1000)]


class TargetReference(Model):
    """What is flown: a GeneratedTool or a Deployment of the same namespace."""

    kind: Literal["GeneratedTool", "Deployment"] = Field(description="Kind of the target.")
    name: ObjectName = Field(description="Name of the target.")


class PodMetrics(Model):
    """A metric that the target's own Pods expose in Prometheus' text format."""

    port: Annotated[StrictInt, Field(ge=1, le=65_535)] = Field(description="Port of the Pods to read.")
    path: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^/")] = Field(
        default="/metrics", description="Path to read."
    )
    metric: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")] = (
        Field(description="Name of the metric. All its series of a Pod are summed.")
    )
    read: Annotated[Literal["Value", "Rate"], Field()] = Field(
        default="Value", description="Value: a gauge. Rate: a counter's growth a second."
    )
    across: Literal["Sum", "Average", "Maximum"] = Field(
        default="Sum", description="How the Pods' figures become one."
    )
    scale: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = Field(
        default=1, description="What a figure is multiplied by, such as 1000 for seconds to milliseconds."
    )


class PrometheusQuery(Model):
    """One instant query that answers a single number."""

    query: Annotated[str, Field(min_length=1, max_length=2048)] = Field(
        description="PromQL that answers one sample."
    )


class Signal(Model):
    """One figure to watch. Exactly the member that `type` names is set; Gateway has none."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "(self.type == 'PodMetrics') == has(self.podMetrics)",
                "`podMetrics` must be set when `type` is 'PodMetrics', and only then",
                field=".podMetrics",
            ),
            rule(
                "(self.type == 'Prometheus') == has(self.prometheus)",
                "`prometheus` must be set when `type` is 'Prometheus', and only then",
                field=".prometheus",
            ),
        )
    )

    name: SignalName = Field(description="What it is called: a built-in name, or one of your own.")
    type: Literal["Gateway", "PodMetrics", "Prometheus"] = Field(
        description="Where it is read: the gateway's own measurements, the Pods, or Prometheus."
    )
    pod_metrics: PodMetrics | None = Field(default=None, description="What to read of the Pods.")
    prometheus: PrometheusQuery | None = Field(default=None, description="What to ask Prometheus.")
    stale_seconds: Annotated[StrictInt, Field(ge=1, le=3600)] = Field(
        default=30, description="Age from which a sample is a missing one, in seconds."
    )
    least: Annotated[StrictInt, Field(ge=-(2**53), le=2**53)] = Field(
        default=0, description="Smallest figure that makes sense; what is below is a missing sample."
    )
    most: Annotated[StrictInt, Field(ge=-(2**53), le=2**53)] = Field(
        default=1_000_000_000,
        description="Largest figure that makes sense; what is above is a missing sample.",
    )

    @model_validator(mode="after")
    def _exactly_its_member(self) -> Self:
        if (self.type == "PodMetrics") != (self.pod_metrics is not None):
            raise ValueError("`podMetrics` must be set when `type` is 'PodMetrics', and only then")
        if (self.type == "Prometheus") != (self.prometheus is not None):
            raise ValueError("`prometheus` must be set when `type` is 'Prometheus', and only then")
        return self


class Objective(Model):
    """A bound that a signal or an index should keep."""

    signal: SignalName = Field(
        description="A signal of this policy, or an index: " + ", ".join(INDICES) + "."
    )
    at_most: Annotated[StrictInt, Field(ge=-(2**53), le=2**53)] | None = Field(
        default=None, description="Kept while the figure is not above this."
    )
    at_least: Annotated[StrictInt, Field(ge=-(2**53), le=2**53)] | None = Field(
        default=None, description="Kept while the figure is not below this."
    )
    weight: Annotated[StrictInt, Field(ge=1, le=100)] = Field(
        default=1, description="Its share in omega_score beside the other objectives."
    )


class Scaling(Model):
    """How many Pods, and how fast that may change."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.minReplicas <= self.maxReplicas",
                "`minReplicas` must not be more than `maxReplicas`",
                field=".minReplicas",
            ),
        )
    )

    min_replicas: Replicas = Field(default=1, description="Fewest Pods. 0: may sleep when nobody calls.")
    max_replicas: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(default=5, description="Most Pods.")
    load: SignalName = Field(default="throughputPerSecond", description="The signal that is demand.")
    capacity_per_replica: Annotated[StrictInt, Field(ge=1, le=1_000_000_000)] | None = Field(
        default=None,
        description="Load in thousandths that one Pod carries (7000: 7 a second). Absent: estimated on line.",
    )
    start_seconds: Annotated[StrictInt, Field(ge=1, le=600)] = Field(
        default=10, description="Time from a decision to a ready Pod, in seconds: how far ahead to forecast."
    )
    step_up: Annotated[StrictInt, Field(ge=1, le=100)] = Field(default=2, description="Pods of one SCALE_UP.")
    step_down: Annotated[StrictInt, Field(ge=1, le=100)] = Field(
        default=1, description="Pods of one SCALE_DOWN."
    )
    warm_reserve: Count = Field(
        default=0, description="Pods kept beyond the forecast, for bursts faster than a Pod's start."
    )
    idle_seconds: Annotated[StrictInt, Field(ge=30, le=86_400)] = Field(
        default=600, description="Seconds without a call before the last Pod goes, where minReplicas is 0."
    )


class TuningBounds(Model):
    """Inside which RETUNE may move the estimator."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.leastHorizonSeconds <= self.mostHorizonSeconds",
                "`leastHorizonSeconds` must not be more than `mostHorizonSeconds`",
                field=".leastHorizonSeconds",
            ),
        )
    )

    enabled: bool = Field(default=True, description="Whether RETUNE may be chosen.")
    most_adaptation_per_mille: Annotated[StrictInt, Field(ge=10, le=1000)] = Field(
        default=500, description="Largest eta, how fast the noise estimate adapts, in thousandths."
    )
    most_memory_per_mille: Annotated[StrictInt, Field(ge=500, le=999)] = Field(
        default=995, description="Largest gamma, the share of the past kept at each step, in thousandths."
    )
    least_horizon_seconds: Annotated[StrictInt, Field(ge=1, le=3600)] = Field(
        default=5, description="Shortest tau, how far ahead to forecast, in seconds."
    )
    most_horizon_seconds: Annotated[StrictInt, Field(ge=1, le=3600)] = Field(
        default=120, description="Longest tau, in seconds."
    )


class RollbackRule(Model):
    """When a revision is rolled back on evidence."""

    enabled: bool = Field(default=False, description="Whether ROLLBACK may be chosen.")
    degradation_percent: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(
        default=10, description="Smallest worsening that counts, in percent of the baseline."
    )
    false_alarms_per_thousand_years: Annotated[StrictInt, Field(ge=1, le=100_000)] = Field(
        default=1000, description="False rollbacks accepted, in a thousand years of one tool."
    )


class AutonomyPolicySpec(Model):
    """What the autopilot may do, to what, on what grounds."""

    target_ref: TargetReference = Field(description="What is flown.")
    authority: Literal["Observe", "Recommend", "Act"] = Field(
        default="Recommend",
        description="Observe: watch only. Recommend: say what it would do. Act: do it.",
    )
    paused: bool = Field(default=False, description="True: as with Observe, from the next period on.")
    mode: Literal["Conservative", "Balanced", "Aggressive"] = Field(
        default="Balanced",
        description="How sure a decision must be: above 85, 70 or 50 %. Aggressive also acts ahead of need.",
    )
    period_seconds: Annotated[StrictInt, Field(ge=1, le=300)] = Field(
        default=5, description="Time between two looks, in seconds."
    )
    signals: Annotated[tuple[Signal, ...], Field(min_length=1, max_length=16)] = Field(
        description="What is watched.", json_schema_extra=keyed_by("name")
    )
    objectives: Annotated[tuple[Objective, ...], Field(max_length=16)] = Field(
        default=(), description="What should hold.", json_schema_extra=keyed_by("signal")
    )
    scaling: Scaling = Field(default=Scaling(), description="How many Pods.")
    tuning: TuningBounds = Field(default=TuningBounds(), description="What RETUNE may move.")
    rollback: RollbackRule = Field(default=RollbackRule(), description="When a revision is rolled back.")


class AutonomyPolicy(Resource):
    """What the autopilot may do to one GeneratedTool or Deployment."""

    spec: AutonomyPolicySpec
    status: AutonomyPolicyStatus = AutonomyPolicyStatus()
