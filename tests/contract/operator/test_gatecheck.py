"""The operator's own look at admission, before it starts anything: on the real policies, and with one planted fault each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.contract.admission.installed import ADMISSION, install, remove
from tests.contract.admission.objects import IMAGE
from tests.contract.admission.server import SANDBOX, SERVING, Server, connect

from cupel.kube.client import Client
from cupel.kube.cluster import Cluster, relist
from cupel.kube.gatecheck import MUTATING, VALIDATING, GateCheck
from cupel.kube.resources import NAMESPACE

POLICIES = f"{ADMISSION}/validatingadmissionpolicies"
BINDINGS = f"{ADMISSION}/validatingadmissionpolicybindings"
FOLDER = Path(__file__).parents[3] / "manifests" / "base" / "admission"


def test_the_operator_looks_for_exactly_the_policies_there_are() -> None:
    bodies = [b for file in FOLDER.glob("*.yaml") for b in yaml.safe_load_all(file.read_text("utf-8")) if b]
    names = {b["metadata"]["name"] for b in bodies if b["kind"] == "ValidatingAdmissionPolicy"}
    stamps = {b["metadata"]["name"] for b in bodies if b["kind"] == "MutatingAdmissionPolicy"}

    assert (names, stamps) == (set(VALIDATING), set(MUTATING))


@pytest.fixture(scope="module")
def installed(
    server: object, apiserver_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    here = connect(apiserver_kubeconfig, tmp_path_factory.mktemp("kubeconfig"))
    fresh = install(here)
    yield here
    remove(here, admission=fresh)


@pytest.fixture
async def cluster(client: Client, installed: Server) -> AsyncIterator[Cluster]:
    """This test's two zones, and no other's."""
    found = Cluster()
    await relist(client, found, NAMESPACE)
    for name in [*found.zones("serving"), *found.zones("sandbox")]:
        if name not in (SERVING, SANDBOX):
            found[NAMESPACE].drop("", name, 2**62)
    yield found


async def said(client: Client, cluster: Cluster, wanted: Callable[[GateCheck], bool]) -> GateCheck:
    """A fresh check, tried until it says what is wanted: policies take a moment to be in force."""
    deadline = time.monotonic() + 20
    while True:
        check = GateCheck(cluster, IMAGE)
        await check.run(client)
        if wanted(check) or time.monotonic() > deadline:
            return check
        await asyncio.sleep(0.2)


@pytest.mark.apiserver
async def test_real_policies_hold(client: Client, cluster: Cluster) -> None:
    check = await said(client, cluster, lambda c: not c.problem(SERVING, SANDBOX))

    assert (check.everywhere, check.local) == ("", {})


def unbind(server: Server) -> None:
    server.delete(f"{BINDINGS}/cupel-serving-shape")


def only_audit(server: Server) -> None:
    body = server.get(f"{BINDINGS}/cupel-sandbox-pod")
    body["spec"]["validationActions"] = ["Audit"]
    server.call("PUT", f"{BINDINGS}/cupel-sandbox-pod", body)


def take_away(server: Server) -> None:
    server.delete(f"{POLICIES}/cupel-ledger")


def fail_open(server: Server) -> None:
    body = server.get(f"{POLICIES}/cupel-bundle")
    body["spec"]["failurePolicy"] = "Ignore"
    server.call("PUT", f"{POLICIES}/cupel-bundle", body)


def weaken(name: str) -> Callable[[Server], None]:
    def change(server: Server) -> None:
        body = server.get(f"{POLICIES}/{name}")
        body["spec"]["validations"] = [{"expression": "true"}]
        server.call("PUT", f"{POLICIES}/{name}", body)

    return change


def exempt(server: Server) -> None:
    """Bound with Deny, but not where our zones are."""
    body = server.get(f"{BINDINGS}/cupel-serving-approval")
    body["spec"]["matchResources"]["namespaceSelector"] = {"matchLabels": {"cupel.dev/zone": "elsewhere"}}
    server.call("PUT", f"{BINDINGS}/cupel-serving-approval", body)


FAULTS: list[tuple[str, Callable[[Server], Any], str]] = [
    ("unbound", unbind, "cupel-serving-shape is not bound"),
    ("only-audits", only_audit, "cupel-sandbox-pod is bound without Deny"),
    ("missing", take_away, "cupel-ledger is missing"),
    ("fails-open", fail_open, "cupel-bundle does not fail closed"),
    ("weak-serving-shape", weaken("cupel-serving-shape"), "cupel-serving-shape should refuse it"),
    ("weak-trial-shape", weaken("cupel-sandbox-pod"), "cupel-sandbox-pod should refuse it"),
    ("any-image-in-trials", weaken("cupel-sandbox-image"), "cupel-sandbox-image should refuse it"),
    ("approval-not-asked-here", exempt, "cupel-serving-approval should refuse it"),
]


@pytest.mark.apiserver
@pytest.mark.parametrize(("plant", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
async def test_each_planted_fault_is_named(
    client: Client, cluster: Cluster, installed: Server, plant: Callable[[Server], Any], words: str
) -> None:
    plant(installed)
    try:
        check = await said(client, cluster, lambda c: words in c.everywhere)
    finally:
        install(installed)

    assert words in check.everywhere
    assert check.problem("anywhere") == check.everywhere, "it holds work up everywhere"


@pytest.mark.apiserver
async def test_a_zone_that_cannot_run_a_good_pod_holds_up_only_itself(
    client: Client, cluster: Cluster, installed: Server
) -> None:
    installed.delete(f"/api/v1/namespaces/{SANDBOX}/serviceaccounts/tool")
    try:
        check = await said(client, cluster, lambda c: bool(c.local))
    finally:
        install(installed)

    assert check.everywhere == ""
    assert "serviceaccount" in check.problem(SERVING, SANDBOX)
    assert check.problem("another-zone") == ""
