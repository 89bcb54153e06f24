"""From the engine's rows to writes: each policy decided about by itself, then acted for, a few at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from math import isnan
from typing import cast

import numpy as np

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import Action, AutonomyPolicyStatus, SignalSeen
from cupel.control import trust
from cupel.control.fleet import ACTIONS, REASONS, Outcome
from cupel.decide.autonomy import Plan, Row, World, decide, figure
from cupel.decide.replicas import switched_off
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.settings.autopilot import AutopilotSettings
from cupel.signals.reading import Reading

from .hands import Hands, Stale
from .look import Look
from .metrics import Metrics
from .sights import Sights, Target
from .subjects import described
from .telling import Telling

log = logging.getLogger("cupel.autopilot")
Place = tuple[str, str]
VERDICTS = {
    trust.ABSENT: "it brought no number",
    trust.NOT_A_NUMBER: "it is infinite",
    trust.STALE: "its last sample is older than `staleSeconds`",
    trust.FROM_THE_FUTURE: "its sample is of the future: a clock was stepped",
    trust.TOO_SMALL: "it is below `least`",
    trust.TOO_LARGE: "it is above `most`",
    trust.FROZEN: "it stands still to the last digit: what measures it has stopped",
}
"""Why a sample is none, where its source did not say so."""
WORDS = {
    trust.ABSENT: "absent",
    trust.NOT_A_NUMBER: "not_a_number",
    trust.STALE: "stale",
    trust.FROM_THE_FUTURE: "future",
    trust.TOO_SMALL: "too_small",
    trust.TOO_LARGE: "too_large",
    trust.FROZEN: "frozen",
}
"""The same as labels."""
FLOATS = (
    "replicas", "confidence", "level", "level_sd", "trend", "capacity", "expected", "high", "lead", "omega",
    "psi", "beta", "eta", "gamma", "tau", "demand",
)  # fmt: skip


class Acting:
    """Decides and acts for every policy of a look. What befalls one keeps no other from being acted for."""

    def __init__(
        self, sights: Sights, hands: Hands, telling: Telling, metrics: Metrics, settings: AutopilotSettings
    ) -> None:
        self._sights = sights
        self._hands = hands
        self._telling = telling
        self._metrics = metrics
        self._settings = settings
        self._denied: dict[Place, str] = {}
        self._written: dict[Place, float] = {}

    def decide(self, look: Look) -> list[Plan]:
        """A plan for every row."""
        now = datetime.fromtimestamp(look.moment.now, UTC).replace(microsecond=0)
        seen = seen_by(look)
        self._missed(look)
        plans = []
        for row, policy in enumerate(look.policies):
            world = self._world(look, row, seen[row])
            plans.append(decide(policy, row_of(look.outcome, row), world, now))
            self._telling.measured((policy.namespace, policy.name), look, row, seen[row])
        return plans

    def _missed(self, look: Look) -> None:
        judged = look.flight.judged
        for place in np.flatnonzero(judged.verdicts != trust.USABLE):
            key = judged.roster.signals[place]
            self._metrics.missing.labels(key.namespace, key.policy, WORDS[int(judged.verdicts[place])]).inc()

    def _world(self, look: Look, row: int, seen: tuple[SignalSeen, ...]) -> World:
        policy, target = look.policies[row], look.targets[row]
        tool = target.tool
        return World(
            replicas=target.deployment.replicas if target.deployment else None,
            absent=_absent(policy, target),
            scaler=target.scaler,
            rival=target.rival,
            all_paused=self._sights.all_paused,
            seen=seen,
            saved=look.flight.memory.pack_row(row),
            denied=self._denied.get((policy.namespace, policy.name), ""),
            off=tool is not None and switched_off(tool),
            most=target.most,
            may_scale=target.may_scale,
            may_roll_back=target.may_roll_back,
            worse=look.worse[row],
            **described(tool, target.history, look.flight.held.identity(row), look.flight.held.good(row)),
        )

    async def act(self, look: Look, plans: Sequence[Plan]) -> None:
        """All of them, a few at a time."""
        gate = asyncio.Semaphore(self._settings.writes)
        async with asyncio.TaskGroup() as group:
            for row, plan in enumerate(plans):
                group.create_task(self._one(gate, look, row, plan))

    async def _one(self, gate: asyncio.Semaphore, look: Look, row: int, plan: Plan) -> None:
        place = (look.policies[row].namespace, look.policies[row].name)
        async with gate:
            try:
                if not plan.back_to:
                    await self._do(place, look.targets[row], plan)
                await self._write(look, row, plan)
                if plan.back_to:  # noted first: whoever is killed in between does it, and nobody twice
                    await self._do(place, look.targets[row], plan)
            except (Weather, Stale) as passing:
                log.info("%s/%s is left for the next look: %s", *place, passing)
            except (Denied, Unexpected) as error:
                log.warning("%s/%s could not be written: %s", *place, error)

    async def _do(self, place: Place, target: Target, plan: Plan) -> None:
        """The writes beside the status. A refusal is kept and shown; it is tried again while it is wanted.

        Where the answer was lost, it was done or not: the decision is noted either way, and the next look
        sees which, and does what is left.
        """
        self._denied = {one: said for one, said in self._denied.items() if one != place}
        try:
            if plan.scale is not None and target.deployment is not None:
                await self._hands.scale(target.deployment, plan.scale)
            if plan.condemn and target.tool is not None:
                await self._hands.condemn(target.tool, plan.condemn)
            if plan.back_to and target.deployment is not None:
                await self._hands.roll_back(target.deployment, target.history, plan.back_to)
        except Denied as denied:
            self._denied[place] = str(denied)
        except Weather as weather:
            log.info("%s/%s: what was decided was done, or will be: %s", *place, weather)

    async def _write(self, look: Look, row: int, plan: Plan) -> None:
        """Once, if it says something new; figures alone wait for their turn."""
        policy, moment = look.policies[row], look.moment
        place = (policy.namespace, policy.name)
        since = moment.steady - self._written.get(place, float("-inf"))
        if settled(plan.status) == settled(policy.status) and since < self._settings.status_seconds:
            return
        evidence = look.flight.held.saved(row)
        status = plan.status.model_copy(update={"evidence": evidence})
        stored = await self._hands.write_status(policy, status)
        self._written[place] = moment.steady
        self._sights.written(stored)
        self._telling.told(policy, stored, plan.told)


def settled(status: AutonomyPolicyStatus) -> tuple[object, ...]:
    """What of a status people and the operator act on: it is written as soon as it changes."""
    decided = status.decision
    return (
        status.observed_generation,
        tuple((one.type, one.status, one.reason) for one in status.conditions),
        status.desired_replicas,
        status.desired_at,
        status.replicas,
        tuple(one.name for one in status.seen if one.problem),
        status.history,
        status.revisions,
        (decided.action, decided.reason, decided.replicas) if decided else None,
    )


def row_of(outcome: Outcome, row: int) -> Row:
    """One policy's row, in plain numbers."""
    figures = {name: float(getattr(outcome, name)[row]) for name in FLOATS}
    action, reason = ACTIONS[int(outcome.action[row])], REASONS[int(outcome.reason[row])]
    return Row(action=cast(Action, action), reason=reason, blind=bool(outcome.blind[row]), **figures)


def seen_by(look: Look) -> list[tuple[SignalSeen, ...]]:
    """By policy: every signal, its last usable figure kept where there is none now."""
    judged = look.flight.judged
    found: list[list[SignalSeen]] = [[] for _ in look.policies]
    for place, (key, reading) in enumerate(zip(judged.roster.signals, look.readings, strict=True)):
        row = int(judged.roster.owner[place])
        before = next((one for one in look.policies[row].status.seen if one.name == key.signal), None)
        found[row].append(
            _signal(key.signal, float(judged.clean[place]), int(judged.verdicts[place]), reading, before)
        )
    return [tuple(signals) for signals in found]


def _signal(name: str, value: float, verdict: int, reading: Reading, before: SignalSeen | None) -> SignalSeen:
    if not isnan(value):
        return SignalSeen(
            name=name, value=figure(value), at=datetime.fromtimestamp(reading.at, UTC).replace(microsecond=0)
        )
    problem = (reading.problem or VERDICTS[verdict])[:500]
    return SignalSeen(
        name=name, value=before.value if before else None, at=before.at if before else None, problem=problem
    )


def _absent(policy: AutonomyPolicy, target: Target) -> str:
    reference = policy.spec.target_ref
    if not policy.spec.flies_a_tool:
        return f"there is no Deployment {reference.name}"
    if target.tool is None:
        return f"there is no GeneratedTool {reference.name}"
    return f"nothing of GeneratedTool {reference.name} serves yet"
