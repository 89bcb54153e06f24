"""Signed links to the page of one decision: they cannot be guessed, end by themselves, and decide once."""

from __future__ import annotations

import base64
import binascii
import secrets

from pydantic import ValidationError

from cupel.api.approval_ledger import PersonName
from cupel.api.common import Digest, Model, ObjectName
from cupel.sealed import Vault

from .requests import Refusal, Transport

SECONDS = 1800
PURPOSE = "link"
GONE = 410


class Link(Model):
    """What a link says, and nobody can change."""

    person: PersonName
    namespace: ObjectName
    digest: Digest
    via: Transport
    """The transport it went by; `terminal` when it was shown to who asked."""
    expires_at: int
    id: str


def signed(vault: Vault, link: Link) -> str:
    """The token: what it says, a dot, a MAC."""
    said = base64.urlsafe_b64encode(link.model_dump_json(by_alias=True).encode()).decode().rstrip("=")
    return f"{said}.{vault.tag(PURPOSE, said)}"


def fresh(person: str, namespace: str, digest: str, via: str, now: int) -> Link:
    return Link(
        person=person,
        namespace=namespace,
        digest=digest,
        via=via,
        expires_at=now + SECONDS,
        id=secrets.token_hex(16),
    )


def opened_link(vault: Vault, token: str, now: int) -> Link:
    """Raises Refusal; one answer for all that were not made by us."""
    said, _, tag = token.partition(".")
    if len(token) > 2048 or not token.isascii() or not vault.holds(tag, PURPOSE, said):
        raise Refusal("NoSuchLink", "this link is not one of ours, or was cut: ask for a new one", 404)
    try:
        raw = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
        link = Link.model_validate_json(raw, by_alias=True, by_name=False)
    except (binascii.Error, ValidationError, ValueError):
        raise Refusal("NoSuchLink", "this link is of another version: ask for a new one", 404) from None
    if link.expires_at <= now:
        raise Refusal("LinkExpired", "this link is too old: ask for a new one", GONE)
    return link
