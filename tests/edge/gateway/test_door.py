"""Who comes in: tokens, hosts, origins, methods, and the headers both revisions ask for."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

import pytest

from .conftest import ALICE, MALLORY, RunningGateway, sha256, until
from .zone import Zone, tool_body

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
KUBE = "header.payload.signature"
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}


def modern(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": META}}


@pytest.fixture
def environment() -> dict[str, str]:
    return {
        "CUPEL_GATEWAY_HOSTS": "tools.example.com",
        "CUPEL_GATEWAY_ORIGINS": "https://console.example.com",
    }


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        pytest.param({}, 'Bearer realm="cupel"', id="without a token"),
        pytest.param(
            {"authorization": "Bearer nonsense"},
            'Bearer realm="cupel", error="invalid_token", error_description="the token is not valid here"',
            id="with a wrong token",
        ),
        pytest.param({"authorization": f"Basic {ALICE}"}, None, id="with another scheme"),
        pytest.param({"authorization": "Bearer a.b.c"}, None, id="with a Kubernetes token nobody issued"),
        pytest.param({"authorization": f"Bearer {'x' * 7000}"}, None, id="with a huge token"),
    ],
)
async def test_nobody_comes_in(
    gateway: RunningGateway, headers: dict[str, str], challenge: str | None
) -> None:
    async with gateway.session.post(f"{gateway.url}/mcp", json=LIST, headers=headers) as response:
        assert response.status == 401
        shown = response.headers["www-authenticate"]
    assert shown.startswith("Bearer") and challenge in (None, shown)


async def test_health_and_metrics_need_no_token(gateway: RunningGateway) -> None:
    assert (await gateway.get("/health"))[0] == 200
    assert (await gateway.get("/metrics"))[0] == 200


async def test_another_namespaces_tools_are_as_good_as_unknown(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    theirs = await gateway.call("word-count", {"text": "a"}, token=MALLORY)
    qualified = await gateway.call("tools.word-count", {"text": "a"}, token=MALLORY)
    at_its_path = await gateway.call("word-count", {"text": "a"}, token=MALLORY, path="/mcp/tools/word-count")

    assert await gateway.names(token=MALLORY) == []
    assert await gateway.names(token=MALLORY, path="/mcp/tools/word-count") == []
    assert theirs == at_its_path == {"code": -32602, "message": "Unknown tool: word-count"}
    assert qualified == {"code": -32602, "message": "Unknown tool: tools.word-count"}


async def test_tokens_are_read_again_when_the_file_changes(zone: Zone, gateway: RunningGateway) -> None:
    line = json.dumps({"name": "carol", "sha256": sha256("carol-token"), "namespaces": ["*"]})
    fresh = gateway.tokens.with_suffix(".new")
    fresh.write_text(line)
    os.replace(fresh, gateway.tokens)

    async def carol_comes_in() -> bool:
        return (await gateway.post(LIST, token="carol-token"))[0] == 200

    await until(carol_comes_in, "the new token is valid")
    assert (await gateway.post(LIST, token=ALICE))[0] == 401


async def test_an_unreadable_new_file_leaves_the_tokens_as_they_were(gateway: RunningGateway) -> None:
    gateway.tokens.write_text('{"name": "alice"')

    statuses = {(await gateway.post(LIST))[0] for _ in range(3)}

    assert statuses == {200}


class TestKubernetesTokens:
    """TokenReview says who it is, SubjectAccessReview where they may call."""

    status = {
        "authenticated": True,
        "audiences": ["cupel-gateway"],
        "user": {"username": "dave", "groups": ["devs"]},
    }

    async def test_the_verb_call_in_a_namespace_opens_its_tools(
        self, zone: Zone, gateway: RunningGateway
    ) -> None:
        await zone.publish(tool_body("word-count"))
        await gateway.listed("word-count")
        zone.api.users[KUBE] = self.status
        zone.api.rights.add(("dave", "tools"))

        result = await gateway.call("word-count", {"text": "a b"}, token=KUBE)

        assert result["structuredContent"] == {"words": 2}

    async def test_without_the_verb_there_is_nothing(self, zone: Zone, gateway: RunningGateway) -> None:
        await zone.publish(tool_body("word-count"))
        await gateway.listed("word-count")
        zone.api.users[KUBE] = self.status

        assert await gateway.names(token=KUBE) == []

    async def test_answers_are_remembered(self, zone: Zone, gateway: RunningGateway) -> None:
        zone.api.users[KUBE] = self.status
        await gateway.names(token=KUBE)
        asked = zone.api.reviews

        for _ in range(10):
            await gateway.names(token=KUBE)

        assert zone.api.reviews == asked

    async def test_a_token_for_another_audience_is_refused(self, zone: Zone, gateway: RunningGateway) -> None:
        zone.api.users[KUBE] = self.status | {"audiences": ["https://kubernetes.default.svc"]}

        assert (await gateway.post(LIST, token=KUBE))[0] == 401

    async def test_when_nobody_can_say_it_is_503(self, zone: Zone, gateway: RunningGateway) -> None:
        zone.api.down = True

        assert (await gateway.post(LIST, token=KUBE))[0] == 503


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="no origin: not a browser"),
        pytest.param({"origin": "https://console.example.com"}, 200, id="the configured origin"),
        pytest.param({"origin": "https://console.example.com.evil.example"}, 403, id="a longer origin"),
        pytest.param({"origin": "https://CONSOLE.example.com"}, 403, id="an origin in other case"),
        pytest.param({"origin": "http://console.example.com"}, 403, id="another scheme"),
        pytest.param({"origin": "null"}, 403, id="the null origin"),
        pytest.param({"origin": "https://evil.example"}, 403, id="an evil origin"),
        pytest.param({"host": "tools.example.com"}, 200, id="a configured host"),
        pytest.param({"host": "cupel-gateway.cupel-system.svc:8004"}, 200, id="the Service's name"),
        pytest.param({"host": "evil.example"}, 421, id="a rebound name"),
    ],
)
async def test_hosts_and_origins(gateway: RunningGateway, headers: dict[str, str], status: int) -> None:
    assert (await gateway.post(LIST, headers=headers))[0] == status


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
async def test_a_bad_origin_opens_no_stream(gateway: RunningGateway, origin: str) -> None:
    status, _ = await gateway.get("/mcp", authorization=f"Bearer {ALICE}", origin=origin)

    assert status == 403


@pytest.mark.parametrize(
    ("message", "headers", "code"),
    [
        pytest.param(
            modern("tools/list"), {"mcp-method": "tools/list"}, None, id="as the specification asks"
        ),
        pytest.param(modern("tools/list"), {}, -32020, id="without Mcp-Method"),
        pytest.param(
            modern("tools/list"), {"mcp-method": "tools/call"}, -32020, id="with another Mcp-Method"
        ),
        pytest.param(
            modern("tools/call", name="a", arguments={}),
            {"mcp-method": "tools/call", "mcp-name": "b"},
            -32020,
            id="with another Mcp-Name",
        ),
        pytest.param(
            {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
            {"mcp-method": "tools/list"},
            -32602,
            id="without the envelope",
        ),
        pytest.param(b"{", {"mcp-method": "tools/list"}, -32700, id="no JSON"),
        pytest.param([modern("tools/list")], {"mcp-method": "tools/list"}, -32600, id="a batch"),
        pytest.param(
            modern("prompts/list"), {"mcp-method": "prompts/list"}, -32601, id="what is not offered"
        ),
    ],
)
async def test_headers_of_the_present_revision(
    gateway: RunningGateway, message: Any, headers: dict[str, str], code: int | None
) -> None:
    _, answer = await gateway.post(message, headers={"mcp-protocol-version": "2026-07-28", **headers})

    assert answer.get("error", {}).get("code") == code


async def test_an_unknown_revision_is_refused_with_what_is_spoken(gateway: RunningGateway) -> None:
    meta = META | {"io.modelcontextprotocol/protocolVersion": "2031-01-01"}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}

    status, answer = await gateway.post(
        message, headers={"mcp-protocol-version": "2031-01-01", "mcp-method": "tools/list"}
    )

    assert (status, answer["error"]["data"]["supported"]) == (400, ["2026-07-28"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"{", 400, id="cut JSON"),
        pytest.param(b"[" * 100_000, 400, id="JSON nested beyond reason"),
        pytest.param(b'{"jsonrpc":"2.0","id":1}', 400, id="no method"),
        pytest.param(b'"initialize"', 400, id="a string that looks like a handshake"),
        pytest.param(b'[{"method":"initialize"}]', 400, id="a batch"),
        pytest.param(b"\xff\xfe", 400, id="no UTF-8"),
    ],
)
async def test_malformed_requests_are_refused(gateway: RunningGateway, body: bytes, status: int) -> None:
    assert (await gateway.post(body))[0] == status


async def test_forms_are_refused_so_that_no_web_page_can_send_one(gateway: RunningGateway) -> None:
    status, _ = await gateway.post(LIST, headers={"content-type": "application/x-www-form-urlencoded"})

    assert status == 400


async def test_the_digest_of_a_token_is_no_token(gateway: RunningGateway) -> None:
    assert (await gateway.post(LIST, token=hashlib.sha256(ALICE.encode()).hexdigest()))[0] == 401
