"""A real API server with our kinds, a namespace of one's own in it, and autopilot processes against it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.contract.autopilot.stage import Stage
from tests.contract.crds.apiserver import APPLY, Server, until

ROOT = Path(__file__).parents[3]
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PLURALS = ("autonomypolicies", "generatedtools", "toolpolicies")


@pytest.fixture(scope="package")
def server(apiserver_kubeconfig: Path) -> Server:
    """Our kinds are served, and the autopilot's own namespace is there."""
    here = Server(apiserver_kubeconfig)
    for plural in PLURALS:
        body = yaml.safe_load((ROOT / "crds" / f"{plural}.yaml").read_text("utf-8"))
        here.call("PATCH", f"{CRDS}/{plural}.cupel.dev?fieldManager=tests&force=true", body, APPLY).good()
    for plural in PLURALS:
        path = f"/apis/cupel.dev/v1alpha1/{plural}?limit=1"
        until(lambda path=path: here.call("GET", path).code == 200, 30, f"{plural} is served")
    here.call("POST", "/api/v1/namespaces", {"metadata": {"name": "cupel-system"}})
    return here


@pytest.fixture
def stage(server: Server, apiserver_kubeconfig: Path, tmp_path: Path) -> Iterator[Stage]:
    name = f"fly-{uuid.uuid4().hex[:8]}"
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).good()
    found = Stage(server, name, apiserver_kubeconfig, tmp_path)
    yield found
    found.close()
    for path in (f"cupel.dev/v1alpha1/namespaces/{name}/autonomypolicies", f"apps/v1/namespaces/{name}/deployments"):
        server.call("DELETE", f"/apis/{path}")
    server.call("DELETE", f"/api/v1/namespaces/{name}")
