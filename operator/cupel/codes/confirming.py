"""The end of an enrolment: a code of the new secret, and one of the old where there is one."""

from __future__ import annotations

import logging
from dataclasses import replace

from cupel.api.common import JsonObject
from cupel.sealed import Vault
from cupel.store.code_tries import LockRules
from cupel.store.codes import Attempt, CodeStore, Enrolment

from .checking import kept, opened
from .deciding import REFUSALS
from .metrics import Metrics
from .requests import ConfirmRequest, Refusal
from .totp import offset_of, step_of

log = logging.getLogger(__name__)
DAY = 86_400


class Confirming:
    """Without the current code a stolen kubeconfig would take over the second channel, too."""

    def __init__(
        self, store: CodeStore, vault: Vault, metrics: Metrics, rules: LockRules, enrolment_days: int
    ) -> None:
        self._store = store
        self._vault = vault
        self._metrics = metrics
        self._rules = rules
        self._days = enrolment_days

    async def confirm(self, asked: ConfirmRequest, address: str, now: int) -> JsonObject:
        """Raises Refusal; every try is in the audit."""
        try:
            answer = await self._confirmed(asked, now)
        except Refusal as refusal:
            self._metrics.enrolments.labels("Refused").inc()
            await self._record(asked, refusal.reason, address, now)
            raise
        self._metrics.enrolments.labels("Confirmed").inc()
        await self._record(asked, "Enrolled", address, now)
        return answer

    async def _confirmed(self, asked: ConfirmRequest, now: int) -> JsonObject:
        proposed = await self._store.pending(asked.person)
        if proposed is None or proposed.serial != asked.serial or proposed.expires_at <= now:
            raise Refusal("NothingToConfirm", "there is no such enrolment, or it is too old: enroll again")
        door = await self._store.tries.begin(asked.person, now, self._rules)
        if door != "Open":
            minutes = -(-self._rules.seconds // 60)
            raise Refusal(door, REFUSALS[door].format(person=asked.person, minutes=minutes))
        step = self._new_step(proposed, asked.code, now)
        before = await self._store.enrolled(asked.person)
        if before is not None:
            await self._prove(before, asked.current_code, now)
        until = now + self._days * DAY
        confirmed = replace(proposed, expires_at=until, last_step=step, drift=0)
        secret = opened(self._vault, proposed)
        if not await self._store.confirm(kept(self._vault, secret, confirmed)):
            raise Refusal("NothingToConfirm", "another enrolment took its place: enroll again")
        await self._store.tries.succeed(asked.person)
        return {"person": asked.person, "expiresAt": until, "message": f"{asked.person} is enrolled"}

    def _new_step(self, proposed: Enrolment, code: str, now: int) -> int:
        offset = offset_of(opened(self._vault, proposed), code, step_of(now))
        if offset is None:
            raise Refusal("Wrong", "that is no code of the new secret at this time: is the clock right?")
        return step_of(now) + offset

    async def _prove(self, before: Enrolment, code: str | None, now: int) -> None:
        """The person still has what they had. An enrolment that is over still guards the next."""
        if code is None:
            raise Refusal(
                "CurrentCodeNeeded",
                f"{before.person} is enrolled already: give a code of the present secret, or have an "
                f"administrator reset it: kubectl cupel codes reset {before.person}",
            )
        offset = offset_of(opened(self._vault, before), code, step_of(now))
        if offset is None:
            raise Refusal("Wrong", "the current code is not right")
        if not await self._store.use_step(before, step_of(now) + offset, before.drift):
            raise Refusal("Replayed", "the current code was used before: wait for the next one")

    async def _record(self, asked: ConfirmRequest, outcome: str, address: str, now: int) -> None:
        fields = {"person": asked.person, "outcome": outcome, "address": address}
        log.info("an enrolment", extra={"fields": fields})
        await self._store.record(Attempt(now, asked.person, "", "", outcome, address))
