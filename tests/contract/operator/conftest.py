"""A real API server with our CRDs, a namespace of one's own in it, and operator processes against it."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import yaml
from tests.contract.crds.apiserver import APPLY, MERGE, Server, until
from tests.support.running import Running

from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration

ROOT = Path(__file__).parents[3]
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
BINDINGS = [
    f"/apis/admissionregistration.k8s.io/v1/{kind}admissionpolicybindings"
    for kind in ("validating", "mutating")
]
IMAGE = "localhost/cupel-sandbox@sha256:" + "1" * 64
PLURALS = (
    "generatedtools", "toolrevisions", "approvalledgers", "toolpolicies", "autonomypolicies", "capabilitygaps",
)  # fmt: skip


@pytest.fixture(scope="package")
def audit_log(apiserver_kubeconfig: Path) -> Path:
    found = Path(os.environ.get("CUPEL_AUDIT_LOG") or apiserver_kubeconfig.parent / "log" / "audit.log")
    if not found.exists():
        pytest.skip("the API server's audit log is not on this machine: set CUPEL_AUDIT_LOG")
    return found


@pytest.fixture(scope="package")
def server(apiserver_kubeconfig: Path) -> Server:
    """Our kinds are served, and the operator's own namespace is there."""
    here = Server(apiserver_kubeconfig)
    for plural in PLURALS:
        body = yaml.safe_load((ROOT / "crds" / f"{plural}.yaml").read_text("utf-8"))
        here.call("PATCH", f"{CRDS}/{plural}.cupel.dev?fieldManager=kubectl&force=true", body, APPLY).good()
    for plural in PLURALS:
        path = f"/apis/cupel.dev/v1alpha1/{plural}?limit=1"
        until(lambda path=path: here.call("GET", path).code == 200, 30, f"{plural} is served")
    here.call("POST", "/api/v1/namespaces", {"metadata": {"name": "cupel-system"}})
    return here


@pytest.fixture(scope="module")
def unguarded(server: Server) -> Iterator[None]:
    """No admission policy of other tests is bound: here an administrator writes what only the operator may."""
    taken = []
    for path in BINDINGS:
        for item in server.call("GET", path).good()["items"]:
            if item["metadata"]["name"].startswith("cupel-"):
                taken.append((path, {"metadata": {"name": item["metadata"]["name"]}, "spec": item["spec"]}))
                server.call("DELETE", f"{path}/{item['metadata']['name']}")
    status = "/apis/cupel.dev/v1alpha1/namespaces/cupel-system/toolpolicies/probe"
    body = {"apiVersion": "cupel.dev/v1alpha1", "kind": "ToolPolicy", "metadata": {"name": "probe"}}
    server.call("PATCH", f"{status}?fieldManager=test&force=true", body, APPLY).good()
    word = {"status": {"tools": 1}}
    until(lambda: server.call("PATCH", f"{status}/status", word, MERGE).code == 200, 20, "policies let go")
    server.call("DELETE", status)
    yield
    for path, body in taken:
        server.call("POST", path, body)


@pytest.fixture
def namespace(server: Server) -> Iterator[str]:
    name = f"op-{uuid.uuid4().hex[:8]}"
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).good()
    yield name
    for plural in PLURALS:
        server.call("DELETE", f"/apis/cupel.dev/v1alpha1/namespaces/{name}/{plural}")
    for plural in ("pods", "configmaps"):
        server.call("DELETE", f"/api/v1/namespaces/{name}/{plural}?gracePeriodSeconds=0")
    server.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
async def client(server: Server, apiserver_kubeconfig: Path) -> AsyncIterator[Client]:
    found = Client(api_client(await configuration({"KUBECONFIG": str(apiserver_kubeconfig)})))
    yield found
    await found.close()


@pytest.fixture
def operators(server: Server, apiserver_kubeconfig: Path, tmp_path: Path) -> Iterator[list[Running]]:
    """Two operator processes that compete for one Lease of this test's own."""
    lease = f"op-{uuid.uuid4().hex[:8]}"
    settings = {
        "CUPEL_LEASE_NAME": lease,
        "CUPEL_SANDBOX_IMAGE": IMAGE,
        "CUPEL_PROBE_TARGETS": "10.96.0.1:443",
    }
    both = [
        Running.start("cupel.controller", name, apiserver_kubeconfig, tmp_path, **settings)
        for name in ("one", "two")
    ]
    yield both
    for one in both:
        one.end()
    server.call("DELETE", f"/apis/coordination.k8s.io/v1/namespaces/cupel-system/leases/{lease}")
