"""A digest computed before the API server, after it, and from the revision made of its answer is the same."""

from __future__ import annotations

import pytest
from tests.contract.crds import good_objects as good
from tests.contract.crds.apiserver import APPLY, Server
from tests.contract.crds.edits import Object
from tests.contract.crds.objects import create, path

from cupel.api.bundle import bundle_of
from cupel.api.encoding import apply_text
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ToolRevision

pytestmark = pytest.mark.apiserver

PLAIN = {
    "whole floats": {"a": 1.0, "b": -0.0, "c": 1e16, "d": 100.0},
    "floats": {"a": 0.1, "b": 1e-7, "c": 1.7976931348623157e308, "d": 5e-324},
    "1e21 and above": {"a": 1e21, "b": 1e22, "c": 10**30},
    "big integers": {"a": 2**53 + 1, "b": 2**63 - 1, "c": -(2**63), "d": 2**63, "e": 2**64, "f": 10**20},
    "nulls": {"a": None, "b": [None, {"c": None}], "d": {}},
    "booleans and empty things": {"a": True, "b": False, "c": [], "d": {}, "e": ""},
    "keys of every kind": {"": 1, " ": 2, "a.b": 3, "~": 4, "true": 5, "1": 6, "<<": {"x": 1}, "$ref": "#/x"},
    "unicode": {"a": "é ß 漢字 😀 \U0010ffff", "b": "e\u0301", "c": "\u202e\u200b\ufeff", "ключ": "значение"},
    "line ends": {"a": "1\n2\r\n3\r4\u00855\u20286\u20297", "b": "\t\x0b\x0c"},
    "control characters": {"a": "".join(map(chr, range(0x20))) + "\x7f" + "".join(map(chr, range(0x80, 0xA0)))},
    "markup": {"a": "<script>&amp;</script>", "b": "\\ \" ' ` \\ud83d\\ude00 \\u2028"},
    "what looks like YAML": {"a": "- x: 1", "b": "yes", "c": "2026-11-21", "d": "0x10", "e": "!!python", "f": "%"},
}  # fmt: skip


@pytest.mark.parametrize("way", ["POST", "apply"])
@pytest.mark.parametrize("value", PLAIN.values(), ids=PLAIN)
def test_the_digest_is_the_same_before_and_after_the_server(
    value: Object, way: str, server: Server, namespace: str
) -> None:
    body = good.generated_tool("digest")
    body["spec"]["examples"][0] |= {"arguments": value, "result": value}
    body["spec"]["interface"]["inputSchema"]["default"] = value
    wanted = bundle_of(GeneratedTool.parse(body)).digest()
    found = send(server, namespace, body, way)
    assert bundle_of(GeneratedTool.parse(found)).digest() == wanted
    revision = good.tool_revision(found)
    kept = ToolRevision.parse(send(server, namespace, revision, way))
    assert kept.spec.bundle.digest() == kept.spec.digest == wanted


def send(server: Server, namespace: str, body: Object, way: str) -> Object:
    """Make or replace the object, by creating it or by server-side apply as the operator does."""
    name = body["metadata"]["name"]
    where = path(namespace, body["kind"], name)
    server.call("DELETE", where)
    if way == "POST":
        return create(server, namespace, body).good()
    query = "?fieldManager=cupel-operator&force=true&fieldValidation=Strict"
    return server.call("PATCH", where + query, apply_text(body).encode(), APPLY).good()
