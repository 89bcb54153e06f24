"""In which order a look is written down, and what befalls one policy of it."""

from __future__ import annotations

from typing import Any

from tests.edge.kube.fake_server import Answer, FakeServer
from tests.unit.autopilot.flown import policy, tool_policy

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.autopilot.acting import Acting
from cupel.autopilot.flight import Flight
from cupel.autopilot.hands import Hands
from cupel.autopilot.look import Flown, Look
from cupel.autopilot.metrics import Metrics
from cupel.autopilot.seen import deployment
from cupel.autopilot.sights import Sights, Target
from cupel.autopilot.telling import Telling
from cupel.decide.autonomy import Plan
from cupel.kube.recorder import Recorder
from cupel.settings.autopilot import autopilot_settings
from cupel.signals.reading import Moment

NOW = Moment(1_800_000_000.0, 100.0)
FLOWN = (policy("one"), policy("two"), policy("three"), tool_policy("count"))


class Scene:
    """Four policies, looked at; all of their statuses say something new, and one write is under way at a time."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.client = server.client()
        self.sights = Sights("cupel-system", lambda: 100.0)
        metrics = Metrics()
        telling = Telling(Recorder(self.client, "a", metrics.events_lost.inc, lambda: False), metrics)
        settings = autopilot_settings({"CUPEL_AUTOPILOT_WRITES": "1"})
        self.acting = Acting(self.sights, Hands(self.client), telling, metrics, settings)
        flight = Flight(5.0, NOW)
        flight.crew(FLOWN, NOW)
        flown = tuple(Flown(row, one, seen(one), ()) for row, one in enumerate(FLOWN))
        self.look = Look(flight, None, NOW, flown)  # type: ignore[arg-type]  # nothing is decided here

    async def write(self, **acts: dict[str, Any]) -> list[str]:
        """What the API server was asked, by policy."""
        plans = [planned(one, **acts.get(one.name, {})) for one in FLOWN]
        await self.acting.note(self.look, await self.acting.act(self.look, plans))
        await self.client.close()
        return [shown(asked.path) for asked in self.server.asked]


def seen(one: AutonomyPolicy) -> Target:
    metadata = {"namespace": one.namespace, "name": one.name, "resourceVersion": "7"}
    found = deployment({"metadata": metadata, "spec": {"replicas": 3, "selector": {}}})
    return Target(None if one.spec.flies_a_tool else found, None, "", "")


def planned(one: AutonomyPolicy, desired: int | None = None, **acts: Any) -> Plan:
    status = one.status.model_copy(update={"observed_generation": 1, "desired_replicas": desired})
    return Plan(status, **acts)


def shown(path: str) -> str:
    """`deployments/three/scale` becomes `three: scale`."""
    *_, name, subresource = path.split("?")[0].split("/")
    return f"{name}: {subresource}"


def stored() -> Answer:
    return Answer(body={"metadata": {"name": "x", "resourceVersion": "8"}})


async def test_no_pod_waits_for_the_status_of_somebody_else() -> None:
    async with FakeServer() as server:
        server.script.extend(stored() for _ in range(5))
        asked = await Scene(server).write(three={"scale": 4}, count={"desired": 2})

    assert asked == ["three: scale", "count: status", "three: status", "one: status", "two: status"]


async def test_a_refusal_is_noted_all_the_same_and_keeps_nobody_else_from_anything() -> None:
    async with FakeServer() as server:
        server.script.extend([Answer(403, {"message": "no"}), *(stored() for _ in range(4))])
        asked = await Scene(server).write(two={"scale": 4})

    assert asked == ["two: scale", "two: status", "one: status", "three: status", "count: status"]


async def test_what_is_not_as_it_was_seen_is_left_for_the_next_look() -> None:
    another = {"metadata": {"uid": "another"}, "spec": {}}
    async with FakeServer() as server:
        server.script.extend([Answer(409, {"message": "conflict"}), Answer(200, another)])
        server.script.extend(stored() for _ in range(3))
        asked = await Scene(server).write(two={"scale": 4})

    assert asked == ["two: scale", "deployments: two", "one: status", "three: status", "count: status"]
