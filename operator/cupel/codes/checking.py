"""Whether a code is right: counted, compared, used up, and only then answered."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from cupel.sealed import Unreadable, Vault
from cupel.store.code_tries import LockRules, row_of
from cupel.store.codes import CodeStore, Enrolment

from .metrics import Metrics
from .requests import Refusal
from .totp import FAR, PERSISTENT, drift_after, new_secret, offset_of, step_of

log = logging.getLogger(__name__)
Outcome = Literal["Right", "Wrong", "Replayed", "Locked", "LockedForGood"]
NOBODY = ""
"""Serial of what is compared with for people who are not enrolled: they are told no other and no sooner."""
ROWS = "strangers"


@dataclass(frozen=True)
class Checked:
    """What a try came to; the enrolment where there is one."""

    outcome: Outcome
    enrolment: Enrolment | None = None


@dataclass(frozen=True)
class Claim:
    """A code that somebody says is a person's, for one subject."""

    person: str
    code: str
    subject: str = ""
    via: str = ""
    """The transport that the link to here came by; its codes do not count."""

    def __repr__(self) -> str:
        return f"Claim({self.person}, {self.subject})"


class Delivered(Protocol):
    """Codes that were sent to people."""

    async def used(self, claim: Claim, now: int) -> bool:
        """Whether this is theirs, for this subject, by another way than the link; it is used up by this."""


class Checker:
    """Judges codes of enrolled people."""

    def __init__(
        self, store: CodeStore, vault: Vault, rules: LockRules, metrics: Metrics, delivered: Delivered
    ) -> None:
        self._store = store
        self._vault = vault
        self._rules = rules
        self._metrics = metrics
        self._delivered = delivered
        self._decoy = kept(vault, new_secret(), Enrolment("", NOBODY, "", (), 0, 0))

    async def check(self, claim: Claim, now: int) -> Checked:
        """One try. Raises Refusal only when a stored secret cannot be opened."""
        enrolment = await self._store.enrolled(claim.person)
        if enrolment is None:
            self._metrics.tries.labels("Stranger").inc()
            return await self._strangers(claim, now)
        door = await self._store.tries.begin(claim.person, now, self._rules)
        outcome = await self._compared(enrolment, claim, now) if door == "Open" else door
        self._metrics.tries.labels(outcome).inc()
        return Checked(outcome, enrolment)

    async def _strangers(self, claim: Claim, now: int) -> Checked:
        """The same statements and the same arithmetic as for a wrong code, to the same end; never Right."""
        number = row_of(self._vault.tag(ROWS, claim.person))
        door = await self._store.tries.begin_strangers(number, now, self._rules)
        if door != "Open":
            return Checked(door)
        await self._compared(self._decoy, claim, now)
        return Checked("Wrong")

    async def _compared(self, enrolment: Enrolment, claim: Claim, now: int) -> Outcome:
        secret = opened(self._vault, enrolment)
        offset = offset_of(secret, claim.code, step_of(now))
        if offset is not None:
            if not await self._use(enrolment, step_of(now), offset):
                return "Replayed"
            await self._store.tries.succeed(claim.person)
            return "Right"
        if await self._delivered.used(claim, now):
            await self._store.tries.give_back(
                claim.person
            )  # whoever reads a mailbox must not guess on for ever
            return "Right"
        await self._look_far(enrolment, claim.code, secret, now)
        return "Wrong"

    async def _use(self, enrolment: Enrolment, step: int, offset: int) -> bool:
        drift = drift_after(enrolment.drift, offset)
        used = await self._store.use_step(enrolment, step + offset, drift)
        if used and abs(drift) >= PERSISTENT:
            self._metrics.skew.labels("Persistent").inc()
            log.warning(
                "the codes of %s were %s the time %d times in a row: one of the two clocks is wrong",
                enrolment.person,
                "ahead of" if drift > 0 else "behind",
                abs(drift),
            )
        return used

    async def _look_far(self, enrolment: Enrolment, code: str, secret: str, now: int) -> None:
        """Tell ourselves, not the caller, who may be guessing: what is told of is used up first."""
        far = offset_of(secret, code, step_of(now), FAR)
        if far is not None and enrolment.serial != NOBODY:
            await self._store.use_step(enrolment, step_of(now) + far, enrolment.drift)
            self._metrics.skew.labels("Far").inc()
            log.warning(
                "a refused code of %s is right for %d seconds from now: one of the two clocks is wrong",
                enrolment.person,
                far * 30,
            )


def bound(enrolment: Enrolment) -> str:
    """What a stored secret is bound to: whoever writes to the database changes no groups and no end."""
    parts = (enrolment.serial, enrolment.person, enrolment.groups, enrolment.expires_at)
    return json.dumps(parts, separators=(",", ":"))


def kept(vault: Vault, secret: str, enrolment: Enrolment) -> Enrolment:
    """The enrolment with its secret, encrypted."""
    return replace(enrolment, secret=vault.encrypt(secret, bound(enrolment)))


def opened(vault: Vault, enrolment: Enrolment) -> str:
    """The secret in clear. Raises Refusal."""
    try:
        return vault.decrypt(enrolment.secret, bound(enrolment))
    except Unreadable as error:
        log.error("the secret of %s cannot be opened: %s", enrolment.person, error)
        raise Refusal(
            "SecretUnreadable", "the stored secret cannot be opened: tell an administrator", 503
        ) from None
