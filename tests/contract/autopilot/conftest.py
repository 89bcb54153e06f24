"""A real API server with our kinds, a namespace of one's own in it, and autopilot processes against it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.contract.autopilot.stage import Stage
from tests.contract.crds.apiserver import APPLY, Server, until

ROOT = Path(__file__).parents[3]
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
PLACES = {
    "ServiceAccount": "/api/v1/namespaces/{namespace}/serviceaccounts",
    "ClusterRole": f"{RBAC}/clusterroles",
    "ClusterRoleBinding": f"{RBAC}/clusterrolebindings",
    "Role": RBAC + "/namespaces/{namespace}/roles",
    "RoleBinding": RBAC + "/namespaces/{namespace}/rolebindings",
}
PLURALS = ("approvalledgers", "autonomypolicies", "generatedtools", "toolpolicies", "toolrevisions")


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
    for body in yaml.safe_load_all((ROOT / "manifests/base/rbac/autopilot.yaml").read_text("utf-8")):
        place = PLACES[body["kind"]].format(namespace=body["metadata"].get("namespace"))
        path = f"{place}/{body['metadata']['name']}?fieldManager=tests&force=true"
        here.call("PATCH", path, body, APPLY).good()
    return here


def as_itself(server: Server) -> dict[str, Any]:
    """The kubeconfig, with a token of the autopilot's service account instead of the administrator."""
    config: dict[str, Any] = yaml.safe_load(server.kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    if "certificate-authority" in cluster:
        cluster["certificate-authority"] = str(server.kubeconfig.parent / cluster["certificate-authority"])
    account = "/api/v1/namespaces/cupel-system/serviceaccounts/cupel-autopilot/token"
    asked = server.call("POST", account, {"spec": {"expirationSeconds": 3600}}).good()
    config["users"][0]["user"] = {"token": asked["status"]["token"]}
    return config


@pytest.fixture
def stage(server: Server, tmp_path: Path) -> Iterator[Stage]:
    """A namespace that lets the autopilot scale its Deployments."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(as_itself(server)))
    name = f"fly-{uuid.uuid4().hex[:8]}"
    server.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}}).good()
    found = Stage(server, name, kubeconfig, tmp_path)
    found.opt_in()
    yield found
    found.close()
    for path in (
        f"cupel.dev/v1alpha1/namespaces/{name}/autonomypolicies",
        f"apps/v1/namespaces/{name}/deployments",
    ):
        server.call("DELETE", f"/apis/{path}")
    server.call("DELETE", f"/api/v1/namespaces/{name}")
    server.call("DELETE", "/apis/coordination.k8s.io/v1/namespaces/cupel-system/leases/cupel-autopilot")
