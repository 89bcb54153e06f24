"""The author's part of a gap's status: what it set out to do, and what came of it."""

from __future__ import annotations

from datetime import datetime

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Drafting
from cupel.api.common import JsonObject
from cupel.decide.authoring import Make, noted
from cupel.decide.spending import Spent
from cupel.kube.client import Client
from cupel.kube.errors import Weather
from cupel.kube.resources import CAPABILITY_GAP

MANAGER = "cupel-author"
TRIES = 5
"""How often the gap is read anew when the operator wrote it meanwhile."""
MOST = 1024
CONFLICT = 409


class Gone(Exception):
    """The gap is not there any more, or is another one of that name."""


class Story:
    """Writes one field, `status.drafting`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def note(self, gap: CapabilityGap, entry: Drafting) -> CapabilityGap:
        """Note it only if the gap still is as it was seen; otherwise Weather."""
        return await self._write(gap, entry)

    async def end(self, gap: CapabilityGap, entry: Drafting) -> CapabilityGap:
        """Note it over whatever the operator wrote meanwhile. Raises Gone, Weather."""
        for _ in range(TRIES):
            try:
                return await self._write(gap, entry)
            except Weather as weather:
                if weather.code != CONFLICT:
                    raise
                gap = await self._anew(gap)
        raise Weather(
            f"gap {gap.namespace}/{gap.name} was written by others {TRIES} times in a row", CONFLICT
        )

    async def _write(self, gap: CapabilityGap, entry: Drafting) -> CapabilityGap:
        story = [one.wire() for one in noted(gap.status.drafting, entry)]
        patch: JsonObject = {
            "metadata": {"resourceVersion": gap.metadata.resource_version},
            "status": {"drafting": story},
        }
        kind, where = CAPABILITY_GAP, (gap.namespace, gap.name)
        return CapabilityGap.parse(await self._client.merge_patch(kind, *where, patch, "status", MANAGER))

    async def _anew(self, gap: CapabilityGap) -> CapabilityGap:
        body = await self._client.get(CAPABILITY_GAP, gap.namespace, gap.name)
        if body is None or body["metadata"]["uid"] != gap.metadata.uid:
            raise Gone
        return CapabilityGap.parse(body)


def begun(step: Make, policy: str, now: datetime, aside: Spent) -> Drafting:
    """Set down before anybody is asked, with the most it may use."""
    return Drafting.model_validate({
        "number": step.number, "at": now, "generator": step.generator, "outcome": "Writing",
        "tokens": aside.tokens, "micros": aside.micros, "plan": step.plan.content, "policy": policy,
        "security": step.against is not None and step.against.security,
    })  # fmt: skip


def ended(entry: Drafting, outcome: str, because: str, used: Spent | None = None, code: str = "") -> Drafting:
    """`used` None: nobody knows, so what was set aside counts."""
    spent = {} if used is None else {"tokens": used.tokens, "micros": used.micros}
    update = {"outcome": outcome, "because": because[:MOST], "code": code, **spent}
    return entry.model_copy(update=update)
