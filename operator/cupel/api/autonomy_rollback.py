"""When an AutonomyPolicy rolls a revision back, and by which counters a Deployment's revisions are judged."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from .autonomy_signals import MetricName
from .common import Model
from .markers import keyed_by, rule

LabelName = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
LabelValue = Annotated[str, Field(max_length=128)]
FINGERPRINT = 16


class LabelValues(Model):
    """Series whose label has one of these values."""

    label: LabelName = Field(description="Name of the label.")
    values: Annotated[tuple[LabelValue, ...], Field(min_length=1, max_length=32)] = Field(
        description="Its values. One that ends in `*` stands for all that begin so: `5*` for 500 and 503."
    )

    def chosen(self, value: str) -> bool:
        return any(value.startswith(one[:-1]) if one.endswith("*") else value == one for one in self.values)


class Counter(Model):
    """A counter of the Pods: the sum of the chosen series of one metric."""

    metric: MetricName = Field(description="Name of the metric, as the Pods expose it.")
    where: Annotated[tuple[LabelValues, ...], Field(max_length=4)] = Field(
        default=(),
        description="Which of its series count: those that every entry chooses. None: all.",
        json_schema_extra=keyed_by("label"),
    )


class RevisionCounters(Model):
    """What every Pod of a Deployment counts, in Prometheus' text format: by it its revisions are judged."""

    port: Annotated[StrictInt, Field(ge=1, le=65_535)] = Field(description="Port of the Pods to read.")
    path: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^/")] = Field(
        default="/metrics", description="Path to read."
    )
    calls: Counter = Field(description="Calls answered, those that failed among them.")
    failed: Counter = Field(description="Calls that failed by the Pod's own fault, not the caller's.")
    seconds: Counter | None = Field(
        default=None,
        description="Histogram of how long good calls took, in seconds: its name without `_bucket`. "
        "Absent: only failures are judged.",
    )

    @property
    def fingerprint(self) -> str:
        """What was counted otherwise is no baseline."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:FINGERPRINT]


class RollbackRule(Model):
    """When a revision is rolled back on evidence."""

    enabled: StrictBool = Field(default=False, description="Whether ROLLBACK may be chosen.")
    degradation_percent: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(
        default=10, description="Smallest worsening that counts, in percent of the baseline."
    )
    false_alarms_per_thousand_years: Annotated[StrictInt, Field(ge=1, le=100_000)] = Field(
        default=1000, description="False rollbacks accepted, in a thousand years of one target."
    )
    counters: RevisionCounters | None = Field(
        default=None,
        description="What the Pods of a Deployment count; needed to judge one, and not for a tool, which "
        "the gateway counts.",
    )

    @property
    def counted_by(self) -> str:
        """Fingerprint of what counts; empty for a tool, which the gateway counts."""
        return self.counters.fingerprint if self.counters else ""


NO_COUNTERS = (
    "`rollback.counters` must be set when `rollback.enabled` is true of a Deployment: by the calls its Pods "
    "count, and those that failed, its revisions are judged"
)
NOT_OF_TOOLS = (
    "`rollback.counters` must not be set for a GeneratedTool: the gateway counts what its revisions do"
)
ROLLBACK_RULES = (
    rule(
        "self.targetRef.kind != 'Deployment' || !self.rollback.enabled || has(self.rollback.counters)",
        NO_COUNTERS,
        field=".rollback.counters",
    ),
    rule(
        "self.targetRef.kind != 'GeneratedTool' || !has(self.rollback.counters)",
        NOT_OF_TOOLS,
        field=".rollback.counters",
    ),
)
"""What must hold between the rollback and the target of a policy."""
