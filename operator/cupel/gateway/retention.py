"""State goes with its tool: the store is compared with the GeneratedTools there are, again and again.

No event deletes anything. A tool is gone when a complete list, or the watch that goes on from it, has had no
object of its uid for the whole grace period, and the API server, asked for it, has none either: a watch may
be silent for longer. Whether it can be called, or lies in a zone, is no matter.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cupel.kube.existing import NotKnown
from cupel.kube.resources import GENERATED_TOOL
from cupel.store.state import Owner, StoreFailed
from cupel.store.transaction import StoreAway

from .catalogue import Catalogue
from .claiming import Existing
from .keeper import Keeper

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
SHORTEST_PAUSE = 1.0


@dataclass(frozen=True)
class Living:
    """A GeneratedTool there is."""

    uid: str
    keep: bool | None
    """What its policy says; None when tool or policy cannot be read, or there is no such policy."""


@dataclass(frozen=True)
class Due:
    """What the store must be told."""

    forget: tuple[Owner, ...] = ()
    mark: tuple[Owner, ...] = ()
    """These states are marked otherwise than their tool's policy says now."""


class Retention:
    """Compares, and remembers since when a tool has been gone; nothing else, so a restart only waits anew."""

    def __init__(
        self, catalogue: Catalogue, keeper: Keeper, existing: Existing, grace_seconds: float
    ) -> None:
        self._catalogue = catalogue
        self._keeper = keeper
        self._existing = existing
        self._grace = grace_seconds
        self._gone_since: dict[Owner, float] = {}
        self._unrated_since: dict[Owner, float] = {}

    async def run(self) -> None:
        """Sweep until cancelled."""
        pause = min(LONGEST_PAUSE, max(SHORTEST_PAUSE, self._grace / 5))
        while self._keeper.url:
            await asyncio.sleep(pause)
            now = asyncio.get_running_loop().time()
            try:
                await self.sweep(now)
                await self.sweep_feedback(now)
            except (StoreFailed, StoreAway):
                continue  # the keeper has said so, or will

    async def sweep(self, now: float) -> None:
        """Bring the store in line with the tools there are. Raises StoreFailed."""
        if self._catalogue.waiting_for():
            return
        async with self._keeper.use() as states:
            owners = await states.owners()
            self._keeper.count(await states.counts())
        living = alive(self._catalogue)
        self._gone_since = {owner: self._gone_since.get(owner, now) for owner in gone(owners, living)}
        old = frozenset(owner for owner, since in self._gone_since.items() if now - since >= self._grace)
        todo = due(owners, living, old)
        ours = not todo.forget or await self._keeper.ours()
        for owner in todo.forget if ours else ():
            if await self._lives(owner):
                del self._gone_since[owner]
                continue
            async with self._keeper.use() as states:
                count = await states.forget(owner)
            log.info("%s/%s is gone: deleted its state of %d tenants", owner.namespace, owner.tool, count)
        for owner in todo.mark:
            async with self._keeper.use() as states:
                await states.mark(owner, not owner.keep)

    async def sweep_feedback(self, now: float) -> None:
        """Delete what was said of tools that are gone, by the same rules. Raises StoreAway."""
        feedbacks = self._keeper.feedbacks
        if self._catalogue.waiting_for() or feedbacks is None:
            return
        rated = {Owner(one.namespace, one.tool, one.uid, keep=False): one for one in await feedbacks.rated()}
        self._unrated_since = {
            owner: self._unrated_since.get(owner, now) for owner in gone(rated, alive(self._catalogue))
        }
        old = [owner for owner, since in self._unrated_since.items() if now - since >= self._grace]
        if not old or not await self._keeper.ours():
            return
        for owner in old:
            if await self._lives(owner):
                del self._unrated_since[owner]
                continue
            count = await feedbacks.forget(rated[owner])
            log.info("%s/%s is gone: deleted %d pieces of feedback", owner.namespace, owner.tool, count)

    async def _lives(self, owner: Owner) -> bool:
        """Whether the object may be there after all."""
        try:
            return await self._existing.uid(GENERATED_TOOL, owner.namespace, owner.tool) == owner.uid
        except NotKnown as problem:
            log.warning(
                "whether %s/%s is gone could not be asked, so its state stays: %s",
                owner.namespace, owner.tool, problem,
            )  # fmt: skip
            return True


def alive(catalogue: Catalogue) -> Mapping[tuple[str, str], Living]:
    """Every GeneratedTool of the cluster, by namespace and name."""
    found = {}
    for (namespace, name), uid in catalogue.tools.uids.items():
        tool = catalogue.tools.get(namespace, name)
        keep = catalogue.keeps(namespace, tool.spec.policy_ref.name) if tool else None
        found[namespace, name] = Living(uid, keep)
    return found


def gone(owners: Iterable[Owner], living: Mapping[tuple[str, str], Living]) -> frozenset[Owner]:
    """Owners whose object is not there: no tool of the name, or another one."""
    return frozenset(owner for owner in owners if _object(owner, living) is None)


def due(
    owners: Iterable[Owner], living: Mapping[tuple[str, str], Living], long_gone: frozenset[Owner]
) -> Due:
    """States of tools long gone are deleted unless kept; those of living tools follow their policy."""
    forget, mark = [], []
    for owner in sorted(owners, key=lambda o: (o.namespace, o.tool, o.uid, bool(o.keep))):
        found = _object(owner, living)
        if found is None and owner in long_gone and not owner.keep:
            forget.append(owner)
        elif found is not None and found.keep is not None and found.keep != owner.keep:
            mark.append(owner)
    return Due(tuple(forget), tuple(mark))


def _object(owner: Owner, living: Mapping[tuple[str, str], Living]) -> Living | None:
    found = living.get((owner.namespace, owner.tool))
    return found if found is not None and found.uid == owner.uid else None
