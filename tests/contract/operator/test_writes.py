"""Writing to a real API server, and seeing: no write for what is as wanted, no status over a newer one, nothing missed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
from tests.contract.crds.good_objects import smallest_tool

from cupel.api.approval_ledger import MAX_ENTRIES
from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.api.serving import Serving
from cupel.api.tool_revision import ToolRevision
from cupel.controller.watching import Lists, registry_for, watch
from cupel.decide import desired, pods
from cupel.decide.plan import Apply, Condemn
from cupel.kube import observe
from cupel.kube.act import Hands
from cupel.kube.client import Client
from cupel.kube.cluster import Cluster, relist
from cupel.kube.connect import access, configuration
from cupel.kube.errors import Denied, Weather
from cupel.kube.evidence import Evidence
from cupel.kube.observe import Sight
from cupel.kube.resources import APPROVAL_LEDGER, DEPLOYMENT, GENERATED_TOOL, TOOL_REVISION

pytestmark = [pytest.mark.apiserver, pytest.mark.usefixtures("unguarded")]
IMAGE = "localhost/cupel-sandbox@sha256:" + "1" * 64
SUBJECT = ("GeneratedTool", "n", "t")


async def a_tool(client: Client, namespace: str) -> GeneratedTool:
    body = smallest_tool("t")
    body["metadata"]["namespace"] = namespace
    body["spec"]["requestedBy"] = "alice"
    return GeneratedTool.parse(await client.apply(body))


class Counted(Client):
    """Counts writes by (verb, kind)."""

    @classmethod
    def of(cls, client: Client) -> tuple[Counted, list[tuple[str, str]]]:
        writes: list[tuple[str, str]] = []
        return cls(client.api, lambda verb, kind, outcome: writes.append((verb, kind))), writes


async def test_everything_a_tool_needs_is_applied_once_and_then_left_alone(
    client: Client, namespace: str
) -> None:
    counted, writes = Counted.of(client)
    cluster = Cluster()
    hands = Hands(counted, cluster, Evidence())
    tool = await a_tool(client, namespace)
    await hands.apply(Apply(desired.revision(tool, bundle_of(tool), "1.0.0")), SUBJECT)
    seen = next(cluster[TOOL_REVISION].within(namespace))
    rev = ToolRevision.model_validate_json(seen.content)
    serving = Serving(cpu_millicores=1000, memory_mebibytes=512)
    wanted = [
        desired.revision(tool, bundle_of(tool), "1.0.0"),
        desired.serving_bundle(rev),
        pods.serving_deployment(rev, serving, IMAGE, 2, ""),
    ]
    for _ in range(3):
        for manifest in wanted:
            await hands.apply(Apply(manifest), SUBJECT)

    assert writes == [("apply", "ToolRevision"), ("apply", "ConfigMap"), ("apply", "Deployment")]
    await hands.apply(Apply(pods.serving_deployment(rev, serving, IMAGE, 3, "")), SUBJECT)
    assert writes[3:] == [("apply", "Deployment")], "and drift is repaired"


async def test_a_status_is_never_written_over_a_newer_object(client: Client, namespace: str) -> None:
    tool = await a_tool(client, namespace)
    cluster = Cluster()
    cluster.take(GENERATED_TOOL, await client.get(GENERATED_TOOL, namespace, "t") or {})
    hands = Hands(client, cluster, Evidence())
    old = tool.metadata.resource_version
    status = {"observedGeneration": 1, "toolName": "t"}
    await hands.write_status(GENERATED_TOOL, namespace, "t", old, status)
    with pytest.raises(Weather) as raised:
        await hands.write_status(GENERATED_TOOL, namespace, "t", old, {"observedGeneration": 9})
    stored = await client.get(GENERATED_TOOL, namespace, "t")

    assert raised.value.code == 409
    assert stored is not None and stored["status"]["observedGeneration"] == 1
    assert stored["spec"]["description"] == "d", "the spec is not ours to write"
    sight = Sight(cluster, Evidence(), IMAGE, (), lambda *_: "")
    seen = observe.tool(sight, namespace, "t")
    assert seen is not None and seen.status.tool_name == "t", "the next pass sees it at once"


async def test_a_status_takes_away_what_it_no_longer_says(client: Client, namespace: str) -> None:
    tool = await a_tool(client, namespace)
    hands = Hands(client, Cluster(), Evidence())
    await hands.write_status(GENERATED_TOOL, namespace, "t", tool.metadata.resource_version, {"risk": "Low"})
    stored = await client.get(GENERATED_TOOL, namespace, "t")
    assert stored is not None
    version = stored["metadata"]["resourceVersion"]
    await hands.write_status(GENERATED_TOOL, namespace, "t", version, {"toolName": "t"})
    stored = await client.get(GENERATED_TOOL, namespace, "t")
    assert stored is not None and "risk" not in stored["status"]


async def test_a_full_list_of_condemned_digests_takes_no_more_and_the_refusal_is_kept(
    client: Client, namespace: str
) -> None:
    spec = {"floors": {"withoutEgress": 1, "withEgress": 2}, "separation": "TwoPeople"}
    body = {"apiVersion": "cupel.dev/v1alpha1", "kind": "ApprovalLedger", "spec": spec}
    await client.apply(body | {"metadata": {"name": "ledger", "namespace": namespace}})
    full = {f"sha256-{number:064x}": "rolled back" for number in range(MAX_ENTRIES)}
    patch = {"status": {"condemned": full}}
    await client.merge_patch(APPROVAL_LEDGER, namespace, "ledger", patch, "status")
    evidence = Evidence()
    action = Condemn(namespace, "sha256-" + "f" * 64, "why")

    assert await Hands(client, Cluster(), evidence).condemn(action, SUBJECT), "that is news"
    assert "status.condemned: Too many" in evidence.denials[SUBJECT][action.thing]
    room = {"status": {"condemned": {next(iter(full)): None}}}
    await client.merge_patch(APPROVAL_LEDGER, namespace, "ledger", room, "status")
    assert await Hands(client, Cluster(), evidence).condemn(action, SUBJECT), "and so is its end"
    assert evidence.denials[SUBJECT] == {}


async def test_a_refusal_is_remembered_in_the_servers_words_until_it_ends(
    client: Client, namespace: str
) -> None:
    evidence = Evidence()
    hands = Hands(client, Cluster(), evidence)
    tool = await a_tool(client, namespace)
    manifest = desired.revision(tool, bundle_of(tool), "1.0.0")
    bad = manifest | {"spec": manifest["spec"] | {"digest": "md5-1"}}
    assert await hands.apply(Apply(bad), SUBJECT)
    assert not await hands.apply(Apply(bad), SUBJECT), "the same refusal is no news"
    assert "spec.digest" in next(iter(evidence.denials[SUBJECT].values()))
    assert await hands.apply(Apply(manifest), SUBJECT)
    assert evidence.denials[SUBJECT] == {}


async def test_a_dry_run_stores_nothing_and_hears_what_a_write_would(client: Client, namespace: str) -> None:
    body = smallest_tool("t")
    body["metadata"]["namespace"] = namespace
    await client.create(body, trial="All")
    assert await client.get(GENERATED_TOOL, namespace, "t") is None
    body["spec"]["attempt"] = -1
    with pytest.raises(Denied, match="attempt"):
        await client.create(body, trial="All")


@pytest.fixture
async def watched(client: Client, apiserver_kubeconfig: Path) -> AsyncIterator[Cluster]:
    """Stores that kopf feeds."""
    cluster = Cluster()
    lists = Lists(client, cluster, 3600)
    await lists.first()
    found = await configuration({"KUBECONFIG": str(apiserver_kubeconfig)})
    task = asyncio.create_task(watch(registry_for(cluster, lists, partial(access, found))))
    yield cluster
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(what: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.02)


async def test_what_others_do_is_seen(watched: Cluster, client: Client, namespace: str) -> None:
    tools = watched[GENERATED_TOOL]
    tool = await a_tool(client, namespace)
    await until(lambda: tools.get(namespace, "t") is not None)
    patch = {"spec": {"description": "another"}}
    await client.merge_patch(GENERATED_TOOL, namespace, "t", patch)
    await until(lambda: '"another"' in getattr(tools.get(namespace, "t"), "content", ""))
    await client.delete(GENERATED_TOOL, namespace, "t", tool.metadata.uid)
    await until(lambda: tools.get(namespace, "t") is None)


async def test_watching_writes_nothing_to_what_it_watches(
    watched: Cluster, client: Client, namespace: str
) -> None:
    await a_tool(client, namespace)
    await until(lambda: watched[GENERATED_TOOL].get(namespace, "t") is not None)
    stored = await client.get(GENERATED_TOOL, namespace, "t")
    assert stored is not None
    assert stored["metadata"].keys().isdisjoint({"finalizers", "annotations"})
    assert {m["manager"] for m in stored["metadata"]["managedFields"]} == {"cupel-operator"}


async def test_a_list_brings_what_the_watch_missed(client: Client, namespace: str) -> None:
    cluster = Cluster()
    tool = await a_tool(client, namespace)
    await relist(client, cluster, GENERATED_TOOL)
    assert cluster[GENERATED_TOOL].get(namespace, "t") is not None
    await client.delete(GENERATED_TOOL, namespace, "t", tool.metadata.uid)
    await relist(client, cluster, GENERATED_TOOL)
    assert cluster[GENERATED_TOOL].get(namespace, "t") is None


async def test_only_objects_made_for_tools_are_read(client: Client, namespace: str) -> None:
    cluster = Cluster()
    stranger = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "stranger", "namespace": namespace},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "i"}]},
            },
        },
    }
    await client.apply(stranger)
    await relist(client, cluster, DEPLOYMENT)
    assert cluster[DEPLOYMENT].get(namespace, "stranger") is None
