"""Carrying out one step for one gap: set aside, draft, write the tool, note what came of it."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import UTC, datetime, time, timedelta

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Drafting
from cupel.api.generated_tool import GeneratedTool
from cupel.decide.authoring import Make, Name, Rest, Settle, World, next_step
from cupel.decide.drafted import tool_manifest
from cupel.decide.spending import overspent, spent
from cupel.generate.drafting import fingerprint
from cupel.kube.client import Client
from cupel.kube.errors import Denied, Unexpected, Weather

from . import clock
from .making import NOTHING, Made, Maker, NotMade
from .metrics import Metrics
from .seen import Key, Seen
from .story import Gone, Story, begun, ended
from .writing import NameTaken, name, write

log = logging.getLogger("cupel.author")
UNFINISHED = (Gone, Weather, Denied, Unexpected)


class Carrier:
    """One look at one gap, and what follows from it."""

    def __init__(self, client: Client, seen: Seen, maker: Maker, metrics: Metrics) -> None:
        self._client = client
        self._seen = seen
        self._maker = maker
        self._story = Story(client)
        self._metrics = metrics
        self._purse = asyncio.Lock()

    async def carry(self, key: Key) -> datetime | None:
        """When to look again if nothing changes. Raises UNFINISHED: look again later."""
        gap = self._seen.gaps.get(*key)
        if gap is None:
            return None
        now = clock.now()
        world = self._seen.world(gap)
        match next_step(gap, world, now):
            case Rest(why, until):
                log.debug("gap %s/%s rests: %s", *key, why)
                return until
            case Settle(made):
                await self._settle(gap, made)
            case Name(tool, people):
                await name(self._client, tool, people)
                log.info("named %d who asked for %s/%s since", len(people), tool.namespace, tool.name)
            case Make() as step:
                return await self._make(gap, world, step, now)
        return None

    async def _settle(self, gap: CapabilityGap, made: bool) -> None:
        last = gap.status.drafting[-1]
        outcome, because = ("Made", "") if made else ("Lost", "the author ended before it knew")
        await self._story.note(gap, ended(last, outcome, because))  # never over what its author noted since
        self._metrics.drafts.labels(last.generator, outcome).inc()

    async def _make(self, gap: CapabilityGap, world: World, step: Make, now: datetime) -> datetime | None:
        before = world.tool.code if world.tool else ""
        try:
            aside = self._maker.reserve(gap, step, before)
        except NotMade as problem:
            return await self._hold(gap, step, now, str(problem))
        entry = begun(step, gap.spec.policy_ref.name, now, aside)
        assert world.policy is not None  # noqa: S101  # `next_step` rests without one
        async with self._purse:  # what one worker sets aside, the next one sees
            used, day = spent(gap.status.drafting), self._seen.spent_today(gap, now)
            if why := overspent(world.policy.spec.generation.budget, used, day, aside):
                return await self._hold(gap, step, now, why)
            gap = await self._story.note(gap, entry)
            self._seen.note(gap)
        entry = await self._drafted(gap, world.tool, step, entry, before)
        await self._story.end(gap, entry)
        self._metrics.drafted(entry, clock.now() - now)
        return None

    async def _drafted(
        self, gap: CapabilityGap, tool: GeneratedTool | None, step: Make, entry: Drafting, before: str
    ) -> Drafting:
        try:
            return await self._attempted(gap, tool, step, entry, before)
        except NotMade as problem:
            return ended(entry, "Failed", str(problem), problem.used)
        except Exception as error:  # noqa: BLE001  # else the story would say Writing, then Lost, and never why
            self._metrics.failures.inc()
            told = "".join(traceback.format_tb(error.__traceback__))  # its own text may hold the prompt
            what = (gap.namespace, gap.name, type(error).__name__, told)
            log.error("a draft for gap %s/%s failed: %s\n%s", *what)
            return ended(entry, "Failed", f"a mistake of Cupel's own ({type(error).__name__}): see its log")

    async def _attempted(
        self, gap: CapabilityGap, tool: GeneratedTool | None, step: Make, entry: Drafting, before: str
    ) -> Drafting:
        made = await self._maker.make(gap, step, before)
        code = fingerprint(made.draft.code)
        if step.generator == "Model" and any(one.code == code for one in gap.status.drafting):
            return ended(entry, "Repeated", "the same code as in an earlier attempt", made.used, code)
        return await self._written(
            gap, tool, step, ended(entry, "Made", made.draft.notes, made.used, code), made
        )

    async def _written(
        self, gap: CapabilityGap, tool: GeneratedTool | None, step: Make, entry: Drafting, made: Made
    ) -> Drafting:
        """What the API server refuses is said in the story: a person reads it there."""
        manifest = tool_manifest(gap, step.plan, made.draft, made.origin)
        try:
            await write(self._client, manifest, tool)
        except (Denied, Unexpected, NameTaken, Weather) as refused:
            return ended(entry, "Failed", f"the tool could not be written: {refused}")
        log.info("wrote %s/%s for gap %s", gap.namespace, step.plan.tool_name, gap.name)
        return entry

    async def _hold(self, gap: CapabilityGap, step: Make, now: datetime, why: str) -> datetime:
        """Say once why it is not begun; a new day brings a new budget, and a setting a new process."""
        last = gap.status.drafting[-1] if gap.status.drafting else None
        if last is None or (last.outcome, last.because) != ("Held", why):
            entry = begun(step, gap.spec.policy_ref.name, now, NOTHING)
            await self._story.note(gap, ended(entry, "Held", why, NOTHING))
            log.info("gap %s/%s is held: %s", gap.namespace, gap.name, why)
        return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
