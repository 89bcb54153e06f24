"""Links to the page of one decision: opaque, not to be guessed, short-lived, good once."""

from __future__ import annotations

import secrets

from pydantic import ValidationError

from cupel.api.approval_ledger import PersonName
from cupel.api.common import Digest, Model, ObjectName
from cupel.sealed import Unreadable, Vault

from .requests import Refusal, Transport

SECONDS = 1800
PURPOSE = "link"
GONE = 410
TO_URL = str.maketrans("+/:", "-_~")
FROM_URL = str.maketrans("-_~", "+/:")
"""All of them stand for themselves in a URL (RFC 3986, 2.3)."""


class Link(Model):
    """What a link says, and nobody can change."""

    person: PersonName
    namespace: ObjectName
    digest: Digest
    via: Transport
    """The transport it went by; `terminal` when it was shown to who asked."""
    expires_at: int
    id: str


def sealed(vault: Vault, link: Link) -> str:
    """The token: encrypted, so that who sees a link learns neither the person nor the tool; URL-safe."""
    return vault.encrypt(link.model_dump_json(by_alias=True), PURPOSE).translate(TO_URL).rstrip("=")


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
    unknown = Refusal("NoSuchLink", "this link is not one of ours, or was cut: ask for a new one", 404)
    if len(token) > 2048 or not token.isascii():
        raise unknown
    stored = token.translate(FROM_URL)
    try:
        raw = vault.decrypt(stored + "=" * (-len(stored.partition(":")[2]) % 4), PURPOSE)
        link = Link.model_validate_json(raw, by_alias=True, by_name=False)
    except Unreadable:
        raise unknown from None
    except ValidationError:
        raise Refusal("NoSuchLink", "this link is of another version: ask for a new one", 404) from None
    if link.expires_at <= now:
        raise Refusal("LinkExpired", "this link is too old: ask for a new one", GONE)
    return link
