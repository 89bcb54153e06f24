"""Leader election on a Lease, and the fence: nobody writes who is not sure to lead at this moment.

As client-go's, with one more rule. Our right to write ends `renew` seconds after the moment *before* the
last successful request was sent, on a clock that runs also while we are stopped. Others take over no sooner
than `duration` seconds after they saw that request's effect, so that two never write at a time.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from cupel.api.common import JsonObject

from .client import Client
from .errors import Denied, Weather
from .resources import LEASE

NEVER = float("-inf")


class LeaseLost(Exception):
    """Another leads now, or we could not renew in time: stop working."""


@dataclass(frozen=True)
class Terms:
    """Whose lease, and its times in seconds: retry < renew < duration."""

    namespace: str
    name: str
    identity: str
    duration: float
    renew: float
    retry: float


class Election:
    """One candidate.

    `client` must ask `may_write_lease` before it writes, and every other client `leading`.
    """

    def __init__(self, terms: Terms, steady: Callable[[], float], now: Callable[[], datetime]) -> None:
        self.terms = terms
        self._steady = steady
        self._now = now
        self._leads_until = NEVER
        self._lease_until = NEVER
        self._seen = ""
        self._seen_at = NEVER
        self._lease: JsonObject = {}

    def leading(self) -> bool:
        """Whether we lead at this moment: the fence of all writes."""
        return self._steady() < self._leads_until

    def may_write_lease(self) -> bool:
        """The fence of the lease itself: a request to take or renew it must not go out late either."""
        return self._steady() < self._lease_until

    async def win(self, client: Client) -> None:
        """Return as soon as we lead. Raises Denied when we may not even read the lease."""
        while True:
            try:
                if await self._try(client):
                    return
            except Weather:
                self._leads_until = NEVER
            await asyncio.sleep(self.terms.retry)

    async def keep(self, client: Client) -> None:
        """Renew for as long as we can. Only ends by raising LeaseLost."""
        while True:
            await asyncio.sleep(self.terms.retry)
            if not self.leading():
                raise LeaseLost("the lease was not renewed in time")
            try:
                async with asyncio.timeout(self.terms.renew):
                    await self._renew(client)
            except TimeoutError:
                continue
            except Weather as weather:
                if weather.code == 409:
                    await self._look_again(client)
            except Denied as denied:
                raise LeaseLost(f"the lease may not be renewed: {denied}") from denied

    async def release(self, client: Client) -> None:
        """Let another lead at once. Call it when all work has ended; does nothing unless we lead."""
        if not self.leading():
            return
        self._leads_until = NEVER
        spec = self._lease["spec"] | {
            "holderIdentity": "",
            "leaseDurationSeconds": 1,
            "renewTime": self._time(),
        }
        try:
            await client.replace(self._lease | {"spec": spec})
        except (Weather, Denied):
            return  # it will expire

    async def _try(self, client: Client) -> bool:
        asked_at = self._steady()
        self._lease_until = asked_at + self.terms.retry
        found = await client.get(LEASE, self.terms.namespace, self.terms.name)
        if found is None:
            return self._won(asked_at, await client.create(self._manifest({}, 0)))
        if not self._free(found):
            return False
        before = found.get("spec", {})
        transitions = before.get("leaseTransitions") or 0
        return self._won(asked_at, await client.replace(self._manifest(found["metadata"], transitions + 1)))

    def _free(self, lease: JsonObject) -> bool:
        """Nobody's, or unchanged, as far as we saw ourselves, for longer than its holder asked for."""
        spec = lease.get("spec", {})
        if lease["metadata"]["resourceVersion"] != self._seen:
            self._seen = lease["metadata"]["resourceVersion"]
            self._seen_at = self._steady()
        held = float(spec.get("leaseDurationSeconds") or self.terms.duration)
        return not spec.get("holderIdentity") or self._steady() - self._seen_at >= held

    def _won(self, asked_at: float, answer: JsonObject) -> bool:
        self._lease = answer
        self._leads_until = self._lease_until = asked_at + self.terms.renew
        return True

    async def _renew(self, client: Client) -> None:
        asked_at = self._steady()
        spec = self._lease["spec"] | {"renewTime": self._time()}
        self._won(asked_at, await client.replace(self._lease | {"spec": spec}))

    async def _look_again(self, client: Client) -> None:
        """After a conflict: our own write whose answer was lost, or somebody else's."""
        try:
            found = await client.get(LEASE, self.terms.namespace, self.terms.name)
        except Weather:
            return
        if found is None or found.get("spec", {}).get("holderIdentity") != self.terms.identity:
            self._leads_until = NEVER
            raise LeaseLost("another took the lease")
        self._lease = found

    def _manifest(self, metadata: JsonObject, transitions: int) -> JsonObject:
        kept = {key: metadata[key] for key in ("resourceVersion", "uid", "labels") if key in metadata}
        time = self._time()
        return {
            "apiVersion": LEASE.api_version,
            "kind": LEASE.name,
            "metadata": {"name": self.terms.name, "namespace": self.terms.namespace, **kept},
            "spec": {
                "holderIdentity": self.terms.identity,
                "leaseDurationSeconds": math.ceil(self.terms.duration),
                "acquireTime": time,
                "renewTime": time,
                "leaseTransitions": transitions,
            },
        }

    def _time(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
