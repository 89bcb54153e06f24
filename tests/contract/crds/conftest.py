"""An API server with our CRDs, without our admission policies, and a namespace of our own in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.contract.crds.apiserver import APPLY, Server, until
from tests.contract.crds.good_objects import approval_ledger

from cupel.api.kinds import KINDS, Kind

CRDS = Path(__file__).parents[3] / "crds"
API = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
BINDINGS = [
    f"/apis/admissionregistration.k8s.io/v1/{kind}admissionpolicybindings"
    for kind in ("validating", "mutating")
]


@pytest.fixture(scope="package")
def server(apiserver_kubeconfig: Path) -> Iterator[Server]:
    """The schema is judged alone: other tests' admission policies are unbound, and bound again at the end."""
    here = Server(apiserver_kubeconfig)
    unbound = _unbind(here)
    yield here
    for where, body in unbound:
        here.call("POST", where, body)


def _unbind(server: Server) -> list[tuple[str, dict[str, Any]]]:
    taken = []
    for where in BINDINGS:
        for item in server.call("GET", where).body.get("items", []):
            name = item["metadata"]["name"]
            if name.startswith("cupel-"):
                server.call("DELETE", f"{where}/{name}")
                taken.append((where, {"metadata": {"name": name}, "spec": item["spec"]}))
    return taken


@pytest.fixture(scope="package")
def established(server: Server) -> dict[str, dict[str, Any]]:
    """The CRDs as the server stores them, by kind, once each is Established and served."""
    for kind in KINDS:
        body = yaml.safe_load((CRDS / f"{kind.plural}.yaml").read_text("utf-8"))
        path = f"{API}/{kind.plural}.cupel.dev?fieldManager=kubectl&force=true&fieldValidation=Strict"
        server.call("PATCH", path, body, APPLY).good()
    return {
        kind.name: until(lambda k=kind: _serves(server, k), 30, f"{kind.name} is served") for kind in KINDS
    }


def _serves(server: Server, kind: Kind) -> dict[str, Any] | None:
    found = server.call("GET", f"{API}/{kind.plural}.cupel.dev").good()
    held = {c["type"] for c in found.get("status", {}).get("conditions", []) if c["status"] == "True"}
    listed = server.call("GET", f"/apis/cupel.dev/v1alpha1/{kind.plural}?limit=1")
    return found if {"Established", "NamesAccepted"} <= held and listed.code == 200 else None


@pytest.fixture(scope="package")
def namespace(server: Server, established: object) -> Iterator[str]:
    name = f"crds-{uuid.uuid4().hex[:8]}"
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).good()
    ledgers = f"/apis/cupel.dev/v1alpha1/namespaces/{name}/approvalledgers?dryRun=All"
    until(lambda: server.call("POST", ledgers, approval_ledger()).code == 201, 30, "policies let go")
    yield name
    for kind in KINDS:
        server.call("DELETE", f"/apis/cupel.dev/v1alpha1/namespaces/{name}/{kind.plural}")
    server.call("DELETE", f"/api/v1/namespaces/{name}")
