"""Acts of people: with the caller's own token, if the API server knows it, or not at all; off unless turned on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.admission.installed import apply
from tests.contract.admission.objects import obj
from tests.contract.admission.server import OPERATOR, PATHS, SERVING, Body, Server, eventually
from tests.contract.admission.zone import LEDGER
from tests.contract.cli.stage import condition
from tests.edge.gateway.conftest import RunningGateway
from tests.edge.gateway.zone import revision_body, tool_body

from cupel.api.bundle import Bundle, bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import CONDEMN, TOOL

from .conftest import AGENTS, API, Replicas, account, bound, token

pytestmark = pytest.mark.apiserver
TOOLS, REVISIONS = PATHS["GeneratedTool"].format(SERVING), PATHS["ToolRevision"].format(SERVING)
APPROVER = f"system:serviceaccount:{AGENTS}:approver"
ON = {"CUPEL_GATEWAY_ACTS_OF_PEOPLE": "on"}


@pytest.fixture
def bundle(server: Server) -> Iterator[Bundle]:
    """A tool with one revision, and an approver; the ledger is empty."""
    apply(server, [account("approver", AGENTS), bound("approver", "cupel-approver", AGENTS, "approver")])
    apply(server, [bound("requester", "cupel-requester", AGENTS, "approver")])
    clear(server)
    lets = {"agentReviewers": "Harmless", "floors": {"withoutEgress": 1, "withEgress": 2}}
    server.patch(LEDGER, {"spec": lets}).allowed()
    spec = tool_body("word-count", SERVING)["spec"] | {"policyRef": {"name": "default"}}
    del spec["requestedBy"]
    asked = (
        server.create(obj("GeneratedTool", "word-count", spec, SERVING)).allowed().body["spec"]["requestedBy"]
    )
    made = bundle_of(GeneratedTool.parse(tool_body("word-count", SERVING)))
    revision = revision_body(made, SERVING)
    revision["spec"]["requestedBy"] = asked
    revision["metadata"] |= {"labels": {TOOL: "word-count"}}
    del revision["metadata"]["uid"]
    # Policies and roles reach the rules that ask for them with some lag: wait until this world is what they see.
    eventually(lambda: server.create(revision, OPERATOR), allowed=True).allowed()
    changed: Body = {"spec": {"description": "x"}}
    dry = f"{TOOLS}/word-count?dryRun=All"
    eventually(lambda: server.patch(dry, changed, APPROVER), allowed=True).allowed()
    entry = {"egress": [], "review": {"decision": "Approve", "by": APPROVER}}
    decided: Body = {"spec": {"decisions": {made.digest(): entry}}}
    eventually(lambda: server.patch(f"{LEDGER}?dryRun=All", decided, APPROVER), allowed=True).allowed()
    yield made
    clear(server)


def clear(server: Server) -> None:
    server.delete(REVISIONS).allowed()
    server.delete(TOOLS).allowed()
    for digest in server.get(LEDGER)["spec"].get("decisions", {}):
        server.patch(LEDGER, {"spec": {"decisions": {digest: None}}}).allowed()


async def act(gateway: RunningGateway, method: str, path: str, body: Any, shown: str) -> tuple[int, Any]:
    url = f"{gateway.url}/api/v1/generatedtools/{SERVING}/word-count{path}"
    headers = {"authorization": f"Bearer {shown}"}
    async with gateway.session.request(method, url, json=body, headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def test_an_approver_decides_under_their_own_name(
    server: Server, replicas: Replicas, bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = await replicas.start(**ON)
    shown = token(server, "approver", "cupel-gateway", API)

    status, done = await act(gateway, "POST", "/approve", {"digest": bundle.digest()}, shown)

    decision = server.get(LEDGER)["spec"]["decisions"][bundle.digest()]["review"]
    assert (status, done["by"], decision["decision"], decision["by"]) == (200, APPROVER, "Approve", APPROVER)
    assert shown not in caplog.text
    assert "reason" not in decision
    twice, problem = await act(gateway, "POST", "/reject", {"digest": bundle.digest()}, shown)
    assert (twice, problem["code"], "never rewritten" in problem["detail"]) == (403, "cluster-refused", True)


async def test_an_agent_reads_what_waits_and_rejects_it_with_a_reason(
    server: Server, replicas: Replicas, bundle: Bundle
) -> None:
    """A service account that may approve, by nothing but REST; it asked for nothing of this."""
    gateway = await replicas.start(**ON)
    shown = token(server, "approver", "cupel-gateway", API)
    (body,) = server.get(REVISIONS)["items"]
    gates = [
        condition("Analyzed", "True", "CodeAccepted"),
        condition("Approved", "Unknown", "AwaitingApproval"),
    ]
    moment = "2030-01-01T12:00:00Z"
    window = {
        "attempt": 0,
        "askedAt": moment,
        "deadline": moment,
        "verdict": "Waiting",
        "needed": 1,
        "given": 0,
    }
    path = f"{REVISIONS}/{body['metadata']['name']}/status"
    server.patch(path, {"status": {"conditions": gates, "approval": window}}, OPERATOR).allowed()

    page = await reviews(gateway, shown)
    (found,) = page["reviews"]
    assert (found["digest"], found["risk"], found["missing"]) == (bundle.digest(), "Low", ["review"])
    assert (found["code"], found["deadline"]) == (bundle.code, moment)
    assert found["evidence"][0] == {"gate": "Analyzed", "outcome": "Passed", "message": "CodeAccepted: "}
    reason = "it counts bytes, not words"
    status, done = await act(gateway, "POST", "/reject", {"digest": found["digest"], "reason": reason}, shown)

    assert (status, done["done"]) == (200, f"Reject: {bundle.digest()}")
    assert server.get(LEDGER)["spec"]["decisions"][bundle.digest()]["review"]["reason"] == reason
    assert "Reject by" in (await reviews(gateway, shown))["reviews"][0]["decided"][0]
    assert (await reviews(gateway, shown, after=found["revision"]))["reviews"] == []


async def test_an_agent_reviews_nothing_where_nobody_lets_it(
    server: Server, replicas: Replicas, bundle: Bundle
) -> None:
    server.patch(LEDGER, {"spec": {"agentReviewers": "Forbidden"}}).allowed()
    gateway = await replicas.start(**ON)

    _, problem = await act(
        gateway,
        "POST",
        "/approve",
        {"digest": bundle.digest()},
        token(server, "approver", "cupel-gateway", API),
    )

    assert problem["code"] == "cluster-refused" and "have a person review it" in problem["detail"]


async def reviews(gateway: RunningGateway, shown: str, **query: str) -> Any:
    url, headers = f"{gateway.url}/api/v1/reviews/{SERVING}", {"authorization": f"Bearer {shown}"}
    async with gateway.session.get(url, params=query, headers=headers) as response:
        assert response.status == 200, await response.text()
        return await response.json()


REFUSED: dict[str, tuple[dict[str, str], str, tuple[str, ...], str, str]] = {
    "nothing is forwarded unless turned on": ({}, "approver", ("cupel-gateway", API), "acts-off", "CUPEL_GATEWAY_ACTS_OF_PEOPLE"),
    "a token for the gateway alone": (ON, "approver", ("cupel-gateway",), "token-unusable", "--audience"),
    "somebody without the right": (ON, "ann", ("cupel-gateway", API), "cluster-refused", "toolrevisions"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_refused_and_why(server: Server, replicas: Replicas, bundle: Bundle, what: str) -> None:
    environment, name, audiences, code, words = REFUSED[what]
    gateway = await replicas.start(**environment)

    _, problem = await act(
        gateway, "POST", "/approve", {"digest": bundle.digest()}, token(server, name, *audiences)
    )

    assert (problem["code"], words in problem["detail"]) == (code, True), problem
    assert bundle.digest() not in server.get(LEDGER)["spec"]["decisions"]


async def test_a_tool_is_changed_rolled_back_and_deleted(
    server: Server, replicas: Replicas, bundle: Bundle
) -> None:
    gateway = await replicas.start(**ON)
    shown = token(server, "approver", "cupel-gateway", API)
    path = f"{TOOLS}/word-count"

    assert (await act(gateway, "PATCH", "", {"spec": {"description": "Counts."}}, shown))[0] == 200
    assert server.get(path)["spec"]["description"] == "Counts."
    nothing = await act(gateway, "POST", "/rollback", {}, shown)
    assert (nothing[0], nothing[1]["detail"]) == (404, "nothing of this tool serves: name a digest")
    assert (await act(gateway, "POST", "/rollback", {"digest": bundle.digest()}, shown))[0] == 200
    assert server.get(path)["metadata"]["annotations"][CONDEMN].startswith(f"{bundle.digest()}@")
    assert (await act(gateway, "DELETE", "", None, shown))[0] == 200
    assert server.call("GET", path).code == 404


async def test_a_digest_nobody_has_is_nobody_s(server: Server, replicas: Replicas, bundle: Bundle) -> None:
    gateway = await replicas.start(**ON)
    shown = token(server, "approver", "cupel-gateway", API)

    status, problem = await act(gateway, "POST", "/approve", {"digest": f"sha256-{'0' * 64}"}, shown)

    assert (status, problem["code"], problem["field"]) == (404, "unknown-tool", "digest")
