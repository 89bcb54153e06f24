"""CodeEnrollment: how a person proves to the code service who they are, whatever their kubeconfig uses.

It lives for minutes. The API server stamps who made it; the secret is only ever sealed to the maker's key.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from .approval_ledger import PersonName
from .common import Condition, Generation, Model, Resource
from .markers import keyed_by, rule, rules

GroupName = Annotated[str, Field(min_length=1, max_length=253)]


class CodeEnrollmentSpec(Model):
    """What is wanted, and by whom. Immutable."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("self == oldSelf", "`spec` is immutable; make a new CodeEnrollment"),
            rule(
                "(self.purpose == 'Enroll') == has(self.publicKey)",
                "`publicKey` must be there to enroll, and for nothing else",
                field=".publicKey",
            ),
            rule(
                "(self.purpose == 'Reset') == has(self.resets)",
                "`resets` must be there to reset somebody, and for nothing else",
                field=".resets",
            ),
        )
    )

    purpose: Literal["Enroll", "Reset"] = Field(
        default="Enroll",
        description="Enroll: a new secret for the caller. Reset: an administrator removes somebody's.",
    )
    public_key: (
        Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$", min_length=44, max_length=44)] | None
    ) = Field(default=None, description="X25519 public key, in Base64, that the secret is sealed to.")
    resets: PersonName | None = Field(default=None, description="Whose enrolment to remove.")
    person: PersonName | None = Field(
        default=None, description="Who made this; written by the API server, whatever was sent."
    )
    groups: Annotated[tuple[GroupName, ...], Field(max_length=512)] = Field(
        default=(), description="Their groups; written by the API server, whatever was sent."
    )


class CodeEnrollmentStatus(Model):
    """The code service's answer."""

    observed_generation: Generation = Field(
        default=0, description="The metadata.generation this status is about."
    )
    sealed: Annotated[str, Field(max_length=2048)] = Field(
        default="", description="The secret, for the holder of the private half of publicKey alone."
    )
    proof: Literal["NewCode", "NewAndCurrentCode"] | None = Field(
        default=None,
        description="What confirms it: a code of the new secret, or also one of the secret it replaces.",
    )
    conditions: Annotated[tuple[Condition, ...], Field(max_length=8)] = Field(
        default=(),
        description="Ready: Unknown while it waits for its first code.",
        json_schema_extra=keyed_by("type"),
    )


class CodeEnrollment(Resource):
    """A person's wish to be enrolled for one-time codes, or an administrator's to reset one."""

    spec: CodeEnrollmentSpec
    status: CodeEnrollmentStatus = CodeEnrollmentStatus()
