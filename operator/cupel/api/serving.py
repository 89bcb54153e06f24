"""How a tool is served: what its spec asks for, and what serves. Both are members of a GeneratedTool."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from .common import Digest, Model, ObjectName
from .version import Version


class Canary(Model):
    """A new revision first gets a share of the calls, beside the one that serves."""

    percent: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        default=10, description="Calls out of a hundred that the new revision gets."
    )
    minutes: Annotated[StrictInt, Field(ge=1, le=1440)] = Field(
        default=15, description="How long, before it takes over."
    )


class Serving(Model):
    """How the tool is served once it is approved. Changing it makes no new revision."""

    replicas: Annotated[StrictInt, Field(ge=0, le=20)] = Field(default=1, description="Pods to run.")
    timeout_seconds: Annotated[StrictInt, Field(ge=1, le=60)] = Field(
        default=5, description="Longest a call may take, in seconds."
    )
    memory_mebibytes: Annotated[StrictInt, Field(ge=32, le=512)] = Field(
        default=128, description="Memory limit of a Pod, in MiB."
    )
    cpu_millicores: Annotated[StrictInt, Field(ge=50, le=2000)] = Field(
        default=500, description="CPU limit of a Pod, in thousandths of a core."
    )
    canary: Canary | None = Field(
        default=None,
        description="Give a new revision a share of the calls before it takes over; absent: it takes over "
        "at once. Only for revisions with the interface of the one that serves, of tools without state.",
    )


class ServingStatus(Model):
    """The revision that serves now."""

    revision: ObjectName = Field(description="Name of the ToolRevision that serves.")
    digest: Digest = Field(description="Its digest.")
    version: Version | None = Field(default=None, description="Its version, such as 1.2.0.")
    since: datetime = Field(description="When it took over.")
    ready_replicas: Annotated[StrictInt, Field(ge=0, le=20)] = Field(
        default=0, description="Pods of it that are ready."
    )
    sleep: Literal["Asleep", "Waking"] | None = Field(
        default=None,
        description="Asleep: an AutonomyPolicy keeps no Pod of it until somebody calls. "
        "Waking: a Pod for that is on its way. Absent: awake.",
    )


class CanaryStatus(Model):
    """A revision that gets a share of the calls now."""

    revision: ObjectName = Field(description="Name of its ToolRevision.")
    digest: Digest = Field(description="Its digest.")
    since: datetime = Field(description="When it got its first calls.")
    percent: Annotated[StrictInt, Field(ge=1, le=50)] = Field(description="Calls out of a hundred it gets.")
