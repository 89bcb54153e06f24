"""Answering CodeEnrollments: a new secret, sealed to who asked; a reset; and removing what is over.

Every pass looks at what is there, so that it may run twice, late, or in two replicas at once: the store
keeps one proposal for a serial, and whoever answers seals that one.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from cupel.api.code_enrollment import CodeEnrollment
from cupel.api.common import JsonObject
from cupel.kube.client import Client
from cupel.kube.resources import CODE_ENROLLMENT
from cupel.sealed import Vault, readable_key, seal
from cupel.store.codes import Attempt, CodeStore, Enrolment

from .checking import kept, opened
from .metrics import Metrics
from .totp import address, new_secret

log = logging.getLogger(__name__)
MINUTES = 10
"""How long an enrolment waits to be confirmed."""
MANAGER = "cupel-codes"


class Enrolling:
    """One pass over one CodeEnrollment at a time."""

    def __init__(self, client: Client, store: CodeStore, vault: Vault, metrics: Metrics) -> None:
        self._client = client
        self._store = store
        self._vault = vault
        self._metrics = metrics

    async def look(self, asked: CodeEnrollment, now: int) -> None:
        """Do what is to be done about it. Raises Weather, Denied and Unexpected."""
        if asked.metadata.deletion_timestamp is not None or not asked.spec.person:
            return
        if await self._over(asked, now):
            await self._client.delete(CODE_ENROLLMENT, asked.namespace, asked.name, asked.metadata.uid)
        elif asked.status.conditions:
            return
        elif asked.spec.purpose == "Reset":
            await self._reset(asked, asked.spec.person, now)
        else:
            await self._propose(asked, asked.spec.person, now)

    async def _over(self, asked: CodeEnrollment, now: int) -> bool:
        """Too old, or confirmed."""
        made = asked.metadata.creation_timestamp
        if made is not None and datetime.fromtimestamp(now, UTC) - made > timedelta(minutes=MINUTES):
            return True
        found = await self._store.enrolled(asked.spec.person or "")
        return found is not None and found.serial == asked.metadata.uid

    async def _propose(self, asked: CodeEnrollment, person: str, now: int) -> None:
        key = asked.spec.public_key or ""
        if not readable_key(key):
            await self._answer(asked, _condition("False", "KeyUnusable", "`publicKey` is no X25519 key", now))
            return
        serial = asked.metadata.uid
        fresh = Enrolment(person, serial, "", asked.spec.groups, now, now + MINUTES * 60)
        await self._store.propose(kept(self._vault, new_secret(), fresh))
        proposed = await self._store.pending(person)
        if proposed is None or proposed.serial != serial:
            return  # a later enrolment of the same person took its place; this one ends by its age
        before = await self._store.enrolled(person)
        sealed = seal(address(opened(self._vault, proposed), person), key, f"{serial}/{person}")
        proof = "NewCode" if before is None else "NewAndCurrentCode"
        waiting = _condition("Unknown", "AwaitingCode", "waits for the first code of the new secret", now)
        await self._answer(asked, waiting, sealed=sealed, proof=proof)
        self._metrics.enrolments.labels("Proposed").inc()

    async def _reset(self, asked: CodeEnrollment, administrator: str, now: int) -> None:
        person = asked.spec.resets or ""
        await self._store.record(Attempt(now, person, "", "", "Reset", f"by {administrator}"))
        known = await self._store.forget(person)
        log.warning("the enrolment of %s was reset by %s", person, administrator)
        self._metrics.enrolments.labels("Reset").inc()
        text = f"{person} may enroll anew" if known else f"{person} was not enrolled"
        await self._answer(asked, _condition("True", "Reset", text, now))

    async def _answer(self, asked: CodeEnrollment, condition: JsonObject, **status: str) -> None:
        """One status write, if the object still is as we saw it."""
        generation = asked.metadata.generation
        said = {
            "observedGeneration": generation,
            "conditions": [condition | {"observedGeneration": generation}],
        }
        patch = {
            "metadata": {"resourceVersion": asked.metadata.resource_version},
            "status": said | dict(status),
        }
        await self._client.merge_patch(
            CODE_ENROLLMENT, asked.namespace, asked.name, patch, "status", manager=MANAGER
        )


def _condition(status: str, reason: str, message: str, now: int) -> JsonObject:
    return {
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": datetime.fromtimestamp(now, UTC).isoformat(),
    }
