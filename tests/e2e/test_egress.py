"""The way out, for real: a gVisor Pod, the proxy, a server in the cluster; and all the ways that stay shut."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from tests.cluster.layout import all_recorded
from tests.demo.install import apply_overlay, inside
from tests.demo.world import credentials

from .conftest import Agent
from .stage import Stage
from .tools import policy, tool
from .world import CLOSED, OPEN, address, found, server, stranger

pytestmark = pytest.mark.node
NAME = "looks-out"
SECRET = "s3cret-of-the-world"
CODES = ("--as", "system:serviceaccount:cupel-system:cupel-codes")
VOUCHED = {"decision": "Approve", "vouchedBy": CODES[1], "by": "carol"}
CODE = """\
def run(ctx, /, page: str) -> dict:
    answer = ctx.http.get(page)
    return {"status": answer.status, "text": answer.text}
"""


def looks_out(host: str) -> dict[str, Any]:
    text = {"type": "object", "properties": {"page": {"type": "string"}}, "required": ["page"]}
    said = {"status": {"type": "integer"}, "text": {"type": "string"}}
    url = f"http://{host}/recorded"
    exchange = {"request": {"method": "GET", "url": url}, "response": {"status": 200, "body": "played"}}
    example = {
        "name": "recorded", "arguments": {"page": url}, "result": {"status": 200, "text": "played"},
        "exchanges": [exchange], "liveCheck": "Never",
    }  # fmt: skip
    return tool(
        NAME,
        CODE,
        description="Look at a page.",
        interface={
            "inputSchema": text | {"additionalProperties": False},
            "outputSchema": {"type": "object", "properties": said, "required": ["status", "text"]},
        },
        examples=[example],
        permissions={"egress": [f"{host}:{OPEN}"], "credentials": ["world-key"]},
        policyRef={"name": "out"},
    )


@pytest.fixture(scope="module")
def out(stage: Stage, agent: Agent) -> Iterator[Stage]:
    """A tool that may look at one port of one server, asked for, approved by two people, served and listed."""
    cluster = stage.cluster
    host = inside(cluster)
    apply_overlay(cluster)  # another module may have let tools reach its own world instead
    allowed = policy("out", permissions={"egress": [f"{host}:{OPEN}"], "credentials": ["world-key"]})
    cluster.run("apply", "-n", cluster.zone, "-f", "-", text=json.dumps(allowed))
    for body in (*server(cluster), credentials(cluster, f"{host}:{OPEN}", SECRET)):
        cluster.run("apply", "-f", "-", text=json.dumps(body))
    proxy = ("deployment/cupel-egress", "-n", "cupel-system")
    cluster.run("rollout", "restart", *proxy)  # sooner than the kubelet would mount it
    cluster.run("rollout", "status", *proxy, "--timeout=120s")
    cluster.run("wait", "pod/world", "-n", cluster.agents, "--for=condition=Ready", "--timeout=90s")
    stage.apply(looks_out(host))
    stage.until(NAME, "AwaitingApproval", seconds=120)
    stage.decide(NAME)
    entry = {"egress": [f"{host}:{OPEN}"], "code": VOUCHED}
    stage.patch_ledger({"decisions": {stage.digest(NAME): entry}}, *CODES)
    stage.until(NAME, "Serving", seconds=120)
    stage.wait("the gateway to list it", lambda: NAME in agent.listed(), 30)
    yield stage
    cluster.run("delete", "secret", "cupel-egress-credentials", "-n", "cupel-system")


def test_a_tool_sees_what_was_approved_with_a_credential_it_does_not_see(out: Stage, agent: Agent) -> None:
    host = inside(out.cluster)

    answer = agent.call(NAME, page=f"http://{host}/v1?q=1")

    assert answer["status"] == 200
    seen = json.loads(answer["text"])
    assert (seen["host"], seen["path"]) == (host, "/v1?q=1")
    pods = out.objects("pods", NAME)
    assert seen["key"] == "[removed]", "the credential did not go out, or came back"
    assert seen["from"] not in [pod["status"]["podIP"] for pod in pods], "it did not go through the proxy"
    assert all(pod["metadata"]["labels"]["cupel.dev/egress"] == "true" for pod in pods)


@pytest.mark.parametrize("place", [f"{{host}}:{CLOSED}", "evil.{host}", "169.254.169.254", "2130706433"])
def test_a_tool_sees_nothing_else(out: Stage, agent: Agent, place: str) -> None:
    """The launcher says so already; that the proxy would is for tests/edge/egress, with hands on the socket."""
    refused = pytest.RaisesExc(RuntimeError, match=r"is not in permissions\.egress")
    with pytest.RaisesGroup(refused, allow_unwrapped=True, flatten_subgroups=True):
        agent.call(NAME, page=f"http://{place.format(host=inside(out.cluster))}/")


def by_way_of(out: Stage, proxy: str) -> dict[str, Any]:
    """Call the Pod itself, as a stolen gateway could, and name it another proxy."""
    pod = next(iter(out.objects("pods", NAME)))
    if not all_recorded():
        pytest.skip("a Pod's address is reached from here only on our own node")
    url = f"http://{inside(out.cluster)}/"
    body = {"arguments": {"page": url}, "timeoutSeconds": 3, "proxy": proxy}
    asked = urllib.request.Request(
        f"http://{pod['status']['podIP']}:8080/call",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        said: dict[str, Any] = json.load(answer)
        return said


def test_the_pod_itself_reaches_the_proxy_and_nothing_besides(out: Stage) -> None:
    cluster = out.cluster
    proxy = address(cluster, "cupel-egress", "cupel-system")
    world = address(cluster, "world", cluster.agents)
    pod = json.loads(cluster.run("get", "pod", "world", "-n", cluster.agents, "-o", "json").stdout)

    assert by_way_of(out, f"http://{proxy}:3128")["result"]["status"] == 200
    for elsewhere in (f"{world}:{OPEN}", f"{world}:{CLOSED}", f"{pod['status']['podIP']}:8080"):
        answer = by_way_of(out, f"http://{elsewhere}")
        assert "result" not in answer, f"{elsewhere} answered"


def test_a_gvisor_pod_of_nobodys_is_refused_by_the_proxy_and_reaches_nothing_besides(out: Stage) -> None:
    cluster = out.cluster
    proxy = f"{address(cluster, 'cupel-egress', 'cupel-system')}:3128"
    world = f"{address(cluster, 'world', cluster.agents)}:{OPEN}"
    server = f"{address(cluster, 'kubernetes', 'default')}:443"
    asked = stranger(cluster, proxy, f"{inside(cluster)}:{OPEN}", world, server)
    cluster.run("apply", "-f", "-", text=json.dumps(asked))

    said = found(cluster)

    assert said[proxy].startswith("HTTP/1.1 403 ")
    assert "not that of exactly one running Pod of a tool" in said[proxy]
    assert (said[world], said[server]) == ("silence", "silence")


def test_a_digest_whose_approval_was_taken_back_has_no_way_out(out: Stage) -> None:
    """At a Pod that still answers: neither the ledger's word nor the Pod's going is waited out."""
    proxy = f"http://{address(out.cluster, 'cupel-egress', 'cupel-system')}:3128"
    assert by_way_of(out, proxy)["result"]["status"] == 200
    removed = json.dumps([{"op": "remove", "path": f"/spec/decisions/{out.digest(NAME)}"}])
    ledger = ["approvalledger", "ledger", "-n", out.cluster.zone]
    out.cluster.run("patch", *ledger, "--type=json", "-p", removed)

    answer = out.wait("the proxy to refuse", lambda: _refused(out, proxy), 10)

    said = answer["error"]["message"]
    assert "is approved on 0 of" in said or "exactly one running Pod" in said
    out.gone(NAME)


def _refused(out: Stage, proxy: str) -> dict[str, Any]:
    with suppress(OSError):  # a Pod that goes may answer once more, or not
        answer = by_way_of(out, proxy)
        return answer if answer.get("error", {}).get("type") == "EgressRefused" else {}
    return {}
