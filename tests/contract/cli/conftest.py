"""manifests/base on the API server that KUBECONFIG names, and a stage of our own in it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest
from tests.contract.admission.installed import ADMISSION, ADMISSION_KINDS, NOT_HERE, apply, policies, rendered
from tests.contract.admission.server import PATHS, Server, connect

from .stage import LAUNCHER, Stage


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With CRDs, roles and admission policies; policies that we brought go again, others share the server."""
    found = os.environ.get("CUPEL_APISERVER_KUBECONFIG") or os.environ.get("KUBECONFIG")
    if not found:
        pytest.skip("no API server: set KUBECONFIG, or run make test")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KUBECONFIG", found)
        here = connect(tmp_path_factory.mktemp("kubeconfig"))
        fresh = "cupel-ledger" not in policies(here)
        apply([body for body in rendered("base") if body["kind"] not in NOT_HERE])
        yield here
        for resource in reversed(ADMISSION_KINDS) if fresh else ():
            for item in here.get(f"{ADMISSION}/{resource}")["items"]:
                if item["metadata"]["name"].startswith("cupel-"):
                    here.delete(f"{ADMISSION}/{resource}/{item['metadata']['name']}")


@pytest.fixture(scope="module")
def stage(server: Server) -> Iterator[Stage]:
    """Zones made by the command under test, with one channel for tools without egress."""
    name = f"cli-{uuid.uuid4().hex[:8]}"
    here = Stage(server, name)
    made = here.cupel("zone", "init", name, "--launcher", LAUNCHER, "--floors", "1,2")
    assert made.exit_code == 0, made.output
    yield here
    for namespace in (name, f"{name}-sandbox"):
        for kind in ("GeneratedTool", "ToolRevision", "ApprovalLedger", "ToolPolicy"):
            server.delete(PATHS[kind].format(namespace))
        _remove(server, f"{PATHS['Namespace']}/{namespace}")


def _remove(server: Server, path: str) -> None:
    """Where only the control plane runs, no controller finishes the removal of a namespace."""
    gone = server.delete(path).body
    if isinstance(gone, dict) and gone.get("kind") == "Namespace":
        server.call("PUT", f"{path}/finalize", gone | {"spec": {"finalizers": []}})
