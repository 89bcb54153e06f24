"""A real API server with everything of manifests/base, a zone that lets the author work, and authors as processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.contract.admission.installed import apply, clear, install, remove
from tests.contract.admission.server import HOME, SERVING, Server, connect

from .stage import Stage

GROUP = "rbac.authorization.k8s.io"
LET = {
    "apiVersion": f"{GROUP}/v1", "kind": "RoleBinding",
    "metadata": {"name": "cupel-author-drafts", "namespace": SERVING},
    "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": "cupel-author-drafts"},
    "subjects": [{"kind": "ServiceAccount", "name": "cupel-author", "namespace": HOME}],
}  # fmt: skip


@pytest.fixture(scope="package")
def server(apiserver_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    here = connect(apiserver_kubeconfig, tmp_path_factory.mktemp("kubeconfig"))
    fresh = install(here)
    apply(here, [LET])
    yield here
    remove(here, admission=fresh)


@pytest.fixture
def stage(server: Server, apiserver_kubeconfig: Path, tmp_path: Path) -> Iterator[Stage]:
    clear(server)
    config = yaml.safe_load(apiserver_kubeconfig.read_text("utf-8"))
    cluster = config["clusters"][0]["cluster"]
    authority = cluster.get("certificate-authority")
    if authority:
        cluster["certificate-authority"] = str(apiserver_kubeconfig.parent / authority)
    token = server.call(
        "POST",
        f"/api/v1/namespaces/{HOME}/serviceaccounts/cupel-author/token",
        {"spec": {"expirationSeconds": 3600}},
    ).allowed()
    config["users"][0]["user"] = {"token": token.body["status"]["token"]}
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(config))
    found = Stage(server, kubeconfig, tmp_path)
    yield found
    found.close()
