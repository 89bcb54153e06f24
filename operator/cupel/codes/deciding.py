"""A decision by code: the digits seen elsewhere, the code, the right to approve, then the ledger."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Protocol

from cupel.api.approval_ledger import CodeDecision
from cupel.api.common import JsonObject
from cupel.decide.harmless import one_line
from cupel.store.codes import Attempt, CodeStore, Enrolment

from .checking import Checked, Checker, Claim
from .ledgers import Ledgers
from .metrics import Metrics
from .requests import DecisionRequest, Refusal

log = logging.getLogger(__name__)
DELIVERED = 8
"""Digits of a code that was sent; those of an app are six."""
PAST = {"Approve": "approved", "Reject": "rejected"}
REFUSALS = {
    "Wrong": "the code is not right, or {person} is not enrolled: kubectl cupel codes enroll",
    "Replayed": "this code was used before: wait for the next one",
    "Locked": "too many codes of {person} were wrong: wait {minutes} minutes, or tell an administrator",
    "LockedForGood": "a hundred codes of {person} were wrong and none right: somebody may be guessing. An "
    "administrator lifts it: kubectl cupel codes reset {person}; then enroll again",
}


def subject_of(namespace: str, digest: str) -> str:
    """What a link or a delivered code is for."""
    return f"{namespace}/{digest}"


class Subject(Protocol):
    """Of whom and of what a request is."""

    @property
    def person(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def digest(self) -> str: ...


class Decisions:
    """Takes decisions on the second channel."""

    def __init__(
        self, store: CodeStore, checker: Checker, ledgers: Ledgers, metrics: Metrics, lock_seconds: int
    ) -> None:
        self._store = store
        self._checker = checker
        self._ledgers = ledgers
        self._metrics = metrics
        self._lock_minutes = -(-lock_seconds // 60)

    async def decide(self, asked: DecisionRequest, address: str, now: int, via: str = "") -> JsonObject:
        """Judge and write; every try is in the audit. Raises Refusal."""
        try:
            answer = await self._decided(asked, now, via)
        except Refusal as refusal:
            await self._record(asked, refusal.reason, address, now)
            raise
        await self._record(asked, asked.decision, address, now)
        return answer

    async def _decided(self, asked: DecisionRequest, now: int, via: str) -> JsonObject:
        if not asked.digest.removeprefix("sha256-").startswith(asked.digest_prefix):
            raise Refusal(
                "WrongDigest",
                "the 16 digits are not those of this tool's digest: compare both channels before you "
                "decide. The code was not used",
            )
        claim = Claim(asked.person, asked.code, subject_of(asked.namespace, asked.digest), via)
        enrolment = await self.proven(claim, now)
        if not await self._ledgers.may_approve(asked.person, enrolment.groups, asked.namespace):
            raise Refusal(
                "NotAnApprover",
                f"{asked.person} may not approve in namespace {asked.namespace} (by the groups of their "
                "enrolment): ask an administrator for the ClusterRole cupel-approver, then enroll again",
            )
        rev = await self._ledgers.revision(asked.namespace, asked.digest)
        ledger = await self._ledgers.ledger(asked.namespace)
        entry = ledger.spec.decisions.get(asked.digest)
        if entry is not None and entry.code is not None:
            return self._decided_before(entry.code, asked)
        await self._ledgers.write(rev, asked.decision, asked.person, datetime.fromtimestamp(now, UTC))
        return self._said(asked, f"{PAST[asked.decision]} {asked.digest} by code of {asked.person}")

    async def proven(self, claim: Claim, now: int) -> Enrolment:
        """The enrolment behind a right code. Raises Refusal."""
        if len(claim.code) == DELIVERED and not claim.via:
            raise Refusal(
                "LinkNeeded",
                "a code that was sent counts only on the page of a link that came by another transport "
                "(kubectl cupel codes link TOOL --by TRANSPORT); here give a code of your app. The code was "
                "not used",
            )
        checked: Checked = await self._checker.check(claim, now)
        enrolment = checked.enrolment
        if checked.outcome != "Right" or enrolment is None:
            text = REFUSALS[checked.outcome]
            raise Refusal(checked.outcome, text.format(person=claim.person, minutes=self._lock_minutes))
        if enrolment.expires_at <= now:
            raise Refusal(
                "EnrolmentExpired", f"the enrolment of {claim.person} is over: kubectl cupel codes enroll"
            )
        return enrolment

    def _decided_before(self, said: CodeDecision, asked: DecisionRequest) -> JsonObject:
        if said.by == asked.person and said.decision == asked.decision:
            return self._said(asked, f"you {PAST[asked.decision]} it already")
        raise Refusal(
            "DecidedBefore",
            f"{one_line(said.by)} {PAST[said.decision]} this digest on this channel; a decision is never "
            "rewritten. To take it back: kubectl cupel revoke",
        )

    def _said(self, asked: DecisionRequest, message: str) -> JsonObject:
        return {"decision": asked.decision, "by": asked.person, "digest": asked.digest, "message": message}

    async def _record(self, asked: DecisionRequest, outcome: str, address: str, now: int) -> None:
        self._metrics.decisions.labels(outcome).inc()
        await self.note(asked, outcome, address, now)

    async def note(self, asked: Subject, outcome: str, address: str, now: int) -> None:
        """A line in the log and in the audit."""
        log.info(
            "a try",
            extra={
                "fields": {
                    "person": asked.person,
                    "namespace": asked.namespace,
                    "digest": asked.digest,
                    "outcome": outcome,
                    "address": address,
                }
            },
        )
        await self._store.record(Attempt(now, asked.person, asked.namespace, asked.digest, outcome, address))
