"""One pass: look, decide, do, tell. The only place where a key becomes work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, Literal, Protocol

from cupel.decide.plan import Analyze, Apply, Condemn, Delete, Plan, Verify
from cupel.kube.act import Hands
from cupel.kube.errors import Denied, Weather
from cupel.kube.observe import Sight
from cupel.telemetry.metrics import Metrics

from .kinds import RECONCILED, Reconciled
from .senses import Senses
from .workqueue import Key, WorkQueue

log = logging.getLogger("cupel.controller")
PassOutcome = Literal["changed", "unchanged"]


class Telling(Protocol):
    """Who is told what became true."""

    def told(self, key: Key, before: object, after: object) -> None: ...


@dataclass
class Passes:
    """Everything a pass needs. A pass that fails is tried again; nothing it knew is kept."""

    queue: WorkQueue
    sight: Sight
    hands: Hands
    senses: Senses
    telling: Telling
    metrics: Metrics
    now: Callable[[], datetime]
    worked: Callable[[], None]
    """Told when a pass has ended, however it did."""

    async def work(self) -> None:
        """Take keys for ever. Several of these may run."""
        while True:
            key = await self.queue.take()
            try:
                await self._guarded(key)
            finally:
                self.queue.done(key)
                self.worked()
            await asyncio.sleep(
                0
            )  # most passes wait for nothing: let others, the lease above all, have their turn

    async def _guarded(self, key: Key) -> None:
        started = perf_counter()
        outcome = "weather"
        try:
            outcome = await self.one(key)
            self.queue.forgive(key)
        except Weather as weather:
            delay = self.queue.retry(key, weather.retry_after)
            log.debug("%s: again in %.1f s: %s", "/".join(key), delay, weather)
        except Denied as denied:
            outcome = "denied"
            delay = self.queue.retry_slowly(key)
            log.warning("%s: again in %.0f s: the API server refuses: %s", "/".join(key), delay, denied)
        except Exception as error:  # noqa: BLE001  the top of a worker: a mistake of ours, told and tried again slowly
            outcome = "bug"
            self.failed(key, error)
        finally:
            self.metrics.passes.labels(key.kind, outcome).inc()
            self.metrics.pass_seconds.labels(key.kind).observe(perf_counter() - started)

    def failed(self, key: Key, error: BaseException) -> None:
        """A mistake of ours: say it once, with its traceback, and try again much later."""
        delay = self.queue.retry_slowly(key)
        fields = {"kind": key.kind, "namespace": key.namespace, "name": key.name}
        text = f"a pass failed, which is a mistake in Cupel; again in {delay:.0f} s"
        log.error(text, exc_info=error, extra={"fields": fields})

    async def one(self, key: Key) -> PassOutcome:
        """One pass over one object. Raises Weather."""
        kind = RECONCILED[key.kind]
        resource = kind.find(self.sight, key.namespace, key.name)
        world = kind.observe(self.sight, key.namespace, key.name)
        plan = kind.decide(resource, world, self.now())
        news = await self._act(plan, key)
        changed = await self._conclude(kind, key, resource, plan)
        if news or (changed and not self._settled(kind, resource, world, plan)):
            self.queue.add(key)
        elif plan.revisit is not None:
            self.queue.add_after(key, plan.revisit.total_seconds())
        return "changed" if changed or news else "unchanged"

    async def _conclude(self, kind: Reconciled, key: Key, resource: object, plan: Plan) -> bool:
        """Write the status if it differs, and only then tell."""
        before = getattr(resource, "status", None)
        if plan.status is None or resource is None:
            self.telling.told(key, resource, None)
            return False
        after = resource.model_copy(update={"status": plan.status})  # type: ignore[attr-defined]  # a Resource
        if plan.status != before:
            version = resource.metadata.resource_version  # type: ignore[attr-defined]  # same
            await self.hands.write_status(kind.kind, key.namespace, key.name, version, plan.status.wire())
        self.telling.told(key, resource, after)
        return bool(plan.status != before)

    def _settled(self, kind: Reconciled, resource: Any, world: object, plan: Plan) -> bool:
        """Whether deciding on what is stored now comes to the same plan, so that a pass would do nothing.

        Whatever else changed meanwhile has woken the key itself. No gate reads conditions, which a test holds
        them to: where nothing else of the status moved, that needs no deciding.
        """
        conditions = {"conditions": plan.status.conditions}
        if resource.status.model_copy(update=conditions) == plan.status:
            return True
        after = resource.model_copy(update={"status": plan.status})
        return kind.decide(after, world, self.now()) == plan

    async def _act(self, plan: Plan, key: Key) -> bool:
        """Do everything in order. Answers whether something was learned that the next pass should see."""
        news, subject = False, (key.kind, key.namespace, key.name)
        for action in plan.actions:
            match action:
                case Apply():
                    news |= await self.hands.apply(action, subject)
                case Delete():
                    news |= await self.hands.delete(action, None if plan.status is None else subject)
                case Condemn():
                    news |= await self.hands.condemn(action, subject)
                case Analyze() | Verify():
                    self.senses.ask(action, key)
        return news
