"""JSON as deep as the API server takes it: refused by name, and no harm to anybody else."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator

import pytest
from tests.contract.crds import good_objects as good
from tests.contract.crds.apiserver import Server

from cupel.api.bundle import MAX_DEPTH, nesting
from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.decide.asked import digest_asked
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.resources import GENERATED_TOOL
from cupel.kube.stores import stored

pytestmark = pytest.mark.apiserver

DEEP = 9_900


@pytest.fixture
def deep(server: Server, namespace: str) -> Iterator[str]:
    """A tool whose example is nested as deep as the server takes."""
    body = json.dumps(good.generated_tool("deep")).replace(
        '{"text": "a b"}', '{"a":' * DEEP + "1" + "}" * DEEP
    )
    where = f"/apis/cupel.dev/v1alpha1/namespaces/{namespace}/generatedtools"
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(30_000)  # for this test's own reading; the client under test sets its own
    server.call("POST", where, body.encode()).good()
    sys.setrecursionlimit(before)
    yield namespace
    server.call("DELETE", f"{where}/deep?propagationPolicy=Background", {"kind": "DeleteOptions"})
    sys.setrecursionlimit(before)


async def listing(server: Server, namespace: str) -> JsonObject:
    """All tools of a namespace, read as the operator reads them."""
    client = Client(api_client(await configuration({"KUBECONFIG": str(server.kubeconfig)})))
    try:
        return await client.list(GENERATED_TOOL, namespace)
    finally:
        await client.close()


def test_a_very_deep_tool_can_be_listed_stored_and_refused(deep: str, server: Server) -> None:
    listed = asyncio.run(listing(server, deep))
    (found,) = [item for item in listed["items"] if item["metadata"]["name"] == "deep"]
    kept = stored(GENERATED_TOOL, found)
    tool = GeneratedTool.parse(kept.body())
    assert nesting(tool) == DEEP > MAX_DEPTH
    assert digest_asked(tool) == ""
