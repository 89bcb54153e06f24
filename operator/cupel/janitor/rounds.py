"""One round: what trials left in the sandboxes, then the ledgers; each by itself, whatever befell others."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import datetime

from pydantic import ValidationError

from cupel.api import names
from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.common import JsonObject, ObjectMeta
from cupel.decide.ledger_care import patch, sweep
from cupel.kube.client import Client
from cupel.kube.cluster import OURS
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.kube.resources import APPROVAL_LEDGER, CONFIG_MAP, NAMESPACE, POD, TOOL_REVISION, Kind
from cupel.settings.janitor import JanitorSettings

log = logging.getLogger("cupel.janitor")
MANAGER = "cupel-janitor"
LOOKS = 3
"""How often a ledger is looked at anew when somebody else wrote it meanwhile."""


class Round:
    """Everything one round knows. `now` is the moment it is of."""

    def __init__(self, client: Client, settings: JanitorSettings, now: datetime) -> None:
        self.client = client
        self.settings = settings
        self.now = now
        self.well = True
        """Whether nothing failed so far."""

    async def go(self) -> bool:
        """Answers whether all was done. What failed is in the log, and is tried again by the next round."""
        try:
            zones = await self._zones()
            found = [(kind, meta) for space in zones["sandbox"] for kind, meta in await self._old(space)]
            revisions = await self._revisions()  # after what refers to them: what is new has no leftovers yet
        except (Denied, Weather, Unexpected) as error:
            log.error("the round ends before it began: %s", error)
            return False
        for kind, meta in found:
            if (
                meta.labels.get(names.SERVING_NAMESPACE, ""),
                meta.labels.get(names.REVISION, ""),
            ) not in revisions:
                await self._try(f"{kind.name} {meta.namespace}/{meta.name}", self._remove(kind, meta))
        for namespace in zones["serving"]:
            referred = frozenset(digest for (home, _), digest in revisions.items() if home == namespace)
            await self._try(f"the ledger of {namespace}", self._clean(namespace, referred))
        return self.well

    async def _try(self, what: str, work: Awaitable[None]) -> None:
        try:
            await work
        except (Denied, Weather, Unexpected) as error:
            self.well = False
            log.warning("%s was left as it is: %s", what, error)
        except ValidationError as error:
            self.well = False
            log.warning(
                "%s cannot be read: %s", what, error.errors(include_url=False, include_input=False)[0]
            )

    async def _zones(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {"serving": [], "sandbox": []}
        async for page in self.client.pages(NAMESPACE, names.ZONE):
            for item in page["items"]:
                found.setdefault(item["metadata"]["labels"][names.ZONE], []).append(item["metadata"]["name"])
        return found

    async def _revisions(self) -> dict[tuple[str, str], str]:
        """Digest by namespace and name."""
        found = {}
        async for page in self.client.pages(TOOL_REVISION):
            for item in page["items"]:
                metadata = item["metadata"]
                found[(metadata["namespace"], metadata["name"])] = str(item["spec"]["digest"])
        return found

    async def _old(self, sandbox: str) -> list[tuple[Kind, ObjectMeta]]:
        """Objects of trials in a sandbox that no trial can still be using; none where we may not look."""
        try:
            lists = [(kind, await self.client.list(kind, sandbox, OURS)) for kind in (POD, CONFIG_MAP)]
        except Denied as denied:
            self.well = False
            log.warning("sandbox %s was not looked at: %s", sandbox, denied)
            return []
        metas = [(kind, _meta(item)) for kind, answer in lists for item in answer["items"]]
        return [(kind, meta) for kind, meta in metas if self._age_matters(meta)]

    def _age_matters(self, meta: ObjectMeta) -> bool:
        born = meta.creation_timestamp
        return (
            meta.deletion_timestamp is None
            and born is not None
            and self.now - born >= self.settings.leftover_age
        )

    async def _remove(self, kind: Kind, meta: ObjectMeta) -> None:
        await self.client.delete(kind, meta.namespace, meta.name, meta.uid)
        fields = {"kind": kind.name, "namespace": meta.namespace, "name": meta.name}
        log.info("removed what a trial left behind", extra={"fields": fields})

    async def _clean(self, namespace: str, referred: frozenset[str]) -> None:
        """Mark and remove, by one patch for the ledger just seen."""
        for look in range(1, LOOKS + 1):
            body = await self.client.get(APPROVAL_LEDGER, namespace, LEDGER_NAME)
            if body is None:
                return
            try:
                return await self._clean_once(ApprovalLedger.parse(body), referred)
            except Weather as weather:
                if weather.code != 409 or look == LOOKS:
                    raise

    async def _clean_once(self, ledger: ApprovalLedger, referred: frozenset[str]) -> None:
        found = sweep(ledger, referred, self.now.date(), self.settings.grace_days)
        change = patch(ledger, found)
        if change is None:
            return
        await self.client.merge_patch(APPROVAL_LEDGER, ledger.namespace, LEDGER_NAME, change, manager=MANAGER)
        for digest in found.removed:
            said = {"namespace": ledger.namespace, "digest": digest}
            log.info("removed an approval that nothing refers to", extra={"fields": said})


def _meta(item: JsonObject) -> ObjectMeta:
    return ObjectMeta.model_validate(item["metadata"], by_alias=True, by_name=False)
