"""The code service put together: one store, one vault, and what each request needs of them."""

from __future__ import annotations

from collections.abc import Callable

from cupel.decide.disclosure import Disclosure, disclose
from cupel.decide.limits import Allowance
from cupel.kube.client import Client
from cupel.messages import Send
from cupel.sealed import Vault
from cupel.settings.codes import CodesSettings
from cupel.store.code_deliveries import DeliveryStore
from cupel.store.code_tries import LockRules
from cupel.store.codes import CodeStore

from .checking import Checker, bound, kept
from .confirming import DAY, Confirming
from .contacts import Contacts
from .deciding import Decisions
from .delivering import Delivering
from .enrolling import Enrolling
from .ledgers import Ledgers
from .linking import Linking
from .metrics import Metrics
from .watching import Enrollments

EVERYBODY = ""
"""Key of the allowance that all callers share."""
SHARE = 20
"""How many people's allowance all callers have together."""
STRANGERS = 2
"""How many people's allowance all names have that nobody enrolled: invented ones take nothing from people."""


class Service:
    """Everything one process serves; the web application is a thin skin over it."""

    def __init__(
        self,
        settings: CodesSettings,
        vault: Vault,
        store: CodeStore,
        client: Client,
        ledgers: Ledgers,
        send: Send,
        now: Callable[[], int],
    ) -> None:
        rules = LockRules(settings.failures, settings.lock_seconds)
        self.settings = settings
        self.now = now
        self.store = store
        self.vault = vault
        self.ledgers = ledgers
        self.links = DeliveryStore(store.engine)
        self.metrics = Metrics()
        self.enrollments = Enrollments()
        contacts = Contacts(settings.contacts_file)
        self.delivering = Delivering(self.links, vault, contacts, send, self.metrics)
        self.enrolling = Enrolling(client, store, vault, self.metrics)
        checker = Checker(store, vault, rules, self.metrics, self.delivering)
        self.decisions = Decisions(store, checker, ledgers, self.metrics, settings.lock_seconds)
        self.confirming = Confirming(store, vault, self.metrics, rules, settings.enrolment_days)
        self.linking = Linking(self.links, vault, self.decisions, ledgers, self.delivering, settings.url)
        self._one = Allowance(settings.per_minute / 60, settings.burst)
        self._all = Allowance(SHARE * settings.per_minute / 60, SHARE * settings.burst)
        self._strangers = Allowance(STRANGERS * settings.per_minute / 60, STRANGERS * settings.burst)

    async def wait(self, person: str) -> float:
        """Seconds until one more request about this person is taken; 0: now."""
        now = float(self.now())
        shared = self._all if await self.store.known(person) else self._strangers
        return self._one.wait(person, now) or shared.wait(EVERYBODY, now)

    async def disclosure(self, namespace: str, digest: str) -> Disclosure:
        """What the page tells. Raises Refusal."""
        rev = await self.ledgers.revision(namespace, digest)
        ledger = await self.ledgers.ledger(namespace)
        serving = await self.ledgers.serving(namespace, rev.spec.tool)
        return disclose(rev, await self.ledgers.siblings(rev), ledger, serving)

    async def reencrypt(self) -> int:
        """Bring every stored secret under the first key; answers how many were not. Raises Unreadable."""
        stale = [each for each in await self.store.secrets() if not self.vault.current(each.secret)]
        for each in stale:
            clear = self.vault.decrypt(each.secret, bound(each))
            await self.store.reencrypt(each, kept(self.vault, clear, each).secret)
        return len(stale)

    async def count_locked(self) -> None:
        """Tell how many people wait for a reset. Raises StoreAway."""
        self.metrics.locked_for_good.set(await self.store.tries.locked_for_good())

    async def tidy(self) -> None:
        """Remove what nobody will ask for again."""
        now = self.now()
        await self.store.prune(now, now - self.settings.audit_days * DAY)
        await self.links.prune(now)
