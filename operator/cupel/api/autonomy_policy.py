"""AutonomyPolicy: what the autopilot may do to a tool or a Deployment. Its status is in `autonomy_status`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictBool, StrictInt, model_validator

from .autonomy_cloudwatch import TOO_OFTEN, TOO_OFTEN_RULE
from .autonomy_rollback import NO_COUNTERS, NOT_OF_TOOLS, ROLLBACK_RULES, RollbackRule
from .autonomy_signals import (
    BUILT_IN,
    GATEWAY,
    GATEWAY_CEL,
    INDICES,
    INDICES_CEL,
    Objective,
    PodMetrics,
    PrometheusQuery,
    Signal,
    SignalName,
    counted_twice,
)
from .autonomy_status import AutonomyPolicyStatus
from .common import Model, ObjectName, Resource
from .markers import keyed_by, rule, rules

__all__ = [
    "BUILT_IN", "GATEWAY", "INDICES", "AutonomyPolicy", "AutonomyPolicySpec", "Objective", "PodMetrics",
    "PrometheusQuery", "RollbackRule", "Scaling", "Signal", "TargetReference", "TuningBounds",
]  # fmt: skip

MAX_TOOL_REPLICAS = 20
Count = Annotated[StrictInt, Field(ge=0, le=1000)]
Replicas = Annotated[StrictInt, Field(ge=0, le=1000)]


class TargetReference(Model):
    """What is flown: a GeneratedTool or a Deployment of the same namespace."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("self == oldSelf", "`targetRef` is immutable: make another policy for another target")
        )
    )

    kind: Literal["GeneratedTool", "Deployment"] = Field(description="Kind of the target.")
    name: ObjectName = Field(description="Name of the target.")


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

    settle_seconds: Annotated[StrictInt, Field(ge=5, le=3600)] = Field(
        default=150,
        description="Seconds after a SCALE_UP before a Pod goes; several at once after twice startSeconds, "
        "if that is less. A fifth of it between two SCALE_DOWN.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_replicas > self.max_replicas:
            raise ValueError("`minReplicas` must not be more than `maxReplicas`")
        return self


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

    enabled: StrictBool = Field(default=True, description="Whether RETUNE may be chosen.")
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

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least_horizon_seconds > self.most_horizon_seconds:
            raise ValueError("`leastHorizonSeconds` must not be more than `mostHorizonSeconds`")
        return self


NO_GATEWAY = (
    "`signals` must hold one at least, and none of type 'Gateway', when the target is a "
    "Deployment: the gateway measures tools only"
)
NO_LOAD = "`scaling.load` must name one of `signals` or, for a tool, a signal of the gateway"
NO_SIGNAL = "`objectives` must each name one of `signals`, an index or, for a tool, a signal of the gateway"
NO_SLEEP = "`scaling.minReplicas` must be 1 at least for a Deployment: nothing would wake it"
TOO_MANY = f"`scaling.maxReplicas` must be {MAX_TOOL_REPLICAS} at most for a GeneratedTool"
SPEC_RULES = (
    rule(
        "self.targetRef.kind == 'GeneratedTool' || "
        "(self.signals.size() > 0 && self.signals.all(s, s.type != 'Gateway'))",
        NO_GATEWAY,
        field=".signals",
    ),
    rule(
        "self.signals.exists(s, s.name == self.scaling.load) || "
        f"(self.targetRef.kind == 'GeneratedTool' && self.scaling.load in {GATEWAY_CEL})",
        NO_LOAD,
        field=".scaling.load",
    ),
    rule(
        f"self.objectives.all(o, o.signal in {INDICES_CEL} || self.signals.exists(s, s.name == o.signal) || "
        f"(self.targetRef.kind == 'GeneratedTool' && o.signal in {GATEWAY_CEL}))",
        NO_SIGNAL,
        field=".objectives",
    ),
    rule(
        "self.targetRef.kind == 'GeneratedTool' || self.scaling.minReplicas >= 1",
        NO_SLEEP,
        field=".scaling.minReplicas",
    ),
    rule(
        f"self.targetRef.kind != 'GeneratedTool' || self.scaling.maxReplicas <= {MAX_TOOL_REPLICAS}",
        TOO_MANY,
        field=".scaling.maxReplicas",
    ),
    TOO_OFTEN_RULE,
    *ROLLBACK_RULES,
)
"""What must hold between the parts of a spec; the models say the same, for who has no API server at hand."""


class AutonomyPolicySpec(Model):
    """What the autopilot may do, to what, on what grounds."""

    model_config = ConfigDict(json_schema_extra=rules(*SPEC_RULES))

    target_ref: TargetReference = Field(description="What is flown.")
    authority: Literal["Observe", "Recommend", "Act"] = Field(
        default="Recommend",
        description="Observe: watch only. Recommend: say what it would do. Act: do it.",
    )
    paused: StrictBool = Field(
        default=False,
        description="True: nothing is changed and what there is stays, from the next period on.",
    )
    mode: Literal["Conservative", "Balanced", "Aggressive"] = Field(
        default="Balanced",
        description="How sure a decision must be: above 85, 70 or 50 %. Aggressive also acts ahead of need.",
    )
    period_seconds: Annotated[StrictInt, Field(ge=1, le=300)] = Field(
        default=2, description="Time between two looks, in seconds."
    )
    signals: Annotated[tuple[Signal, ...], Field(max_length=16)] = Field(
        default=(),
        description="What is watched. Of a tool, when none is given, all that the gateway measures; what "
        "`scaling.load` and `objectives` name of the gateway's need not be listed.",
        json_schema_extra=keyed_by("name"),
    )
    objectives: Annotated[tuple[Objective, ...], Field(max_length=16)] = Field(
        default=(), description="What should hold.", json_schema_extra=keyed_by("signal")
    )
    scaling: Scaling = Field(default=Scaling(), description="How many Pods.")
    tuning: TuningBounds = Field(default=TuningBounds(), description="What RETUNE may move.")
    rollback: RollbackRule = Field(default=RollbackRule(), description="When a revision is rolled back.")

    @property
    def flies_a_tool(self) -> bool:
        return self.target_ref.kind == "GeneratedTool"

    @property
    def watched(self) -> tuple[Signal, ...]:
        """Every signal to read: those listed, and those of the gateway that need not be."""
        named = {signal.name for signal in self.signals}
        used = {self.scaling.load, *(objective.signal for objective in self.objectives)}
        implied = [name for name in GATEWAY if name not in named and (name in used or not named)]
        found = tuple(Signal(name=name, type="Gateway") for name in implied)
        return self.signals + found if self.flies_a_tool else self.signals

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = {signal.name for signal in self.watched}
        deaf = not self.signals or any(signal.type == "Gateway" for signal in self.signals)
        wrong = (
            (not self.flies_a_tool and deaf, NO_GATEWAY),
            (self.scaling.load not in known, NO_LOAD),
            (any(objective.signal not in known | {*INDICES} for objective in self.objectives), NO_SIGNAL),
            (not self.flies_a_tool and self.scaling.min_replicas < 1, NO_SLEEP),
            (self.flies_a_tool and self.scaling.max_replicas > MAX_TOOL_REPLICAS, TOO_MANY),
            (counted_twice(self.signals, self.scaling.load, self.period_seconds), TOO_OFTEN),
            (self.rollback.enabled and not (self.flies_a_tool or self.rollback.counters), NO_COUNTERS),
            (self.flies_a_tool and self.rollback.counters is not None, NOT_OF_TOOLS),
        )
        for found, message in wrong:
            if found:
                raise ValueError(message)
        return self


class AutonomyPolicy(Resource):
    """What the autopilot may do to one GeneratedTool or Deployment."""

    spec: AutonomyPolicySpec
    status: AutonomyPolicyStatus = AutonomyPolicyStatus()
