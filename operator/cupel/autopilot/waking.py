"""Between two looks: a tool asleep that a call waits for is woken at once, and nobody else is looked at.

Gateways are asked, one small page each, only while a tool sleeps. What this misses the next look finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.signals.gateway_calls import Tool
from cupel.signals.reading import Moment

from .acting import Acting
from .flight import Flight
from .look import Flown, Look
from .looking import Eyes
from .sights import Sights


class Waking:
    """Wakes by the same decision as a look, from what was believed at the last one."""

    def __init__(self, sights: Sights, eyes: Eyes, acting: Acting) -> None:
        self._sights = sights
        self._eyes = eyes
        self._acting = acting

    async def listen(self, flights: Iterable[Flight], moment: Moment, seconds: float) -> None:
        """Hear once of calls that wait; a gateway that takes longer than `seconds` is not heard."""
        asleep = self.asleep(flights)
        if not asleep:
            return
        called: dict[Flight, list[Flown]] = defaultdict(list)
        for tool in await self._eyes.held(seconds) & asleep.keys():
            flight, row = asleep[tool]
            policy = self._fresh(flight, row)
            if policy is not None and self._sleeper(policy) == tool:  # it may have woken meanwhile
                target = self._sights.target(policy)
                called[flight].append(Flown(row, policy, target, policy.status.seen))
        for flight, flown in called.items():
            outcome = flight.woken(np.array([one.row for one in flown], np.intp))
            look = Look(flight, outcome, moment, flown)
            left = await self._acting.act(look, self._acting.decide(look))
            await self._acting.note(look, left)

    def asleep(self, flights: Iterable[Flight]) -> dict[Tool, tuple[Flight, int]]:
        """Tools that run no Pod by word of their policy's status, which was looked at before: its row."""
        found: dict[Tool, tuple[Flight, int]] = {}
        for flight in flights:
            for row in flight.judged.roster.may_sleep if flight.looked_at else ():
                policy = self._fresh(flight, row)
                if policy is not None and (tool := self._sleeper(policy)) is not None:
                    found[tool] = (flight, row)
        return found

    def _fresh(self, flight: Flight, row: int) -> AutonomyPolicy | None:
        known = flight.policies[row]
        return self._sights.policies.get(known.namespace, known.name)

    def _sleeper(self, policy: AutonomyPolicy) -> Tool | None:
        """The tool, where it sleeps; an archived one is the operator's to wake."""
        space = policy.namespace
        tool = self._sights.tools.get(space, policy.spec.target_ref.name)
        serving = tool.status.serving if tool else None
        if tool is None or serving is None or serving.sleep == "Archived":
            return None
        deployment = self._sights.deployments.get(space, serving.revision)
        runs = deployment is None or deployment.replicas > 0
        return None if runs or policy.status.desired_replicas != 0 else (space, tool.tool_name)
