"""How a tool is served, and by a canary for a while: members of a GeneratedTool."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictInt

from .common import Digest, Model, ObjectName


class Canary(Model):
    """A new revision first gets a share of the calls, beside the one that serves."""

    percent: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        default=10, description="Calls out of a hundred that the new revision gets."
    )
    minutes: Annotated[StrictInt, Field(ge=1, le=1440)] = Field(
        default=15,
        description="How long, before it takes over. Where an AutonomyPolicy with `rollback.enabled` "
        "flies the tool, only time in which it is called counts.",
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


class CanaryStatus(Model):
    """A revision that gets a share of the calls now."""

    revision: ObjectName = Field(description="Name of its ToolRevision.")
    digest: Digest = Field(description="Its digest.")
    since: datetime = Field(description="When it got its first calls.")
    percent: Annotated[StrictInt, Field(ge=1, le=50)] = Field(description="Calls out of a hundred it gets.")
