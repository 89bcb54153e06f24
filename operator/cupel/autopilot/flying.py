"""The clock of all policies: who is due is looked at together, decided about, acted for."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from math import inf

import numpy as np
from numpy.typing import NDArray

from cupel import clock
from cupel.api.autonomy_policy import AutonomyPolicy, Signal
from cupel.api.autonomy_status import SignalSeen
from cupel.decide.autonomy import Plan, Worse
from cupel.kube.may import May, Wanted
from cupel.signals.reading import Key, Moment, Reading, Request
from cupel.signals.revision_pods import PodCounters

from . import garbage
from .acting import Acting
from .flight import Flight
from .look import Flown, Look
from .looking import GATEWAY, Eyes
from .metrics import Metrics
from .roster import Place
from .sights import Sights, Target
from .subjects import DeploymentSubject, Subject, ToolSubject
from .verdicts import missed, seen_by
from .waking import Waking

log = logging.getLogger("cupel.autopilot")
IDLE_SECONDS = 0.2
"""How often it is seen whether there are policies of another period, and whether a call waits for a tool
asleep, while nothing is due."""
LISTEN_SECONDS = 0.02
"""Whoever is looked at sooner is not listened for."""
OF_PODS = ("PodMetrics", "Resource")
"""Types of signals for which the target's Pods are looked up."""
SCALE: Wanted = ("patch", "deployments", "scale")
ROLL_BACK: Wanted = ("patch", "deployments", "")
STEP_SECONDS = 2.0
"""From this much on the clock of the day was set, rather than kept in time."""


class Flying:
    """Flies every policy. One tick at a time: two would write the same status."""

    def __init__(self, sights: Sights, eyes: Eyes, acting: Acting, may: May, metrics: Metrics) -> None:
        self._sights = sights
        self._eyes = eyes
        self._acting = acting
        self._may = may
        self._waking = Waking(sights, eyes, acting)
        self._metrics = metrics
        self._flights: dict[float, Flight] = {}
        self._last = moment()

    async def run(self) -> None:
        """Until cancelled. A tick that fails by a mistake of ours is told, and the next one is tried."""
        while self._sights.unlisted():
            await asyncio.sleep(IDLE_SECONDS)
        garbage.set_aside()
        while True:
            self._muster()
            flight = min(self._flights.values(), key=lambda one: one.due, default=None)
            wait = IDLE_SECONDS if flight is None else flight.due - clock.steady()
            if flight is None or wait > 0:
                await self._listen(min(wait, IDLE_SECONDS))
                continue
            try:
                await self.tick(flight)
            except Exception:
                self._metrics.failures.inc()
                log.exception("a tick of the policies looked at every %g s failed", flight.period)
            flight.next(moment())

    async def _listen(self, seconds: float) -> None:
        """Until so much has gone by, or longer where somebody is woken."""
        until = clock.steady() + seconds
        try:
            if seconds >= LISTEN_SECONDS:
                await self._waking.listen(self._flights.values(), moment(), seconds)
        except Exception:
            self._metrics.failures.inc()
            log.exception("listening for calls of tools asleep failed")
        await asyncio.sleep(until - clock.steady())

    def _muster(self) -> None:
        """Who is there, by period."""
        found: dict[float, list[AutonomyPolicy]] = defaultdict(list)
        for here in self._sights.policies.objects.values():
            for policy in here.values():
                found[float(policy.spec.period_seconds)].append(policy)
        now = moment()
        self._flights = {period: self._flights.get(period) or Flight(period, now) for period in found}
        for period, policies in found.items():
            self._flights[period].crew(policies, now)
        self._metrics.forget({(one.namespace, one.name) for policies in found.values() for one in policies})

    async def tick(self, flight: Flight) -> None:
        """Observe, orient, decide, act; then note what nobody acts by."""
        began = moment()
        self._clock_kept(began)
        self._metrics.ticks.inc()
        if flight.late(began):
            self._metrics.late.inc()
        policies = [self._fresh(one) for one in flight.policies]
        targets = [await self._permitted(one, self._sights.target(one)) for one in policies]
        readings = await self._observe(flight, targets)
        seen = moment()
        self._timed("observe", began, seen)
        ready, wanted = (np.array(column, float) for column in zip(*map(_pods, targets), strict=True))
        outcome = flight.tick(readings, seen, ready, wanted, self._called(targets))
        worse = await self._weighed(flight, policies, targets, seen)
        lines = self._lines(flight, policies, readings)
        oriented = moment()
        self._timed("orient", seen, oriented)
        look = Look(flight, outcome, seen, tuple(map(Flown, count(), policies, targets, lines, worse)))
        plans = self._acting.decide(look)
        decided = moment()
        self._timed("decide", oriented, decided)
        await self._carry_out(look, plans, decided)
        self._timed("loop", began, moment())

    async def _carry_out(self, look: Look, plans: Sequence[Plan], decided: Moment) -> None:
        left = await self._acting.act(look, plans)
        acted = moment()
        self._timed("act", decided, acted)
        await self._acting.note(look, left)
        self._timed("note", acted, moment())

    def _lines(
        self, flight: Flight, policies: Sequence[AutonomyPolicy], readings: Sequence[Reading]
    ) -> list[tuple[SignalSeen, ...]]:
        """What each policy's status says of its signals; what is missing is counted."""
        for key, verdict in missed(flight.judged):
            self._metrics.missing.labels(key.namespace, key.policy, verdict).inc()
        return seen_by(flight.judged, policies, readings)

    async def _weighed(
        self, flight: Flight, policies: Sequence[AutonomyPolicy], targets: Sequence[Target], seen: Moment
    ) -> list[Worse | None]:
        """What is held against each revision that serves."""
        runs, zone = self._eyes.runs, self._sights.zone

        def subject(row: int, policy: AutonomyPolicy, target: Target) -> Subject | None:
            if not policy.spec.rollback.enabled:
                return None
            if policy.spec.flies_a_tool:
                return ToolSubject(policy, target.tool, runs, zone) if target.tool else None
            if target.deployment is None:
                return None
            pods = self._eyes.counted((policy.namespace, policy.name))
            before, obstacle = flight.held.identity(row), target.deployment.obstacle
            return DeploymentSubject(policy, target.history, pods, before, obstacle)

        pairs = zip(policies, targets, strict=True)
        held, subjects = flight.held, [subject(row, *pair) for row, pair in enumerate(pairs)]
        return held.judged(subjects, await self._eyes.callers(held.weigh(subjects, seen)), seen)

    def _fresh(self, policy: AutonomyPolicy) -> AutonomyPolicy:
        """As it is now: the crew knows its spec, while its status moves on."""
        return self._sights.policies.get(policy.namespace, policy.name) or policy

    async def _permitted(self, policy: AutonomyPolicy, target: Target) -> Target:
        """With what the namespace lets us do to its Deployments; asked only where something may be done."""
        if policy.spec.flies_a_tool or policy.spec.authority != "Act":
            return target
        rolls = policy.spec.rollback.enabled
        scale = await self._may.do(policy.namespace, SCALE)
        back = await self._may.do(policy.namespace, ROLL_BACK) if rolls else True
        return replace(target, may_scale=scale, may_roll_back=back)

    async def _observe(self, flight: Flight, targets: Sequence[Target]) -> list[Reading]:
        """A reading for every signal of every policy, in their order."""
        roster = flight.judged.roster
        requests = [
            request
            for watched, target in zip(roster.watched, targets, strict=True)
            for request in self._requests(watched, target)
        ]
        always = (GATEWAY,) if any(_asks_the_gateway(one) for one in roster.policies) else ()
        found = await self._eyes.look(requests, moment(), always, self._counted(roster.policies, targets))
        return [found[key] for key in roster.signals]

    def _counted(
        self, policies: Sequence[AutonomyPolicy], targets: Sequence[Target]
    ) -> dict[Place, PodCounters]:
        """The Pods whose counters say how each revision of a Deployment does."""
        found: dict[Place, PodCounters] = {}
        for policy, target in zip(policies, targets, strict=True):
            counters = policy.spec.rollback.counters
            if counters is not None and target.history and target.deployment is not None:
                pods = self._sights.ready_pods(target.deployment)
                addresses = self._sights.addresses(pods, target.history)
                ours = tuple(one for one in addresses if one.revision)
                found[policy.namespace, policy.name] = PodCounters(counters, ours)
        return found

    def _requests(self, watched: Sequence[tuple[Key, Signal]], target: Target) -> list[Request]:
        found = target.deployment
        reads_pods = any(signal.type in OF_PODS for _, signal in watched)
        pods = self._sights.addresses(self._sights.ready_pods(found)) if found and reads_pods else ()
        tool = target.tool.tool_name if target.tool else ""
        return [Request(key, signal, tool, pods) for key, signal in watched]

    def _called(self, targets: Sequence[Target]) -> NDArray[np.float64]:
        """(targets,) when each tool was called last; minus infinity: not of late, or it is no tool."""
        tools, last = [target.tool for target in targets], self._eyes.called
        return np.array([last.get((one.namespace, one.tool_name), -inf) if one else -inf for one in tools])

    def _clock_kept(self, now: Moment) -> None:
        """Count when the clock of the day moved other than time did; nothing is measured by it."""
        moved = (now.now - self._last.now) - (now.steady - self._last.steady)
        if abs(moved) > STEP_SECONDS:
            self._metrics.clock_steps.inc()
            log.warning("the clock of the day was set by %+.1f s; nothing is measured by it", moved)
        self._last = now

    def _timed(self, stage: str, began: Moment, ended: Moment) -> None:
        self._metrics.seconds.labels(stage).observe(ended.steady - began.steady)


def _asks_the_gateway(policy: AutonomyPolicy) -> bool:
    """Whatever its signals are: a rollback needs to know of runs, a tool asleep of calls that wait for it."""
    spec = policy.spec
    return spec.flies_a_tool and (spec.rollback.enabled or spec.scaling.min_replicas == 0)


def moment() -> Moment:
    return Moment(clock.now().timestamp(), clock.steady())


def _pods(target: Target) -> tuple[float, float]:
    """Pods ready, and Pods wanted; NaN where there is no Deployment."""
    found = target.deployment
    return (np.nan, np.nan) if found is None else (float(found.ready), float(found.replicas))
