"""ApprovalLedger: what people decided about which digest. One per serving namespace; admission reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictInt

from .common import Digest, Model, Resource
from .markers import ATOMIC_MAP, keyed_by, rule, rules
from .permissions import EgressTarget

LEDGER_NAME = "ledger"
MAX_ENTRIES = 2000
MAX_REASON = 64
"""2,000 entries with names and reasons of full length must fit what etcd takes: 1.5 MiB."""
PersonName = Annotated[str, Field(min_length=1, max_length=128)]
DIGESTS_AS_KEYS = rules(
    rule(
        "self.all(key, size(key) == 71 && key.startsWith('sha256-'))",
        "each key must be a digest: 'sha256-' and 64 hexadecimal digits",
    )
)
"""What of the pattern fits the API server's cost budget; the policies check the digits of what is added."""

Channels = Annotated[StrictInt, Field(ge=0, le=2)]


class Floors(Model):
    """The least number of channels; a ToolPolicy may only ask for more."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.withEgress >= self.withoutEgress",
                "`withEgress` must not be less than `withoutEgress`",
                field=".withEgress",
            ),
        )
    )

    without_egress: Channels = Field(description="Channels for tools without egress.")
    with_egress: Channels = Field(description="Channels for tools with egress.")


class Review(Model):
    """A decision given under one's own Kubernetes identity, or by merging or closing a pull request."""

    decision: Literal["Approve", "Reject"] = Field(description="Yes or no.")
    by: PersonName = Field(
        description="Who decided: the caller, or the person whose account merged or closed the pull request."
    )
    pull_request: Annotated[StrictInt, Field(ge=1, le=9_999_999)] | None = Field(
        default=None,
        description="Number of the pull request it was given by; written by the pull-request service alone.",
    )
    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON)] | None = Field(
        default=None, description="Why, in the reviewer's words."
    )
    at: datetime | None = Field(default=None, description="When, as the caller says.")


class CodeDecision(Model):
    """A decision given by a one-time code, vouched for by the code service."""

    decision: Literal["Approve", "Reject"] = Field(description="Yes or no.")
    by: PersonName = Field(description="Whose code it was.")
    vouched_by: PersonName = Field(description="The service that checked the code.")
    at: datetime | None = Field(default=None, description="When, as the service says.")


class Entry(Model):
    """What was decided about one digest, and the egress it was decided for."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "has(self.review) || has(self.code)",
                "an entry must hold `review`, `code`, or both; to take a decision back, remove the entry",
            ),
        )
    )

    egress: Annotated[tuple[EgressTarget, ...], Field(max_length=16)] = Field(
        default=(), description="The egress decided for; must equal the revision's."
    )
    review: Review | None = Field(default=None, description="The channel of Kubernetes identities.")
    code: CodeDecision | None = Field(default=None, description="The channel of one-time codes.")


class PullReviewer(Model):
    """An account of the git host, and the person of the cluster it belongs to."""

    account: Annotated[StrictInt, Field(ge=1, le=2**53)] = Field(
        description="Number of the account (`id` of `GET /users/LOGIN`): a name can be given up and taken."
    )
    login: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")] = Field(
        description="Its name, for readers; the number counts."
    )
    person: PersonName = Field(description="Kubernetes user name of who decides with it.")
    groups: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field(max_length=4)] = (
        Field(default=(), description="Groups of that person, where the verb approve is bound to groups.")
    )


class PullRequests(Model):
    """Where revisions that wait are shown as pull requests, and whose merge counts as a review."""

    repository: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}/[A-Za-z0-9._-]{1,100}$", max_length=165)
    ] = Field(description="`owner/name` at the git host that the pull-request service is set to.")
    reviewers: Annotated[tuple[PullReviewer, ...], Field(max_length=50)] = Field(
        default=(),
        description="Whose merge or close counts; of all others it decides nothing.",
        json_schema_extra=keyed_by("account"),
    )


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
    agent_reviewers: Literal["Forbidden", "Harmless"] = Field(
        default="Forbidden",
        description="Whether service accounts with the verb approve may review: Harmless lets them where one "
        "channel is enough and the tool neither calls out nor keeps state.",
    )
    pull_requests: PullRequests | None = Field(
        default=None, description="Turns review by pull request on in this namespace; absent: off."
    )
    decisions: Annotated[Mapping[Digest, Entry], Field(max_length=MAX_ENTRIES)] = Field(
        default_factory=dict,
        description="Decisions by digest. Write with merge patches.",
        json_schema_extra=ATOMIC_MAP | DIGESTS_AS_KEYS,
    )


class ApprovalLedgerStatus(Model):
    """What the operator condemned."""

    condemned: Annotated[
        Mapping[Digest, Annotated[str, Field(max_length=256)]], Field(max_length=MAX_ENTRIES)
    ] = Field(
        default_factory=dict,
        description="Digests that may never start again, and why; a person with the verb pardon removes one.",
        json_schema_extra=ATOMIC_MAP | DIGESTS_AS_KEYS,
    )


class ApprovalLedger(Resource):
    """The decisions of one serving namespace."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.metadata.name == 'ledger'",
                "`metadata.name` must be 'ledger': a namespace has one",
            )
        )
    )

    spec: ApprovalLedgerSpec
    status: ApprovalLedgerStatus = ApprovalLedgerStatus()
