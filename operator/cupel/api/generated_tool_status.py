"""What the operator found of a GeneratedTool: what serves, in which version, and how far the spec came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt

from .common import Condition, Digest, Generation, Model, ObjectName
from .markers import ATOMIC_MAP, ONE_WRITER, keyed_by, rule, rules
from .serving import CanaryStatus
from .version import MOST_VERSIONS, Version

MAX_TOOL_NAME = 64
ToolName = Annotated[str, Field(min_length=1, max_length=MAX_TOOL_NAME, pattern=r"^[A-Za-z0-9_.-]+$")]
VersionedDigest = Annotated[
    Digest,
    Field(
        json_schema_extra=rules(
            rule("self == oldSelf", "`versions`: a version must stay with the digest it was given")
        )
    ),
]
VERSIONS_STAY = rules(
    rule(
        "self.all(key, size(key) >= 5 && size(key) <= 20)",
        "each key must be a version such as 1.2.0",
    ),
    rule(
        f"oldSelf.all(key, key in self) || size(self) == {MOST_VERSIONS}",
        f"`versions`: none must be forgotten but to make room, once there are {MOST_VERSIONS}",
    ),
)
"""So that not even the operator's own identity can put other content under a version."""


class ServingStatus(Model):
    """The revision that serves now."""

    revision: ObjectName = Field(description="Name of the ToolRevision that serves.")
    digest: Digest = Field(description="Its digest.")
    version: Version | None = Field(default=None, description="Its version, such as 1.2.0.")
    since: datetime = Field(description="When it took over.")
    ready_replicas: Annotated[StrictInt, Field(ge=0, le=20)] = Field(
        default=0, description="Pods of it that are ready."
    )
    sleep: Literal["Asleep", "Archived", "Waking"] | None = Field(
        default=None,
        description="Asleep: an AutonomyPolicy keeps no Pod of it until somebody calls. "
        "Archived: nobody called for so long that it has no Pod and is not listed, until somebody does. "
        "Waking: a Pod for that is on its way. Absent: awake.",
    )


class VerificationEvidence(Model):
    """The live check of one Pod template of one digest."""

    digest: Digest = Field(description="The digest that was called.")
    template: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="Hash of the Pod template that was called."
    )
    verdict: Literal["Passed", "Failed"] = Field(description="What came of it.")
    message: Annotated[str, Field(max_length=2048)] = Field(default="", description="For people.")
    checked_at: datetime = Field(description="When.")


class GeneratedToolStatus(Model):
    """What the operator found; `Ready` is the summary."""

    model_config = ConfigDict(json_schema_extra=ONE_WRITER)

    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this status is about."
    )
    conditions: Annotated[tuple[Condition, ...], Field(max_length=16)] = Field(
        default=(),
        description="The gates in order, then Reconciling, Stalled and Ready.",
        json_schema_extra=keyed_by("type"),
    )
    tool_name: ToolName | None = Field(default=None, description="MCP name agents call it by.")
    revision: ObjectName | None = Field(
        default=None, description="Name of the ToolRevision of the present spec."
    )
    digest: Digest | None = Field(default=None, description="Digest of the present spec.")
    version: Version | None = Field(
        default=None, description="Version of the present spec's revision, such as 1.2.0."
    )
    versions: Annotated[Mapping[Version, VersionedDigest], Field(max_length=MOST_VERSIONS)] = Field(
        default_factory=dict,
        description="The digest each version was given to, for good; of more than 100 the highest are kept.",
        json_schema_extra=ATOMIC_MAP | VERSIONS_STAY,
    )
    risk: Literal["Low", "Medium", "High"] | None = Field(
        default=None, description="Risk of the present spec, from its permissions."
    )
    approvals: Annotated[str, Field(max_length=16)] | None = Field(
        default=None, description="Channels that approved, of those needed, such as 1/2."
    )
    serving: ServingStatus | None = Field(
        default=None, description="What serves now; absent when nothing does."
    )
    last_used: datetime | None = Field(
        default=None, description="A call of it, known to within a day. Absent: none is known of."
    )
    canary: CanaryStatus | None = Field(
        default=None, description="What gets a share of the calls beside it; absent when nothing does."
    )
    rollback_obeyed: Annotated[str, Field(max_length=128)] | None = Field(
        default=None,
        description="The value of annotation cupel.dev/condemn that was obeyed last; the same value is not "
        "obeyed again, so that a pardon holds.",
    )
    verifications: Annotated[tuple[VerificationEvidence, ...], Field(max_length=4)] = Field(
        default=(), description="Live checks, newest last, one for each digest and Pod template."
    )

    @property
    def on_trial(self) -> str:
        """Digest of the newest revision that gets calls: the canary, else what serves; empty: none does."""
        newest = self.canary or self.serving
        return newest.digest if newest else ""
