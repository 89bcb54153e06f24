"""People who are enrolled, and the time it is."""

from __future__ import annotations

from dataclasses import dataclass

from cupel.codes import totp
from cupel.codes.checking import Checker, Claim, kept
from cupel.codes.metrics import Metrics
from cupel.sealed import Vault
from cupel.store.code_tries import LockRules
from cupel.store.codes import CodeStore, Enrolment

NOW = 1_700_000_010
STEP = totp.step_of(NOW)
SECRET = totp.new_secret()
DAY = 86_400


class NothingSent:
    """Nobody was sent a code."""

    async def used(self, claim: Claim, now: int) -> bool:
        return False


@dataclass
class Bench:
    """A checker over a store, and what it counted."""

    store: CodeStore
    checker: Checker
    metrics: Metrics

    async def tries(self, code: str, person: str = "bob", now: int = NOW) -> str:
        return (await self.checker.check(Claim(person, code), now)).outcome

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


def bench(store: CodeStore, vault: Vault, rules: LockRules | None = None) -> Bench:
    metrics = Metrics()
    return Bench(store, Checker(store, vault, rules or LockRules(), metrics, NothingSent()), metrics)


async def enroll(store: CodeStore, vault: Vault, person: str = "bob", secret: str = SECRET) -> Enrolment:
    """As after a confirmation, long ago."""
    made = Enrolment(person, "uid-1", "", ("cupel-approvers",), NOW - DAY, NOW + 90 * DAY, last_step=0)
    await store.propose(made)
    assert await store.confirm(kept(vault, secret, made))
    found = await store.enrolled(person)
    assert found is not None
    return found


def code(ahead: int = 0, secret: str = SECRET, now: int = NOW) -> str:
    return totp.code_at(secret, totp.step_of(now) + ahead)


def wrong() -> str:
    """Six digits that are no code within an hour."""
    near = {code(ahead) for ahead in range(-120, 121)}
    return next(f"{n:06}" for n in range(1000) if f"{n:06}" not in near)
