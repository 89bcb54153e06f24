"""What the API server accepts, from the smallest to the largest, and what it adds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.contract.crds import good_objects as good
from tests.contract.crds.apiserver import MERGE, Server
from tests.contract.crds.edits import Object
from tests.contract.crds.good_gaps import largest_gap, operation_gap, smallest_gap
from tests.contract.crds.largest_objects import largest_ledger, largest_tool
from tests.contract.crds.objects import BY_NAME, GOOD, STATUS, create, path, refusal, stored

from cupel.api.capability_gap import CapabilityGap
from cupel.api.tool_revision import ToolRevision

pytestmark = pytest.mark.apiserver


@pytest.mark.parametrize("kind", GOOD)
def test_the_server_keeps_the_schema_as_it_is_and_finds_nothing_wrong(
    kind: str, established: dict[str, Any]
) -> None:
    conditions = {c["type"]: c for c in established[kind]["status"]["conditions"]}
    assert "NonStructuralSchema" not in conditions
    assert conditions["Established"]["status"] == "True"


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_object_is_accepted_and_parses_to_what_was_meant(
    kind: str, server: Server, namespace: str
) -> None:
    body = GOOD[kind]()
    model = BY_NAME[kind].model
    found = model.parse(stored(server, namespace, body))
    assert found.spec == model.parse(body).spec
    assert found.namespace == namespace


@pytest.mark.parametrize("kind", STATUS)
def test_a_good_status_is_accepted_whole(kind: str, server: Server, namespace: str) -> None:
    body = {**stored(server, namespace, GOOD[kind]()), "status": STATUS[kind]()}
    where = path(namespace, kind, body["metadata"]["name"]) + "/status?fieldValidation=Strict"
    found = BY_NAME[kind].model.parse(server.call("PUT", where, body).good())
    assert found.status == BY_NAME[kind].model.parse(body).status


def test_the_smallest_tool_gets_its_defaults_from_the_server(server: Server, namespace: str) -> None:
    found = stored(server, namespace, good.smallest_tool())
    spec = found["spec"]
    assert spec["policyRef"] == {"name": "default"}
    assert spec["permissions"] == {"egress": [], "state": "None", "credentials": []}
    assert spec["examples"] == [
        {"name": "e", "result": {}, "arguments": {}, "exchanges": [], "liveCheck": "Once"}
    ]
    assert spec["serving"]["replicas"] == 1


def test_a_new_object_says_that_nobody_looked_at_it_yet(server: Server, namespace: str) -> None:
    found = create(server, namespace, good.generated_tool("fresh")).good()
    assert found["status"]["observedGeneration"] == 0 < found["metadata"]["generation"]


def test_a_version_stays_with_its_digest_whoever_writes(server: Server, namespace: str) -> None:
    body = stored(server, namespace, good.generated_tool("numbered"))
    where = path(namespace, "GeneratedTool", "numbered") + "/status"

    def write(versions: dict[str, str]) -> Any:
        return server.call("PATCH", where, {"status": {"versions": versions}}, MERGE)

    one, other = "sha256-" + "1" * 64, "sha256-" + "2" * 64
    assert body["status"].get("versions", {}) == {}
    write({"1.0.0": one}).good()
    assert "a version must stay with the digest it was given" in refusal(write({"1.0.0": other}))
    write({"1.1.0": other}).good()
    gone = {**server.call("GET", where).good(), "status": {"versions": {"1.1.0": other}}}
    assert "none must be forgotten but to make room" in refusal(server.call("PUT", where, gone))


def test_a_policy_needs_no_spec(server: Server, namespace: str) -> None:
    body = {"apiVersion": good.API_VERSION, "kind": "ToolPolicy", "metadata": {"name": "empty"}}
    assert create(server, namespace, body).good()["spec"]["mode"] == "Active"


def test_the_smallest_autonomy_policy_names_its_target_and_only_recommends(
    server: Server, namespace: str
) -> None:
    spec = create(server, namespace, good.smallest_autonomy_policy()).good()["spec"]
    assert (spec["authority"], spec["paused"], spec["signals"], spec["rollback"]["enabled"]) == (
        "Recommend", False, [], False,
    )  # fmt: skip
    assert spec["scaling"] | {"minReplicas": 1, "maxReplicas": 5} == spec["scaling"]


def test_the_smallest_gap_is_a_wish(server: Server, namespace: str) -> None:
    found = create(server, namespace, smallest_gap()).good()
    assert (found["spec"]["origin"], found["spec"]["policyRef"]["name"]) == ("Person", "default")
    assert found["status"]["observedGeneration"] == 0


@pytest.mark.parametrize("body", [operation_gap(), largest_gap()], ids=["of an operation", "the largest"])
def test_a_gap_is_accepted(body: Object, server: Server, namespace: str) -> None:
    found = create(server, namespace, body).good()
    assert CapabilityGap.parse(found).spec.wire().items() <= found["spec"].items()


def test_a_policy_takes_gaps_unless_it_says_otherwise(server: Server, namespace: str) -> None:
    body = {
        "apiVersion": good.API_VERSION,
        "kind": "ToolPolicy",
        "metadata": {"name": "takes-gaps"},
        "spec": {},
    }
    assert create(server, namespace, body).good()["spec"]["generation"] == {
        "gaps": "Allowed", "generators": ["Template", "OpenAPI"], "maxOpenGaps": 200, "attempts": 3,
        "budget": {
            "tokensPerTool": 400_000, "tokensPerDay": 4_000_000, "microsPerTool": 5_000_000, "microsPerDay": 50_000_000,
        },
    }  # fmt: skip


def test_a_policy_of_a_deployment_is_accepted(server: Server, namespace: str) -> None:
    create(server, namespace, good.deployment_policy()).good()


def test_the_largest_autonomy_policy_is_accepted(server: Server, namespace: str) -> None:
    """Every list full: the rules that compare lists with each other stay within what the server spends."""
    body = good.autonomy_policy()
    body["metadata"]["name"] = "largest"
    body["spec"]["signals"] = [
        {"name": f"s{n:02}" + "s" * 60, "type": "Prometheus", "prometheus": {"query": "q" * 2048}}
        for n in range(16)
    ]
    body["spec"]["objectives"] = [{"signal": s["name"], "atMost": 1} for s in body["spec"]["signals"]]
    create(server, namespace, body).good()


def test_the_largest_tool_and_its_revision_are_accepted(server: Server, namespace: str) -> None:
    tool = largest_tool()
    found = create(server, namespace, tool).good()
    assert 800_000 < len(json.dumps(found)) < 1_200_000
    revision = good.tool_revision(found)
    made = create(server, namespace, revision).good()
    assert ToolRevision.parse(made).spec.bundle.digest() == revision["spec"]["digest"]
    made["spec"]["bundle"]["tests"][63]["result"]["text"] = "changed"
    where = path(namespace, "ToolRevision", revision["metadata"]["name"])
    assert "immutable" in refusal(server.call("PUT", where, made))


def test_more_than_etcd_takes_is_refused_not_cut(server: Server, namespace: str) -> None:
    body = largest_tool()
    body["metadata"]["name"] = "larger"
    for trial in body["spec"]["tests"]:
        trial["exchanges"][0]["response"]["body"] = "b" * 16_384
    answer = create(server, namespace, body)
    assert answer.code >= 400
    assert "too large" in answer.message


def test_the_largest_ledger_is_accepted_and_takes_one_more_change(server: Server, namespace: str) -> None:
    server.call("DELETE", path(namespace, "ApprovalLedger", "ledger"))
    full = largest_ledger()
    create(server, namespace, full).good()
    digest = next(iter(full["spec"]["decisions"]))
    where = path(namespace, "ApprovalLedger", "ledger")
    without = {"spec": {"decisions": {digest: None}}}
    assert len(server.call("PATCH", where, without, MERGE).good()["spec"]["decisions"]) == 1999
    condemned = {"status": {"condemned": {key: "r" * 200 for key in full["spec"]["decisions"]}}}
    answer = server.call("PATCH", where + "/status", condemned, MERGE)
    assert answer.code == 200 or "too large" in answer.message
    server.call("DELETE", where)
