"""A notifier under its own identity against a real API server."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from tests.contract.crds.apiserver import APPLY, MERGE, Server
from tests.contract.crds.apiserver import until as soon
from tests.edge.notify.objects import refused, served, waits
from tests.edge.notify.stage import Receiver, Stage, until
from tests.support.kustomize import MANIFESTS, rendered

pytestmark = pytest.mark.apiserver
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ROOT = "/apis/cupel.dev/v1alpha1"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
ACCOUNT = "/api/v1/namespaces/cupel-system/serviceaccounts/cupel-notifier"


@pytest.fixture(scope="module")
def server(apiserver_kubeconfig: Path) -> Server:
    """Our kinds are served, and the component's identity is there."""
    here = Server(apiserver_kubeconfig)
    plurals = ("generatedtools", "toolrevisions", "capabilitygaps")
    for plural in plurals:
        body = yaml.safe_load((MANIFESTS.parent / "crds" / f"{plural}.yaml").read_text("utf-8"))
        here.call("PATCH", f"{CRDS}/{plural}.cupel.dev?fieldManager=tests&force=true", body, APPLY).good()
    for plural in plurals:
        soon(lambda plural=plural: here.call("GET", f"{ROOT}/{plural}").code == 200, 30, "it is served")
    here.call("POST", "/api/v1/namespaces", {"metadata": {"name": "cupel-system"}})
    places = {"ServiceAccount": ACCOUNT.rpartition("/")[0]} | {
        kind: f"{RBAC}/{kind.lower()}s" for kind in ("ClusterRole", "ClusterRoleBinding")
    }
    for body in rendered("components/notifications"):
        if body["kind"] in places:
            path = f"{places[body['kind']]}/{body['metadata']['name']}?fieldManager=tests&force=true"
            here.call("PATCH", path, body, APPLY).good()
    return here


@pytest.fixture
def namespace(server: Server) -> Iterator[str]:
    name = f"notify-{uuid.uuid4().hex[:8]}"
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).good()
    yield name
    server.call("DELETE", f"{ROOT}/namespaces/{name}/generatedtools")
    server.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
async def stage(server: Server, tmp_path: Path) -> AsyncIterator[Stage]:
    receiver = Receiver()
    await receiver.start()
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(as_notifier(server)))
    async with aiohttp.ClientSession() as session:
        stage = Stage(kubeconfig, receiver, tmp_path, session)
        stage.route()
        yield stage
        await stage.close()
    await receiver.stop()


def as_notifier(server: Server) -> dict[str, Any]:
    """The kubeconfig, with a token of the notifier's service account instead of the administrator."""
    config: dict[str, Any] = yaml.safe_load(server.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    if "certificate-authority" in cluster:
        cluster["certificate-authority"] = str(server.kubeconfig.parent / cluster["certificate-authority"])
    asked = server.call("POST", f"{ACCOUNT}/token", {"spec": {"expirationSeconds": 3600}}).good()
    config["users"][0]["user"] = {"token": asked["status"]["token"]}
    return config


def put(server: Server, namespace: str, body: dict[str, Any]) -> None:
    """Write a tool and its status, as requester and operator would."""
    place = f"{ROOT}/namespaces/{namespace}/generatedtools"
    name = body["metadata"]["name"]
    wanted = {key: body[key] for key in ("apiVersion", "kind", "spec")}
    wanted["metadata"] = {"name": name, "namespace": namespace}
    path = f"{place}/{name}?fieldManager=tests&force=true"
    stored = server.call("PATCH", path, wanted, APPLY).good()
    status = body["status"] | {"observedGeneration": stored["metadata"]["generation"]}
    server.call("PATCH", f"{place}/{name}/status", {"status": status}, MERGE).good()


async def test_it_tells_what_becomes_of_tools_and_nothing_twice(
    server: Server, namespace: str, stage: Stage
) -> None:
    put(server, namespace, served("ready-long-ago", namespace=namespace))
    put(server, namespace, waits("waiting", namespace=namespace))
    first = await stage.start()
    await until(lambda: stage.told("waiting"), "what waits is told")
    put(server, namespace, refused("hopeless", namespace=namespace))
    await until(lambda: stage.told("hopeless"), "a refusal is told")
    first.kill()
    await first.running.wait()

    put(server, namespace, served("waiting", namespace=namespace))
    await stage.start()
    await until(lambda: len(stage.told("waiting")) == 2, "what happened meanwhile is told")

    assert not stage.told("ready-long-ago")
    numbers = [number for message in stage.receiver.messages for number in message.numbers]
    assert len(numbers) == len(set(numbers)) == 3
    assert f"{namespace}/waiting is served" in stage.told("waiting")[1].title


async def test_it_sees_only_the_zones_it_was_bound_in(server: Server, namespace: str, stage: Stage) -> None:
    """Without the ClusterRoleBinding, by a RoleBinding and CUPEL_NOTIFY_NAMESPACES."""
    path = f"{RBAC}/clusterrolebindings/cupel-notifier"
    binding = server.call("GET", path).good()
    role, subjects = binding["roleRef"], binding["subjects"]
    server.call("DELETE", path).good()
    try:
        body = {"metadata": {"name": "cupel-notifier"}, "roleRef": role, "subjects": subjects}
        server.call("POST", f"{RBAC}/namespaces/{namespace}/rolebindings", body).good()
        await stage.start(CUPEL_NOTIFY_NAMESPACES=namespace)
        put(server, namespace, refused("seen", namespace=namespace))
        await until(lambda: stage.told("seen"), "its own zone is told of")
    finally:
        again = {"metadata": {"name": "cupel-notifier"}, "roleRef": role, "subjects": subjects}
        server.call("POST", f"{RBAC}/clusterrolebindings", again).good()


async def test_its_identity_reads_three_kinds(server: Server, stage: Stage) -> None:
    me = Server(stage.kubeconfig)

    assert me.call("GET", f"{ROOT}/generatedtools").code == 200
    assert me.call("GET", f"{ROOT}/toolrevisions").code == 200
    assert me.call("GET", f"{ROOT}/capabilitygaps").code == 200
    for path in ("/api/v1/secrets", "/api/v1/pods", f"{ROOT}/approvalledgers", "/api/v1/namespaces"):
        assert me.call("GET", path).code in (403, 404), path
    event = {"metadata": {"name": "x"}, "involvedObject": {"namespace": "default"}}
    assert me.call("POST", "/api/v1/namespaces/default/events", event).code == 403
