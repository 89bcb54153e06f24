"""ToolPolicy: how platform engineers bound the tools of a namespace."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt

from .common import Condition, Generation, Model, Resource
from .generation import GenerationPolicy
from .markers import keyed_by, rule, rules
from .permissions import HOST, PORT, CredentialName

Channels = Annotated[StrictInt, Field(ge=0, le=2)]
EgressPattern = Annotated[str, Field(min_length=3, max_length=261, pattern=rf"^(\*\.)?{HOST}:{PORT}$")]


class ValidationPolicy(Model):
    """Limits of a trial Pod."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.timeoutSeconds <= self.deadlineSeconds",
                "`timeoutSeconds` must not be more than `deadlineSeconds`",
                field=".timeoutSeconds",
            ),
        )
    )

    memory_mebibytes: Annotated[StrictInt, Field(ge=32, le=512)] = Field(
        default=128, description="Memory the tool may use, in MiB."
    )
    timeout_seconds: Annotated[StrictInt, Field(ge=1, le=60)] = Field(
        default=5, description="Longest one call may take, in seconds."
    )
    cpu_millicores: Annotated[StrictInt, Field(ge=50, le=2000)] = Field(
        default=500, description="CPU limit, in thousandths of a core."
    )
    deadline_seconds: Annotated[StrictInt, Field(ge=10, le=300)] = Field(
        default=120, description="Longest a whole trial may take, in seconds."
    )
    max_runs: Annotated[StrictInt, Field(ge=1, le=10)] = Field(
        default=3, description="Trials that may end without a verdict before the revision is refused."
    )
    proof_seconds: Annotated[StrictInt, Field(ge=0, le=60)] = Field(
        default=6,
        description="Longest that properties and mutants may take, after the trials; 0: neither is tried.",
    )
    mutants_killed_percent: Annotated[StrictInt, Field(ge=0, le=100)] = Field(
        default=80, description="Changes of the code, in percent, that examples and tests must notice."
    )
    held_to: Literal["Nobody", "Generated", "Everybody"] = Field(
        default="Generated",
        description="Whose tools are refused for a broken property or unnoticed mutants. Generated: those "
        "of a template, a document or a model. All others are told.",
    )


class AllowedPermissions(Model):
    """The most a tool may ask for."""

    egress: Annotated[tuple[EgressPattern, ...], Field(max_length=64)] = Field(
        default=(), description="host:port pairs, or *.domain:port, that tools may ask for."
    )
    state: Literal["Forbidden", "Allowed"] = Field(
        default="Allowed", description="Whether tools may keep state."
    )
    credentials: Annotated[tuple[CredentialName, ...], Field(max_length=64)] = Field(
        default=(), description="Names of credentials that tools may ask for."
    )


class ApprovalPolicy(Model):
    """Channels asked for by risk; the ledger's floors hold as well."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.low <= self.medium && self.medium <= self.high",
                "`low`, `medium` and `high` must not fall: more risk never needs fewer channels",
            ),
        )
    )

    low: Channels = Field(default=1, description="Channels for risk Low: neither state nor egress.")
    medium: Channels = Field(default=2, description="Channels for risk Medium: state.")
    high: Channels = Field(default=2, description="Channels for risk High: egress.")
    deadline_seconds: Annotated[StrictInt, Field(ge=1, le=604_800)] = Field(
        default=86_400, description="Seconds to wait for approvals; then it is a refusal."
    )


class Retention(Model):
    """What is kept of the past."""

    revisions: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        default=5, description="Revisions kept for each tool besides those that serve or are under way."
    )
    tool_state: Literal["Delete", "Keep"] = Field(
        default="Delete",
        description="Delete: a tool's state goes with it. Keep: it stays for the next tool of that name.",
    )


class LifecyclePolicy(Model):
    """What becomes of tools that nobody calls."""

    archive_after_days: Annotated[StrictInt, Field(ge=0, le=3650)] = Field(
        default=30,
        description="Days without a call after which a tool is archived: no Pod, not listed, woken by a "
        "call. 0: never.",
    )


class ToolPolicySpec(Model):
    """What the tools that name this policy may be and do."""

    mode: Literal["Active", "Paused"] = Field(
        default="Active", description="Paused: nothing new starts; what serves goes on serving."
    )
    validation: ValidationPolicy = Field(default=ValidationPolicy(), description="Limits of trials.")
    permissions: AllowedPermissions = Field(
        default=AllowedPermissions(), description="The most a tool may ask for."
    )
    approvals: ApprovalPolicy = Field(default=ApprovalPolicy(), description="Channels by risk.")
    max_replicas: Annotated[StrictInt, Field(ge=1, le=20)] = Field(
        default=5, description="Most Pods one tool may run."
    )
    retention: Retention = Field(default=Retention(), description="What is kept of the past.")
    lifecycle: LifecyclePolicy = Field(
        default=LifecyclePolicy(), description="What becomes of tools that nobody calls."
    )
    generation: GenerationPolicy = Field(
        default=GenerationPolicy(), description="Whether gaps may become tools, and by what."
    )


class CallsKnown(Model):
    """Since when it is known which tools are called: what was before says nothing of whether one is used."""

    since: datetime = Field(
        description="The first look at all gateways after which none was missed for long."
    )
    looked_at: datetime = Field(description="A look not long ago, to the hour or so.")


class ToolPolicyStatus(Model):
    """Who uses it."""

    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this status is about."
    )
    tools: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = Field(
        default=0, description="GeneratedTools that name this policy."
    )
    calls: CallsKnown | None = Field(
        default=None, description="Since when calls are known; absent while no gateway can be asked."
    )
    conditions: Annotated[tuple[Condition, ...], Field(max_length=8)] = Field(
        default=(),
        description="Ready: the policy is in use as written.",
        json_schema_extra=keyed_by("type"),
    )


class ToolPolicy(Resource):
    """How the tools of a namespace are bounded."""

    spec: ToolPolicySpec = ToolPolicySpec()
    status: ToolPolicyStatus = ToolPolicyStatus()
