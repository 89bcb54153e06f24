"""A status that one process writes has one owner, named once: of an object older than that, too."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from tests.contract.crds.apiserver import APPLY, Server, until
from tests.contract.crds.conftest import API, CRDS
from tests.contract.crds.objects import BY_NAME, GOOD, STATUS, path, stored

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.markers import MAP_TYPE
from cupel.kube.client import METADATA

pytestmark = pytest.mark.apiserver

OWNED = ("AutonomyPolicy", "GeneratedTool", "ToolRevision")
WHOLE = {"f:status": {}}
OLD = "autonomypolicies.older.cupel.dev"


def owned(body: dict[str, Any]) -> dict[str, Any]:
    """What managedFields says of who wrote the status."""
    (found,) = (one for one in body["metadata"]["managedFields"] if one.get("subresource") == "status")
    return dict(found["fieldsV1"])


@pytest.mark.parametrize("kind", OWNED)
def test_a_status_is_owned_as_a_whole(kind: str, server: Server, namespace: str) -> None:
    body = {**stored(server, namespace, GOOD[kind]()), "status": STATUS[kind]()}
    where = path(namespace, kind, body["metadata"]["name"]) + "/status"
    found = server.call("PUT", where, body).good()

    assert owned(found) == WHOLE
    assert BY_NAME[kind].model.parse(found).status == BY_NAME[kind].model.parse(body).status


@pytest.mark.parametrize("kind", OWNED)
def test_what_was_written_need_not_come_back(kind: str, server: Server, namespace: str) -> None:
    body = {**stored(server, namespace, GOOD[kind]()), "status": STATUS[kind]()}
    where = path(namespace, kind, body["metadata"]["name"])
    answer = server.call("PUT", f"{where}/status", body, accept=METADATA).good()
    found = server.call("GET", where).good()

    assert answer["kind"] == "PartialObjectMetadata"
    assert set(answer) == {"apiVersion", "kind", "metadata"}
    assert answer["metadata"] == found["metadata"]
    assert BY_NAME[kind].model.parse(found).status == BY_NAME[kind].model.parse(body).status


def test_an_upgrade_keeps_every_status_and_who_wrote_it(server: Server, namespace: str) -> None:
    """A kind as it was before, where managedFields named every field, and as it is now."""
    new = yaml.safe_load((CRDS / "autonomypolicies.yaml").read_text("utf-8"))
    new["metadata"], new["spec"]["group"] = {"name": OLD}, "older.cupel.dev"
    status = new["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"]
    atomic = status.pop(MAP_TYPE)
    try:
        server.call("PATCH", f"{API}/{OLD}?fieldManager=t&force=true", new, APPLY).good()
        before = until(lambda: _written(server, namespace), 30, "the older kind is served")
        status[MAP_TYPE] = atomic
        server.call("PATCH", f"{API}/{OLD}?fieldManager=t&force=true", new, APPLY).good()
        after = until(lambda: _whole(server, namespace), 30, "the newer one is served")
    finally:
        server.call("DELETE", f"{API}/{OLD}")

    assert "f:believed" in owned(before)["f:status"], "it began as it was"
    assert AutonomyPolicy.parse(after).status.believed == AutonomyPolicy.parse(before).status.believed
    assert [one["manager"] for one in after["metadata"]["managedFields"]].count("cupel-autopilot") == 1


def _written(server: Server, namespace: str) -> dict[str, Any] | None:
    """The object after one more write, made if it is not there; None while its kind is not served."""
    here = f"/apis/older.cupel.dev/v1alpha1/namespaces/{namespace}/autonomypolicies"
    body = GOOD["AutonomyPolicy"]() | {"apiVersion": "older.cupel.dev/v1alpha1"}
    if server.call("POST", here, body).code not in (201, 409):
        return None
    where = f"{here}/{body['metadata']['name']}"
    found = server.call("GET", where).good()
    replicas = found["status"].get("replicas", 0) + 1
    status = STATUS["AutonomyPolicy"]() | {"replicas": replicas}
    answer = server.call("PUT", f"{where}/status?fieldManager=cupel-autopilot", found | {"status": status})
    return answer.good()


def _whole(server: Server, namespace: str) -> dict[str, Any] | None:
    """The same, once the newer schema counts."""
    found = _written(server, namespace)
    return found if found and owned(found) == WHOLE else None
