"""The launcher and the operator agree on one file and its hash, without sharing code."""

import hashlib
import json

import pytest

from cupel.api.bundle import Bundle, hexdigits
from cupel.api.generated_tool import Interface
from cupel.api.permissions import Permissions
from cupel_sandbox.bundle import BundleMismatch, BundleUnusable, read_bundle

TOOL = Bundle(
    tool="word-count",
    description="Count the words of a text: größer als 大小.",
    interface=Interface(tool_name="words", input_schema={"type": "object"}, output_schema={"type": "object"}),
    code="def run(text):\n    return {'words': len(text.split())}\n",
    permissions=Permissions(egress=("api.example.com:443",), state="PerTenant"),
    examples=(),
)


def written(tmp_path, content):
    path = tmp_path / "bundle.json"
    path.write_bytes(content)
    return str(path), hashlib.sha256(content).hexdigest()


def test_the_operators_bundle_is_read_whole(tmp_path):
    path, _ = written(tmp_path, TOOL.content())
    read = read_bundle(path, hexdigits(TOOL.digest()))
    assert read.definition() == {
        "digest": TOOL.digest(),
        "tool": "word-count",
        "toolName": "words",
        "description": TOOL.description,
        "inputSchema": {"type": "object"},
        "outputSchema": {"type": "object"},
    }
    assert (read.code, read.egress, read.keeps_state) == (TOOL.code, frozenset({"api.example.com:443"}), True)


def test_a_bundle_that_asks_for_nothing_may_do_nothing(tmp_path):
    plain = TOOL.model_copy(update={"permissions": Permissions()})
    path, sha256 = written(tmp_path, plain.content())
    read = read_bundle(path, sha256)
    assert (read.egress, read.keeps_state) == (frozenset(), False)


CHANGES = {
    "one byte more": lambda content: content + b" ",
    "one byte less": lambda content: content[:-1],
    "other code": lambda content: content.replace(b"words", b"Words", 1),
    "nothing": lambda content: b"",
    "more than a bundle may have": lambda content: content + b" " * 524_288,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_file_is_refused(tmp_path, change):
    path, _ = written(tmp_path, change(TOOL.content()))
    with pytest.raises(BundleMismatch, match="is not the approved bundle"):
        read_bundle(path, hexdigits(TOOL.digest()))


def test_a_file_over_the_bound_is_refused_even_with_its_own_hash(tmp_path):
    path, sha256 = written(tmp_path, b" " * 524_289)
    with pytest.raises(BundleMismatch):
        read_bundle(path, sha256)


USELESS = {
    "no JSON": b"{",
    "not UTF-8": b"\xff\xfe",
    "a list": b"[]",
    "a number": b"1",
    "no code": json.dumps({"tool": "a", "description": "", "interface": {}}).encode(),
    "interface is text": json.dumps({"tool": "a", "description": "", "interface": "", "code": ""}).encode(),
    "nested without end": b"[" * 100_000,
}


@pytest.mark.parametrize("content", USELESS.values(), ids=USELESS)
def test_what_is_no_bundle_is_said_to_be_none(tmp_path, content):
    path, sha256 = written(tmp_path, content)
    with pytest.raises(BundleUnusable, match="is no bundle"):
        read_bundle(path, sha256)


def test_no_file(tmp_path):
    with pytest.raises(BundleUnusable, match="cannot be read: No such file"):
        read_bundle(str(tmp_path / "none"), "0" * 64)
