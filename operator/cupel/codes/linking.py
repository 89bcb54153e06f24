"""Links to the page: given to who proves they may decide, or sent to them; and what a link still allows."""

from __future__ import annotations

from cupel.api.common import JsonObject
from cupel.sealed import Vault
from cupel.store.code_deliveries import DeliveryStore

from .checking import Claim
from .deciding import Decisions, subject_of
from .delivering import Delivering, on_its_way
from .ledgers import Ledgers
from .links import GONE, Link, fresh, opened_link, sealed
from .requests import LinkRequest, Refusal

TERMINAL = "terminal"
TOO_MANY = 429
SPACE_SECONDS = 60
LINKS_AT_ONCE = 3
"""Sent to one person; then one a minute: nobody's mailbox is flooded."""


class Linking:
    """Makes links and opens them."""

    def __init__(
        self,
        store: DeliveryStore,
        vault: Vault,
        decisions: Decisions,
        ledgers: Ledgers,
        delivering: Delivering,
        url: str,
    ) -> None:
        self._store = store
        self._vault = vault
        self._decisions = decisions
        self._ledgers = ledgers
        self._delivering = delivering
        self._url = url

    async def make(self, asked: LinkRequest, now: int) -> JsonObject:
        """Raises Refusal."""
        if not self._url:
            raise Refusal("NoAddress", "the service has no address for phones: set CUPEL_CODES_URL")
        if asked.code is not None:
            return await self._shown(asked, asked.code, now)
        if not await self._store.reserve_link(asked.person, now, SPACE_SECONDS, LINKS_AT_ONCE):
            raise Refusal("TooSoon", f"links were sent to {asked.person} within the last minutes", TOO_MANY)
        self._delivering.outbox.post(self._sent(asked, now))
        return {"message": on_its_way("link", asked.person, asked.transport)}

    async def _sent(self, asked: LinkRequest, now: int) -> None:
        way = await self._delivering.way(asked.person, asked.transport, "")
        if way is not None:
            name, url = way
            text = f"Decide about a tool in namespace {asked.namespace}: {self._address(asked, name, now)}"
            await self._delivering.message(name, url, "Cupel: a decision is asked of you", text)

    async def _shown(self, asked: LinkRequest, code: str, now: int) -> JsonObject:
        """To who proves they may approve there: the page shows a private tool."""
        claim = Claim(asked.person, code, subject_of(asked.namespace, asked.digest))
        enrolment = await self._decisions.proven(claim, now)
        if not await self._ledgers.may_approve(asked.person, enrolment.groups, asked.namespace):
            raise Refusal("NotAnApprover", f"{asked.person} may not approve in {asked.namespace}")
        return {"url": self._address(asked, TERMINAL, now), "message": "it decides once, within 30 minutes"}

    def _address(self, asked: LinkRequest, via: str, now: int) -> str:
        link = fresh(asked.person, asked.namespace, asked.digest, via, now)
        return f"{self._url}/approve/{sealed(self._vault, link)}"

    async def open(self, token: str, now: int) -> Link:
        """A link that may still decide. Raises Refusal."""
        link = opened_link(self._vault, token, now)
        if await self._store.link_used(link.id):
            raise Refusal("LinkUsed", "this link has decided already: ask for a new one", GONE)
        return link

    async def use(self, link: Link) -> None:
        """It decided. A decision is never rewritten, so that a second one in the same moment does no harm."""
        await self._store.use_link(link.id, link.expires_at)
