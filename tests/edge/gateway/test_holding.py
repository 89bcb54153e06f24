"""A tool asleep is listed and called: its calls are held until a Pod answers, or told why not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from .conftest import RunningGateway, until
from .zone import Zone, tool_body

ARGUMENTS = {"text": "a b"}
SLEEPER = {"namespace": "tools", "tool": "word-count"}


@pytest.fixture
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """Room for few, so that it is soon full; a test may ask for other settings."""
    few = {"CUPEL_GATEWAY_HELD_PER_TOOL": "3", "CUPEL_GATEWAY_HELD_PER_CALLER": "4"}
    return few | getattr(request, "param", {})


def held_for(seconds: float) -> pytest.MarkDecorator:
    settings = {"CUPEL_GATEWAY_HOLD_SECONDS": str(seconds)}
    return pytest.mark.parametrize("environment", [settings], indirect=True, ids=[f"{seconds} s"])


def figure(gateway: RunningGateway, name: str, **labels: str) -> float:
    return gateway.application.metrics.registry.get_sample_value(name, SLEEPER | labels) or 0.0


class Calls:
    """Calls of a tool that wait for it to wake."""

    def __init__(self, gateway: RunningGateway, tool: str = "word-count") -> None:
        self._gateway = gateway
        self._tool = tool
        self._tasks: list[asyncio.Task[Any]] = []

    async def begin(self, how_many: int) -> None:
        """Call, and wait until all of these are held."""
        self._tasks += [
            asyncio.create_task(self._gateway.call(self._tool, ARGUMENTS)) for _ in range(how_many)
        ]
        await until(self._held, f"{len(self._tasks)} calls are held")

    async def _held(self) -> bool:
        held = self._gateway.application.metrics.registry.get_sample_value(
            "cupel_gateway_held_calls", {"namespace": "tools", "tool": self._tool}
        )
        return held == len(self._tasks)

    async def answers(self) -> list[Any]:
        async with asyncio.timeout(10):
            return await asyncio.gather(*self._tasks)


def text(result: Any) -> str:
    found: str = result["content"][0]["text"]
    return found


async def asleep(zone: Zone, gateway: RunningGateway, **how: Any) -> Any:
    body = tool_body("word-count", **how)
    bundle = await zone.publish(body, pods=0, sleep="Asleep")
    await gateway.listed("word-count")
    return body, bundle


async def test_every_call_that_waits_is_answered_once_the_tool_wakes(
    zone: Zone, gateway: RunningGateway
) -> None:
    body, bundle = await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(3)
    assert figure(gateway, "cupel_gateway_in_flight") == 3, "whoever looks for demand sees them"

    zone.serve(body, bundle, "Waking")
    await zone.launch(bundle)
    zone.serve(body, bundle)

    assert [one["structuredContent"] for one in await calls.answers()] == [{"words": 2}] * 3
    registry = gateway.application.metrics.registry
    assert registry.get_sample_value("cupel_gateway_held_calls", SLEEPER) is None
    assert figure(gateway, "cupel_gateway_holds_total", end="woken") == 3
    assert figure(gateway, "cupel_gateway_wake_seconds_count") == 3
    assert figure(gateway, "cupel_gateway_calls_total", outcome="ok") == 3


async def test_a_sleeping_tool_is_listed_and_its_definition_is_the_approved_one(
    zone: Zone, gateway: RunningGateway
) -> None:
    _, bundle = await asleep(zone, gateway)
    assert await gateway.names() == ["word-count"]

    zone.condemn(bundle.digest())

    await gateway.listed()


async def test_falling_asleep_and_waking_are_no_change_of_the_list(
    zone: Zone, gateway: RunningGateway
) -> None:
    body, bundle = await asleep(zone, gateway)
    told: list[frozenset[str]] = []
    gateway.application.catalogue.on_change(told.append)

    for sleep in ("Waking", None, "Asleep"):
        zone.serve(body, bundle, sleep)
    await zone.publish(tool_body("another", tool_name="another"), pods=0)
    await gateway.listed("another", "word-count")

    assert len(told) == 1


async def test_arguments_that_are_wrong_are_told_at_once(zone: Zone, gateway: RunningGateway) -> None:
    await asleep(zone, gateway)

    result = await gateway.call("word-count", {"text": 1})

    assert "invalid arguments: `text`" in text(result)
    assert figure(gateway, "cupel_gateway_holds_total", end="late") == 0


@held_for(1)
@pytest.mark.parametrize("sleep", ["Asleep", "Waking"])
async def test_a_pod_that_never_becomes_ready(zone: Zone, gateway: RunningGateway, sleep: str) -> None:
    body, bundle = await asleep(zone, gateway)
    zone.serve(body, bundle, sleep)
    launched = await zone.launch(bundle)
    zone.api.put(launched.pod(ready=False))
    await until(lambda: _no_pod(gateway), "its Pod is not ready")

    result = await gateway.call("word-count", ARGUMENTS)

    assert "no Pod of it was ready within 1 s; it was not called" in text(result)
    assert "`kubectl describe gtool word-count -n tools`" in text(result)
    assert figure(gateway, "cupel_gateway_holds_total", end="late") == 1
    assert figure(gateway, "cupel_gateway_calls_total", outcome="unavailable") == 1
    assert figure(gateway, "cupel_gateway_held_calls") == 0


async def _no_pod(gateway: RunningGateway) -> bool:
    return not gateway.application.catalogue.backends._by_namespace


async def test_a_wake_that_goes_wrong_is_told_before_the_time_is_up(
    zone: Zone, gateway: RunningGateway
) -> None:
    """The operator no longer says that a Pod is on its way, for it crashes."""
    body, bundle = await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(1)

    zone.serve(body, bundle)

    (result,) = await calls.answers()
    assert text(result) == "no Pod of this tool is ready; try again in a few seconds"


async def test_too_many_calls_of_one_tool_are_told_to_come_back(zone: Zone, gateway: RunningGateway) -> None:
    _, bundle = await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(3)

    result = await gateway.call("word-count", ARGUMENTS)

    assert text(result).startswith("the tool is asleep, and too many calls of it wait already")
    assert figure(gateway, "cupel_gateway_holds_total", end="full") == 1
    assert figure(gateway, "cupel_gateway_calls_total", outcome="busy") == 1
    await zone.launch(bundle)
    assert not any(one.get("isError") for one in await calls.answers())


async def test_one_caller_cannot_take_all_the_room(zone: Zone, gateway: RunningGateway) -> None:
    await asleep(zone, gateway)
    other = await zone.publish(tool_body("second", tool_name="second"), pods=0, sleep="Asleep")
    await gateway.listed("second", "word-count")
    first, second = Calls(gateway), Calls(gateway, "second")
    await first.begin(3)
    await second.begin(1)

    result = await gateway.call("second", ARGUMENTS)

    assert "too many calls of yours wait already" in text(result)
    await zone.launch(other)
    await second.answers()
    zone.api.remove("GeneratedTool", "tools", "word-count")
    await first.answers()


async def test_a_revision_condemned_while_a_call_is_held(zone: Zone, gateway: RunningGateway) -> None:
    _, bundle = await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(1)

    zone.condemn(bundle.digest())

    assert [text(one) for one in await calls.answers()] == ["this tool is no longer served"]
    assert figure(gateway, "cupel_gateway_holds_total", end="gone") == 1


async def test_a_sleeping_tool_deleted_while_a_call_is_held(zone: Zone, gateway: RunningGateway) -> None:
    await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(1)

    zone.api.remove("GeneratedTool", "tools", "word-count")

    assert [text(one) for one in await calls.answers()] == ["this tool is no longer served"]


async def test_another_revision_that_takes_over_answers_the_held_call(
    zone: Zone, gateway: RunningGateway
) -> None:
    await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(1)

    await zone.publish(
        tool_body("word-count", code="def run(text: str) -> dict:\n    return {'words': 99}\n")
    )

    assert [one["structuredContent"] for one in await calls.answers()] == [{"words": 99}]


async def test_a_tool_that_a_person_switches_off_holds_nobody(zone: Zone, gateway: RunningGateway) -> None:
    body, bundle = await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(1)
    off = body | {"spec": body["spec"] | {"serving": {"replicas": 0}}}

    zone.serve(off, bundle)

    (result,) = await calls.answers()
    assert "`spec.serving.replicas` is 0" in text(result)
    assert "`spec.serving.replicas` is 0" in text(await gateway.call("word-count", ARGUMENTS))


async def test_a_gateway_that_ends_lets_go_of_those_whom_nobody_saw(
    zone: Zone, gateway: RunningGateway
) -> None:
    await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(2)

    gateway.application.drain()

    said = {text(one) for one in await calls.answers()}
    assert said == {
        "this gateway is being restarted while the tool was asleep; it was not called: call again"
    }


async def test_a_gateway_that_ends_waits_for_a_pod_that_is_nearly_there(
    zone: Zone, gateway: RunningGateway
) -> None:
    body, bundle = await asleep(zone, gateway)
    calls = Calls(gateway)
    await calls.begin(1)
    zone.serve(body, bundle, "Waking")
    await until(lambda: _waking(gateway), "the gateway knows that a Pod is on its way")

    gateway.application.drain()
    await zone.launch(bundle)

    assert [one["structuredContent"] for one in await calls.answers()] == [{"words": 2}]


async def _waking(gateway: RunningGateway) -> bool:
    tool = gateway.application.catalogue.tools.get("tools", "word-count")
    return bool(tool and tool.status.serving and tool.status.serving.sleep == "Waking")


async def test_a_caller_who_goes_away_leaves_no_trace(zone: Zone, gateway: RunningGateway) -> None:
    """Whether or not the transport tells: what was counted is given back when the call ends."""
    _, bundle = await asleep(zone, gateway)
    gone = asyncio.create_task(gateway.call("word-count", ARGUMENTS))
    await until(lambda: _held(gateway, 1), "a call is held")

    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await zone.launch(bundle)

    await until(lambda: _held(gateway, 0), "nothing is held")


async def _held(gateway: RunningGateway, calls: int) -> bool:
    return figure(gateway, "cupel_gateway_held_calls") == calls


async def test_a_call_that_came_as_the_tool_fell_asleep_waits_as_well(
    zone: Zone, gateway: RunningGateway
) -> None:
    """The last Pod goes a moment before the operator says why."""
    body = tool_body("word-count")
    bundle = await zone.publish(body, pods=0)
    await gateway.listed("word-count")
    call = asyncio.create_task(gateway.call("word-count", ARGUMENTS))
    await until(lambda: _under_way(gateway), "the call is under way")

    zone.serve(body, bundle, "Asleep")
    done, _ = await asyncio.wait({call}, timeout=6)  # longer than a call waits for any other tool
    assert not done
    await zone.launch(bundle)

    assert (await call)["structuredContent"] == {"words": 2}


async def _under_way(gateway: RunningGateway) -> bool:
    return figure(gateway, "cupel_gateway_in_flight") == 1
