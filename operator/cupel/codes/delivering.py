"""Codes and links that are sent to people: by one transport, never the one the other half came by."""

from __future__ import annotations

import asyncio
import logging
import secrets

from cupel.api.common import JsonObject
from cupel.messages import Send
from cupel.sealed import Vault
from cupel.store.code_deliveries import Delivery, DeliveryStore

from .checking import Claim
from .contacts import Contacts, ContactsUnusable
from .metrics import Metrics
from .outbox import Outbox
from .requests import DeliveryRequest, Refusal

log = logging.getLogger(__name__)
DIGITS = 8
SECONDS = 600
PAUSE_SECONDS = 60
"""Between two codes for one person: nobody's mailbox is flooded."""
PURPOSE = "delivered"
TOO_MANY = 429


class Delivering:
    """Sends codes, and knows them again. Only a MAC of a code is stored."""

    def __init__(
        self, store: DeliveryStore, vault: Vault, contacts: Contacts, send: Send, metrics: Metrics
    ) -> None:
        self._store = store
        self._vault = vault
        self._contacts = contacts
        self._send = send
        self._metrics = metrics
        self.outbox = Outbox()

    async def deliver(self, asked: DeliveryRequest, subject: str, via: str, now: int) -> JsonObject:
        """Have a fresh code sent by another transport than `via`. Raises Refusal.

        One answer, at once, whether there is a way to this person or not: who asks need not be that person.
        """
        if asked.transport is not None and asked.transport == via:
            raise Refusal("SameTransport", f"the link came by {via}: the code must come by another way")
        if not await self._store.reserve(asked.person, now, PAUSE_SECONDS):
            raise Refusal("TooSoon", f"a code was asked for {asked.person} within the last minute", TOO_MANY)
        self.outbox.post(self._sent(asked, subject, via, now))
        return {"message": on_its_way("code", asked.person, asked.transport)}

    async def _sent(self, asked: DeliveryRequest, subject: str, via: str, now: int) -> None:
        way = await self.way(asked.person, asked.transport, via)
        if way is None:
            return
        name, url = way
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        delivery = self._delivery(asked.person, subject, code, name, now)
        await self._store.keep(delivery)
        text = (
            f"Your code is {code}. It decides once about one tool in namespace {asked.namespace}, within ten "
            "minutes. The tool's digest is not in this message: compare it where you were asked. If you "
            "did not ask for a code, somebody else did: tell an administrator."
        )
        if not await self.message(name, url, "Cupel: your one-time code", text):
            await self._store.use(delivery)

    async def used(self, claim: Claim, now: int) -> bool:
        """Whether this was sent for this subject, by another way than the link; it is used up by this."""
        for delivery in await self._store.of(claim.person):
            good = delivery.subject == claim.subject and delivery.expires_at > now
            if not good or claim.via in ("", delivery.transport):
                continue
            said = _message(delivery.id, claim.person, claim.subject, claim.code)
            if self._vault.holds(delivery.code_hash, PURPOSE, said):
                return await self._store.use(delivery)
        return False

    async def way(self, person: str, wanted: str | None, via: str) -> tuple[str, str] | None:
        """Transport and URL; None, told in the log, when there is none."""
        try:
            ways = await asyncio.to_thread(self._contacts.of, person)
        except ContactsUnusable as error:
            log.error("the contacts cannot be used: %s", error)
            ways = {}
        left = [(name, url) for name, url in ways.items() if name != via and wanted in (None, name)]
        if not left:
            self._metrics.deliveries.labels("no_contact").inc()
            log.warning("%s has no %s transport: an administrator adds one", person, wanted or "other")
            return None
        return left[0]

    async def message(self, name: str, url: str, title: str, text: str) -> bool:
        sent = not await self._send([url], title, text)
        self._metrics.deliveries.labels("sent" if sent else "failed").inc()
        if not sent:
            log.warning("a message could not be sent by %s", name)
        return sent

    def _delivery(self, person: str, subject: str, code: str, transport: str, now: int) -> Delivery:
        name = secrets.token_hex(16)
        tag = self._vault.tag(PURPOSE, _message(name, person, subject, code))
        return Delivery(name, person, subject, tag, transport, now, now + SECONDS)


def _message(name: str, person: str, subject: str, code: str) -> str:
    return f"{name}\n{person}\n{subject}\n{code}"


def on_its_way(what: str, person: str, transport: str | None) -> str:
    """What is answered of anybody, whether there is a way to them or not."""
    how = f"by {transport}" if transport else "at all"
    return (
        f"if {person} can be reached {how}, a {what} is on its way; if none comes within a minute, "
        "an administrator's look at the log of the code service tells why"
    )
