"""A tool with egress, called through the gateway: its launcher, the real egress proxy, and a target."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from tests.edge.egress.conftest import SETTINGS, approval, ledger, pod, revision
from tests.edge.egress.targets import Names, Target, plain, serving

from cupel.egress.process import Process, running
from cupel.settings.egress import egress_settings

from .conftest import RunningGateway
from .zone import OBJECT, Zone, tool_body

CODE = """\
def run(ctx, /, url: str) -> dict:
    answer = ctx.http.get(url)
    return {"status": answer.status, "text": answer.text}
"""
URL = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}


@dataclass
class Outside:
    """The egress proxy, and a server it lets nobody reach until told."""

    proxy: Process
    target: Target

    @property
    def pair(self) -> str:
        return f"api.example:{self.target.port}"


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    names = Names()
    names.says("api.example", ["127.0.0.1"])
    async with (
        serving(plain(b"hello")) as target,
        running(egress_settings(SETTINGS), names, lambda _: ()) as proxy,
    ):
        zone = {"metadata": {"name": "tools", "labels": {"cupel.dev/zone": "serving"}}}
        proxy.directory.zones.replace([zone])
        for store in (proxy.directory.pods, proxy.directory.ledgers, proxy.directory.revisions):
            store.replace([])
        yield Outside(proxy, target)


@pytest.fixture
def environment(outside: Outside) -> dict[str, str]:
    return {"CUPEL_EGRESS_PROXY": f"http://127.0.0.1:{outside.proxy.port}"}


async def test_a_tool_with_approved_egress_is_listed_and_reaches_its_target(
    outside: Outside, zone: Zone, gateway: RunningGateway
) -> None:
    body = tool_body(
        "looks", code=CODE, input_schema=URL, output_schema=OBJECT, permissions={"egress": [outside.pair]}
    )
    made = await zone.publish(body)
    await gateway.listed("looks")
    arguments = {"url": f"http://{outside.pair}/v1"}

    stranger = await gateway.call("looks", arguments)
    assert (
        "(EgressRefused): this address is not that of exactly one running Pod"
        in stranger["content"][0]["text"]
    )

    directory = outside.proxy.directory
    directory.revisions.changed(revision(made))
    directory.ledgers.changed(ledger({made.digest(): approval((outside.pair,))}))
    directory.pods.changed(pod(made.digest()))
    known = await gateway.call("looks", arguments)

    assert known["structuredContent"] == {"status": 200, "text": "hello"}
    assert outside.target.last.startswith(b"GET /v1 HTTP/1.1\r\n")
