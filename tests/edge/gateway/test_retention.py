"""State goes with its tool, also when the tool went while no gateway ran; and never for less."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from kubernetes.aio.client.configuration import Configuration

from cupel.gateway.retention import Retention
from cupel.kube.connect import api_client
from cupel.kube.existing import Existing
from cupel.store.engine import opened
from cupel.store.state import Record, ToolStates
from cupel.store.state_cluster import Cluster

from .conftest import RunningGateway, until
from .fake_api import FakeApi
from .state_tools import COUNTS, remembering, store_is
from .zone import Zone

GRACE = 300.0


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"CUPEL_STORE_URL": f"sqlite:///{tmp_path}/store.db"}


@pytest.fixture
async def retention(api: FakeApi, gateway: RunningGateway) -> AsyncIterator[Retention]:
    """A sweeper of the test's own: it is asked, and told the time."""
    async with sweeper(api, gateway, GRACE) as found:
        yield found


@asynccontextmanager
async def sweeper(api: FakeApi, gateway: RunningGateway, grace: float) -> AsyncIterator[Retention]:
    configuration = Configuration()
    configuration.host = api.url
    client = api_client(configuration)
    try:
        yield Retention(gateway.application.catalogue, gateway.application.keeper, Existing(client), grace)
    finally:
        await client.rest_client.close()


def policy(tool_state: str) -> dict[str, Any]:
    metadata = {"name": "default", "namespace": "tools", "uid": "uid-policy"}
    spec = {"retention": {"toolState": tool_state}}
    return {"apiVersion": "cupel.dev/v1alpha1", "kind": "ToolPolicy", "metadata": metadata, "spec": spec}


async def counted(zone: Zone, gateway: RunningGateway, tool_state: str = "Delete") -> dict[str, Any]:
    """A tool that was called once; its object."""
    await until(lambda: store_is(gateway, "ok"), "the store is open")
    zone.api.put(policy(tool_state))
    body = remembering(COUNTS)
    await zone.publish(body)
    await gateway.listed("counter")
    await until(lambda: _says(gateway, tool_state), "the policy is known")
    assert (await gateway.call("counter", {}))["structuredContent"] == {"n": 1}
    return body


async def _says(gateway: RunningGateway, tool_state: str) -> bool:
    return gateway.application.catalogue.keeps("tools", "default") == (tool_state == "Keep")


async def records(gateway: RunningGateway) -> list[Record]:
    async with gateway.application.keeper.use() as states:
        return list(await states.export("tools", "counter"))


async def known(gateway: RunningGateway, uid: str) -> None:
    """Wait until the gateway knows a tool of this uid; empty: none."""

    async def seen() -> bool:
        return gateway.application.catalogue.tools.uids.get(("tools", "counter"), "") == uid

    await until(seen, f"the tool is {uid or 'gone'}")


async def test_a_deleted_tool_takes_its_state_with_it_after_a_while(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    await counted(zone, gateway)
    zone.api.remove("GeneratedTool", "tools", "counter")
    await known(gateway, "")

    await retention.sweep(1000)
    await retention.sweep(1000 + GRACE - 1)
    assert len(await records(gateway)) == 1
    await retention.sweep(1000 + GRACE)
    assert await records(gateway) == []


async def test_a_tool_deleted_while_nobody_looked_is_found_by_its_uid(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    body = await counted(zone, gateway)
    bundle = zone.bundle(body)
    zone.api.remove_unseen("GeneratedTool", "tools", "counter")
    zone.serve(body | {"metadata": body["metadata"] | {"uid": "uid-anew"}}, bundle)
    await known(gateway, "uid-anew")

    assert (await gateway.call("counter", {}))["structuredContent"] == {"n": 1}
    await retention.sweep(0)
    await retention.sweep(GRACE)
    assert [(record.uid, record.state) for record in await records(gateway)] == [("uid-anew", {"n": 1})]


async def test_a_kept_state_is_there_for_the_next_tool_of_the_name(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    body = await counted(zone, gateway, "Keep")
    zone.api.remove("GeneratedTool", "tools", "counter")
    await known(gateway, "")
    for now in (0, GRACE, 10 * GRACE):
        await retention.sweep(now)

    zone.serve(body | {"metadata": body["metadata"] | {"uid": "uid-anew"}}, zone.bundle(body))
    await gateway.listed("counter")

    assert (await gateway.call("counter", {}))["structuredContent"] == {"n": 2}


async def test_a_policy_that_changes_is_followed_without_a_call(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    await counted(zone, gateway)
    zone.api.put(policy("Keep"))
    await until(lambda: _says(gateway, "Keep"), "the policy is known")

    await retention.sweep(0)

    assert [record.keep for record in await records(gateway)] == [True]


async def test_a_zone_whose_label_is_off_keeps_its_states(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    """A watch by label says DELETED of it, as of a namespace that is gone."""
    await counted(zone, gateway)
    zone.api.remove("Namespace", "", "tools")
    await gateway.listed()

    for now in (0, GRACE, 10 * GRACE):
        await retention.sweep(now)

    assert len(await records(gateway)) == 1


async def test_a_tool_this_version_cannot_read_keeps_its_state(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    body = await counted(zone, gateway)
    zone.api.put(body | {"spec": body["spec"] | {"ofALaterVersion": True}})
    await gateway.listed()

    for now in (0, GRACE, 10 * GRACE):
        await retention.sweep(now)

    assert len(await records(gateway)) == 1


async def test_an_api_server_that_is_away_makes_nothing_gone(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    await counted(zone, gateway)
    zone.api.down = True
    zone.api.cut()
    lists = zone.api.lists

    for now in (0, GRACE, 10 * GRACE):
        await retention.sweep(now)

    assert len(await records(gateway)) == 1
    assert zone.api.lists == lists


@pytest.mark.parametrize("answers", [True, False])
async def test_a_watch_that_is_silent_makes_nothing_gone(
    zone: Zone, gateway: RunningGateway, retention: Retention, answers: bool
) -> None:
    """The tool is there, or nobody can say; only this gateway has not heard of it."""
    body = await counted(zone, gateway)
    zone.api.remove("GeneratedTool", "tools", "counter")
    await known(gateway, "")
    zone.api.put_unseen(body | {"metadata": body["metadata"] | {"uid": "uid-tools-counter"}})
    zone.api.down = not answers

    for now in (0, GRACE, 2 * GRACE, 10 * GRACE):
        await retention.sweep(now)

    assert len(await records(gateway)) == 1


@pytest.mark.parametrize("was", ["Delete", "Keep"])
async def test_a_policy_that_is_not_there_changes_nothing(
    zone: Zone, gateway: RunningGateway, retention: Retention, was: str
) -> None:
    body = await counted(zone, gateway, was)
    zone.api.put(body | {"spec": body["spec"] | {"policyRef": {"name": "no-such-policy"}}})

    async def told() -> bool:
        found = gateway.application.catalogue.tools.get("tools", "counter")
        return found is not None and found.spec.policy_ref.name == "no-such-policy"

    await until(told, "the tool names another policy")
    await gateway.call("counter", {})
    await retention.sweep(0)

    assert [record.keep for record in await records(gateway)] == [was == "Keep"]


async def test_a_tool_that_comes_back_in_time_was_never_gone(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    """As after a list of an API server that was restored from a backup, and then from a later one."""
    body = await counted(zone, gateway)
    zone.api.remove("GeneratedTool", "tools", "counter")
    await known(gateway, "")
    await retention.sweep(0)
    zone.serve(body, zone.bundle(body))
    await known(gateway, "uid-tools-counter")
    await retention.sweep(GRACE)
    zone.api.remove("GeneratedTool", "tools", "counter")
    await known(gateway, "")

    await retention.sweep(GRACE + 1)

    assert len(await records(gateway)) == 1


async def test_a_store_that_another_cluster_s_was_restored_over_is_left_alone(
    zone: Zone, gateway: RunningGateway, retention: Retention, environment: dict[str, str]
) -> None:
    await counted(zone, gateway)
    zone.api.remove("GeneratedTool", "tools", "counter")
    await known(gateway, "")
    async with opened(environment["CUPEL_STORE_URL"], "state") as engine:
        states = ToolStates(engine)
        await states.claim(Cluster("uid-other", heir_of="uid-cluster"))

        await retention.sweep(0)
        await retention.sweep(GRACE)

        assert len(await states.export("tools", "counter")) == 1
    assert gateway.application.keeper.foreign.is_set()
    assert (await gateway.get("/health"))[0] == 503


async def test_how_full_the_store_is_is_told(
    zone: Zone, gateway: RunningGateway, retention: Retention
) -> None:
    await counted(zone, gateway)
    await retention.sweep(0)
    told = (await gateway.get("/metrics"))[1]
    assert 'cupel_gateway_state_tenants{namespace="tools",tool="counter"} 1.0' in told
    assert 'cupel_gateway_state_tenants_limit{of="tool"} 10000.0' in told

    async with gateway.application.keeper.use() as states:
        await states.delete("tools", "counter")
    await retention.sweep(60)
    assert 'tool="counter"} 1.0' not in (await gateway.get("/metrics"))[1].partition("state_tenants{")[2]


async def test_the_gateway_sweeps_by_itself(zone: Zone, gateway: RunningGateway) -> None:
    await counted(zone, gateway)
    zone.api.remove("GeneratedTool", "tools", "counter")
    await known(gateway, "")

    async def empty() -> bool:
        return await records(gateway) == []

    async with sweeper(zone.api, gateway, 0) as retention:
        sweeping = asyncio.create_task(retention.run())
        await until(empty, "the state is deleted")
        sweeping.cancel()
        await asyncio.wait({sweeping})
