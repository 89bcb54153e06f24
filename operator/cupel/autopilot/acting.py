"""From the engine's rows to writes: each policy decided about by itself, then acted for, a few at a time.

What nobody acts by is noted afterwards: no Pod waits for the status of somebody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import cast

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import Action, AutonomyPolicyStatus
from cupel.control.fleet import ACTIONS, REASONS, Outcome
from cupel.decide.autonomy import Plan, Row, World, decide
from cupel.decide.autonomy_evidence import ONE_CALLER, held_by_one
from cupel.decide.canary import HOLDING
from cupel.decide.replicas import switched_off
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.settings.autopilot import AutopilotSettings

from .hands import Hands, Stale
from .look import Flown, Look
from .metrics import Metrics
from .sights import Sights, Target
from .steps import Step
from .subjects import described
from .telling import Telling

log = logging.getLogger("cupel.autopilot")
Place = tuple[str, str]
FLOATS = (
    "replicas", "confidence", "level", "level_sd", "trend", "capacity", "expected", "high", "lead", "omega",
    "psi", "beta", "eta", "gamma", "tau", "demand",
)  # fmt: skip


Doing = Callable[[Look, Step], Awaitable[None]]


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
        """A plan for every policy of the look."""
        now = datetime.fromtimestamp(look.moment.now, UTC).replace(microsecond=0)
        plans = []
        for one in look.flown:
            plans.append(decide(one.policy, row_of(look.outcome, one.row), self._world(look, one), now))
            self._telling.measured(look, one)
        return plans

    def _world(self, look: Look, one: Flown) -> World:
        flight, target = look.flight, one.target
        tool = target.tool
        return World(
            replicas=target.deployment.replicas if target.deployment else None,
            absent=_absent(one.policy, target),
            scaler=target.scaler,
            rival=target.rival,
            all_paused=self._sights.all_paused,
            seen=one.seen,
            saved=flight.memory.pack_row(one.row),
            denied=self._denied.get(one.place, ""),
            off=tool is not None and switched_off(tool),
            most=target.most,
            may_scale=target.may_scale,
            may_roll_back=target.may_roll_back,
            worse=one.worse,
            **described(tool, target.history, flight.held.identity(one.row), flight.held.good(one.row)),
        )

    async def act(self, look: Look, plans: Sequence[Plan]) -> list[Step]:
        """What was decided, of every policy. Answers what is left to be noted, of those acted for first."""
        places = {one.place for one in look.flown}
        self._denied = {place: said for place, said in self._denied.items() if place not in places}
        steps = [Step(one, plan) for one, plan in zip(look.flown, plans, strict=True)]
        acted = await self._all(self._act, look, [step for step in steps if step.acts])
        return [step for step in acted if not step.is_noted] + [step for step in steps if not step.acts]

    async def note(self, look: Look, steps: Sequence[Step]) -> None:
        """The statuses that nobody acts by: what was seen, believed and decided, and what came of it."""
        await self._all(self._note, look, steps)

    async def _all(self, what: Doing, look: Look, steps: Sequence[Step]) -> list[Step]:
        """A few at a time. Answers those of whom it was done, or may have been."""
        gate, done = asyncio.Semaphore(self._settings.writes), []

        async def one(step: Step) -> None:
            async with gate:
                if await self._kept(what, look, step):
                    done.append(step)

        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(one(step))
        return done

    async def _kept(self, what: Doing, look: Look, step: Step) -> bool:
        """What befalls one keeps no other from it."""
        try:
            await what(look, step)
            return True
        except (Weather, Stale) as passing:
            log.info("%s/%s is left for the next look: %s", *step.one.place, passing)
        except (Denied, Unexpected) as error:
            log.warning("%s/%s could not be written: %s", *step.one.place, error)
        return False

    async def _act(self, look: Look, step: Step) -> None:
        if not step.plan.back_to:
            await self._do(step)
        if step.is_noted:
            await self._note(look, step)
        if step.plan.back_to:
            await self._do(step)

    async def _do(self, step: Step) -> None:
        """The writes beside the status. A refusal is kept and shown; it is tried again while it is wanted.

        Where the answer was lost, it was done or not: the decision is noted either way, and the next look
        sees which, and does what is left.
        """
        place, plan, target = step.one.place, step.plan, step.one.target
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

    async def _note(self, look: Look, step: Step) -> None:
        """The status: once, if it says something new; figures alone wait for their turn."""
        one, plan = step.one, step.plan
        policy, moment, held = one.policy, look.moment, look.flight.held
        since = moment.steady - self._written.get(one.place, float("-inf"))
        urgent = is_urgent(policy.status, plan.status, held.reason(one.row))
        if not urgent and since < self._settings.status_seconds:
            return
        evidence = held.saved(one.row)
        status = plan.status.model_copy(update={"evidence": evidence})
        stored = await self._hands.write_status(policy, status)
        self._written[one.place] = moment.steady
        self._sights.written(stored)
        self._telling.told(policy, stored, (*plan.told, *held_by_one(policy.status.evidence, evidence)))


def is_urgent(before: AutonomyPolicyStatus, after: AutonomyPolicyStatus, reason: str | None) -> bool:
    """Whether somebody acts on what is new; `reason` is the evidence's. That a revision is worse, if only for
    one caller: by that the operator keeps a canary from taking over, and people are told.
    """
    said = before.evidence.reason if before.evidence else None
    turned = any((reason in words) != (said in words) for words in (HOLDING, (ONE_CALLER,)))
    return turned or settled(before) != settled(after)


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


def _absent(policy: AutonomyPolicy, target: Target) -> str:
    reference = policy.spec.target_ref
    if not policy.spec.flies_a_tool:
        return f"there is no Deployment {reference.name}"
    if target.tool is None:
        return f"there is no GeneratedTool {reference.name}"
    return f"nothing of GeneratedTool {reference.name} serves yet"
