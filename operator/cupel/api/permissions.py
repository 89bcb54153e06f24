"""Permissions: what a tool may do, part of its bundle; and the words they are written in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from .common import Model
from .markers import rule, rules

HOST = r"([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
EgressTarget = Annotated[str, Field(min_length=3, max_length=259, pattern=f"^{HOST}:{PORT}$")]
"""`host:port`, lower case, no scheme, no wildcard."""

CredentialName = Annotated[
    str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
]
"""Name of a credential the egress proxy holds; an RFC 1123 label."""


def _none(names: tuple[str, ...]) -> bool:
    """No name is written as no field, so that bundles from before the field keep their digests."""
    return not names


class Permissions(Model):
    """What the tool may do. Everything not named here is refused."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "!has(self.egress) || self.egress.all(e, self.egress.exists_one(f, e == f))",
                "`egress` must not name a host:port twice",
                field=".egress",
            ),
            rule(
                "!has(self.credentials) || self.credentials.all(c, self.credentials.exists_one(d, c == d))",
                "`credentials` must not name a credential twice",
                field=".credentials",
            ),
            rule(
                "!has(self.credentials) || self.credentials.size() == 0"
                " || (has(self.egress) && self.egress.size() > 0)",
                "`credentials` are for calls out: `egress` must name where to",
                field=".credentials",
            ),
        )
    )

    egress: Annotated[tuple[EgressTarget, ...], Field(max_length=16)] = Field(
        default=(),
        description="Exact host:port pairs the tool may call, by the egress proxy only.",
    )
    state: Literal["None", "PerTenant"] = Field(
        default="None", description="Whether the gateway keeps JSON state for the tool, by tenant."
    )
    credentials: Annotated[tuple[CredentialName, ...], Field(max_length=8)] = Field(
        default=(),
        description="Names of credentials the egress proxy adds to calls; the tool never sees them.",
        exclude_if=_none,
    )
