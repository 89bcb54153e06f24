"""A metric of Amazon CloudWatch, as a signal names it. Who may read which: a setting of the autopilot."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .common import Model
from .markers import keyed_by, rule, rules

SHORT = (1, 5, 10, 30)
"""Periods below a minute that CloudWatch knows; from a minute on, any number of whole minutes."""
RATES = ("Sum", "SampleCount")
"""Statistics that count something, and so have a rate."""
AGES = 2
"""Periods that the newest sample may be old, beside the delay, while all is well."""
NOT_A_PERIOD = "`metricPeriodSeconds` must be 1, 5, 10, 30 or a multiple of 60: CloudWatch has no other"
NO_RATE = "`statistic` must be 'Sum' or 'SampleCount' when `read` is 'Rate'"
TWICE = "`dimensions` must not name the same dimension twice"
TOO_OFTEN = (
    "`periodSeconds` must be at least `cloudWatch.metricPeriodSeconds` of the signal that "
    "`scaling.load` names: one sample would count as several"
)
TOO_OFTEN_RULE = rule(
    "self.signals.all(s, !has(s.cloudWatch) || s.name != self.scaling.load || "
    "s.cloudWatch.metricPeriodSeconds <= self.periodSeconds)",
    TOO_OFTEN,
    field=".periodSeconds",
)
"""Of a policy's spec."""


class Dimension(Model):
    """One of a metric's dimensions."""

    name: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-9;-~]([ -~]*[!-~])?$")] = Field(
        description="Its name, such as QueueName."
    )
    value: Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[ -~]*[!-~][ -~]*$")] = Field(
        description="Its value, exactly."
    )


class CloudWatchMetric(Model):
    """One statistic of one metric. It is asked for once in each of its periods, and each time costs money."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                f"self.metricPeriodSeconds in [{', '.join(map(str, SHORT))}] || "
                "self.metricPeriodSeconds % 60 == 0",
                NOT_A_PERIOD,
                field=".metricPeriodSeconds",
            ),
            rule(
                "self.read != 'Rate' || self.statistic in ['Sum', 'SampleCount']", NO_RATE, field=".statistic"
            ),
        )
    )

    region: Annotated[str, Field(max_length=32, pattern=r"^[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}$")] = Field(
        description="The AWS region it is in, such as eu-west-1."
    )
    namespace: Annotated[
        str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9._/#-][A-Za-z0-9._/#: -]*$")
    ] = Field(description="CloudWatch's namespace of it, such as AWS/SQS.")
    metric_name: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-~]([ -~]*[!-~])?$")] = (
        Field(description="Its name, such as ApproximateNumberOfMessagesVisible.")
    )
    dimensions: Annotated[tuple[Dimension, ...], Field(max_length=30)] = Field(
        default=(),
        description="All of its dimensions: CloudWatch knows a metric by its name and exactly these.",
        json_schema_extra=keyed_by("name"),
    )
    statistic: Annotated[
        str,
        Field(
            max_length=32,
            pattern=r"^(Average|Sum|Minimum|Maximum|SampleCount|p(100|[0-9]{1,2}(\.[0-9]{1,4})?))$",
        ),
    ] = Field(
        description="Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p95 or p99.9."
    )
    metric_period_seconds: Annotated[StrictInt, Field(ge=1, le=300)] = Field(
        default=60, description="Length of one of its periods: 1, 5, 10, 30 or a multiple of 60 seconds."
    )
    delay_seconds: Annotated[StrictInt, Field(ge=0, le=900)] = Field(
        default=60,
        description="A period counts once it ended so long ago: before, CloudWatch may have only part of it.",
    )
    read: Literal["Value", "Rate"] = Field(
        default="Value",
        description="Value: the statistic. Rate: divided by the period, so that a Sum is so many a second.",
    )
    scale: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = Field(
        default=1, description="What a figure is multiplied by, such as 1000 for seconds to milliseconds."
    )

    @property
    def least_stale_seconds(self) -> int:
        """What is younger than this is stale by nobody's fault."""
        return AGES * self.metric_period_seconds + self.delay_seconds

    @model_validator(mode="after")
    def _as_cloudwatch_has_it(self) -> Self:
        if self.metric_period_seconds not in SHORT and self.metric_period_seconds % 60:
            raise ValueError(NOT_A_PERIOD)
        if self.read == "Rate" and self.statistic not in RATES:
            raise ValueError(NO_RATE)
        if len({one.name for one in self.dimensions}) < len(self.dimensions):
            raise ValueError(TWICE)
        return self
