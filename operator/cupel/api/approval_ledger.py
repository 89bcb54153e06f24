"""ApprovalLedger: what people decided about which digest. One per serving namespace; the API server reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from .common import Digest, Model, Resource
from .generated_tool import EgressTarget

LEDGER_NAME = "ledger"
MAX_ENTRIES = 2000
PersonName = Annotated[str, Field(min_length=1, max_length=128)]
Channels = Annotated[int, Field(ge=0, le=2)]


class Floors(Model):
    """The least number of channels; a ToolPolicy may only ask for more."""

    without_egress: Channels = Field(description="Channels for tools without egress.")
    with_egress: Channels = Field(description="Channels for tools with egress.")


class Review(Model):
    """A decision given under one's own Kubernetes identity."""

    decision: Literal["Approve", "Reject"] = Field(description="Yes or no.")
    by: PersonName = Field(description="Who decided; must be the caller.")
    at: datetime | None = Field(default=None, description="When, as the caller says.")


class CodeDecision(Model):
    """A decision given by a one-time code, vouched for by the code service."""

    decision: Literal["Approve", "Reject"] = Field(description="Yes or no.")
    by: PersonName = Field(description="Whose code it was.")
    vouched_by: PersonName = Field(description="The service that checked the code.")
    at: datetime | None = Field(default=None, description="When, as the service says.")


class Entry(Model):
    """What was decided about one digest, and the egress it was decided for."""

    egress: Annotated[tuple[EgressTarget, ...], Field(max_length=16)] = Field(
        default=(), description="The egress decided for; must equal the revision's."
    )
    review: Review | None = Field(default=None, description="The channel of Kubernetes identities.")
    code: CodeDecision | None = Field(default=None, description="The channel of one-time codes.")


class ApprovalLedgerSpec(Model):
    """Floors by the administrator, decisions by approvers."""

    floors: Floors = Field(description="The least number of channels.")
    separation: Literal["TwoPeople", "OnePersonTwoChannels"] = Field(
        description="Whether the two channels need two people."
    )
    launcher_images: Annotated[
        tuple[Annotated[str, Field(max_length=300, pattern=r"^.+@sha256:[0-9a-f]{64}$")], ...],
        Field(max_length=8),
    ] = Field(default=(), description="Images, by digest, that may launch tools.")
    decisions: Annotated[Mapping[Digest, Entry], Field(max_length=MAX_ENTRIES)] = Field(
        default_factory=dict, description="Decisions by digest. Write with merge patches."
    )


class ApprovalLedgerStatus(Model):
    """What the operator condemned."""

    condemned: Annotated[
        Mapping[Digest, Annotated[str, Field(max_length=256)]], Field(max_length=MAX_ENTRIES)
    ] = Field(
        default_factory=dict,
        description="Digests that may never start again, and why; a person with the verb pardon removes one.",
    )


class ApprovalLedger(Resource):
    """The decisions of one serving namespace."""

    spec: ApprovalLedgerSpec
    status: ApprovalLedgerStatus = ApprovalLedgerStatus()
