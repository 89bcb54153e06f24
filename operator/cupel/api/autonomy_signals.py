"""What an AutonomyPolicy watches, and what should hold of it. The policy itself is in `autonomy_policy`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .autonomy_cloudwatch import AGES, CloudWatchMetric
from .common import Model
from .markers import rule, rules

SignalName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z][A-Za-z0-9]*$")]
MetricName = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]
BUILT_IN = (
    "throughputPerSecond",
    "inFlight",
    "latencyMilliseconds",
    "errorPerMille",
    "cpuPercent",
    "memoryPercent",
)
"""Signals with a known meaning; a policy may name others."""
GATEWAY = BUILT_IN[:4]
"""Those the gateway measures of every tool; a policy of a tool need not list them."""
RESOURCE = BUILT_IN[4:]
"""Those the cluster's metrics.k8s.io has of every Pod, in percent of its limit, else of its request."""
INDICES = ("omegaPerMille", "psiPerMille", "betaPerMille")
"""The three indices as objectives, in thousandths (no floats in a spec)."""
GATEWAY_CEL, RESOURCE_CEL, INDICES_CEL = (
    f"[{', '.join(repr(name) for name in names)}]" for names in (GATEWAY, RESOURCE, INDICES)
)
"""The same names as lists of CEL."""
NO_CLOUDWATCH = "`cloudWatch` must be set when `type` is 'CloudWatch', and only then"
ALWAYS_STALE = (
    f"`staleSeconds` must be at least {AGES} times `cloudWatch.metricPeriodSeconds`, and `delaySeconds` on "
    "top, when `type` is 'CloudWatch': its newest sample is that old"
)


class PodMetrics(Model):
    """A metric that the target's own Pods expose in Prometheus' text format."""

    port: Annotated[StrictInt, Field(ge=1, le=65_535)] = Field(description="Port of the Pods to read.")
    path: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^/")] = Field(
        default="/metrics", description="Path to read."
    )
    metric: MetricName = Field(description="Name of the metric. All its series of a Pod are summed.")
    read: Literal["Value", "Rate"] = Field(
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
    """One figure to watch. Exactly the member that `type` names is set; Gateway and Resource have none."""

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
            rule("(self.type == 'CloudWatch') == has(self.cloudWatch)", NO_CLOUDWATCH, field=".cloudWatch"),
            rule(
                "!has(self.cloudWatch) || self.staleSeconds >= "
                f"{AGES} * self.cloudWatch.metricPeriodSeconds + self.cloudWatch.delaySeconds",
                ALWAYS_STALE,
                field=".staleSeconds",
            ),
            rule(
                f"self.type != 'Gateway' || self.name in {GATEWAY_CEL}",
                f"`name` must be one of {', '.join(GATEWAY)} when `type` is 'Gateway'",
                field=".name",
            ),
            rule(
                f"self.type != 'Resource' || self.name in {RESOURCE_CEL}",
                f"`name` must be one of {', '.join(RESOURCE)} when `type` is 'Resource'",
                field=".name",
            ),
            rule(
                f"!(self.name in {INDICES_CEL})",
                "`name` must not be the name of an index: " + ", ".join(INDICES),
                field=".name",
            ),
            rule("self.least < self.most", "`least` must be less than `most`", field=".least"),
        )
    )

    name: SignalName = Field(description="What it is called: a built-in name, or one of your own.")
    type: Literal["Gateway", "PodMetrics", "Prometheus", "Resource", "CloudWatch"] = Field(
        description="Where it is read: the gateway's own measurements, the Pods, Prometheus, the "
        "cluster's metrics.k8s.io, or Amazon CloudWatch."
    )
    pod_metrics: PodMetrics | None = Field(default=None, description="What to read of the Pods.")
    prometheus: PrometheusQuery | None = Field(default=None, description="What to ask Prometheus.")
    cloud_watch: CloudWatchMetric | None = Field(default=None, description="What to ask CloudWatch.")
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
        if (self.type == "CloudWatch") != (self.cloud_watch is not None):
            raise ValueError(NO_CLOUDWATCH)
        return self

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.type == "Gateway" and self.name not in GATEWAY:
            raise ValueError(f"`name` must be one of {', '.join(GATEWAY)} when `type` is 'Gateway'")
        if self.type == "Resource" and self.name not in RESOURCE:
            raise ValueError(f"`name` must be one of {', '.join(RESOURCE)} when `type` is 'Resource'")
        if self.name in INDICES:
            raise ValueError("`name` must not be the name of an index: " + ", ".join(INDICES))
        if self.least >= self.most:
            raise ValueError("`least` must be less than `most`")
        if self.cloud_watch and self.stale_seconds < self.cloud_watch.least_stale_seconds:
            raise ValueError(ALWAYS_STALE)
        return self


def counted_twice(signals: tuple[Signal, ...], load: str, period_seconds: int) -> bool:
    """Whether looks are closer than the samples of a load that comes from CloudWatch."""
    loads = (one.cloud_watch for one in signals if one.name == load)
    return any(one is not None and one.metric_period_seconds > period_seconds for one in loads)


class Objective(Model):
    """A bound that a signal or an index should keep."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("has(self.atMost) || has(self.atLeast)", "`atMost` or `atLeast` must be set"),
            rule(
                "!has(self.atMost) || !has(self.atLeast) || self.atLeast <= self.atMost",
                "`atLeast` must not be more than `atMost`",
                field=".atLeast",
            ),
        )
    )

    signal: SignalName = Field(
        description="A signal of this policy, or an index in thousandths: "
        + ", ".join(INDICES)
        + ". omegaPerMille is judged by all other objectives."
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

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        if self.at_most is None and self.at_least is None:
            raise ValueError("`atMost` or `atLeast` must be set")
        if self.at_most is not None and self.at_least is not None and self.at_least > self.at_most:
            raise ValueError("`atLeast` must not be more than `atMost`")
        return self
