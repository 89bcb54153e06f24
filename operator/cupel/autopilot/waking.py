"""Between two looks: a tool asleep that a call waits for is woken at once, and nobody else is looked at.

Gateways are asked, one small page each, only while a tool sleeps. What this misses the next look finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

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
        sleepers = self.asleep(flights)
        if not sleepers:
            return
        by_flight: dict[Flight, list[Flown]] = defaultdict(list)
        for tool in await self._eyes.held(seconds) & sleepers.keys():
            flight, one = sleepers[tool]
            by_flight[flight].append(one)
        for flight, flown in by_flight.items():
            outcome = flight.woken(np.array([one.row for one in flown], np.intp))
            look = Look(flight, outcome, moment, flown)
            await self._acting.act(look, self._acting.decide(look))

    def asleep(self, flights: Iterable[Flight]) -> dict[Tool, tuple[Flight, Flown]]:
        """Tools that run no Pod by word of their policy's status, which was looked at before."""
        found: dict[Tool, tuple[Flight, Flown]] = {}
        for flight in flights:
            rows = flight.judged.roster.may_sleep if flight.looked_at else ()
            for one in filter(None, (self._sleeper(flight, row) for row in rows)):
                if one.target.tool is not None:
                    found[one.target.tool.namespace, one.target.tool.tool_name] = (flight, one)
        return found

    def _sleeper(self, flight: Flight, row: int) -> Flown | None:
        known = flight.policies[row]
        policy = self._sights.policies.get(known.namespace, known.name)
        if policy is None or policy.status.desired_replicas != 0:
            return None
        target = self._sights.target(policy)
        serving = target.tool.status.serving if target.tool else None
        if serving is None or serving.sleep == "Archived":  # an archived tool the operator itself wakes
            return None
        asleep = target.deployment is not None and target.deployment.replicas == 0
        return Flown(row, policy, target, policy.status.seen) if asleep else None
