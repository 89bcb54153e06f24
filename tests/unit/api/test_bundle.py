"""Bundle, digest and the names made of them: golden values, which may never change, and what makes no difference."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.crds import good_objects as good
from tests.contract.crds.edits import ABSENT, changed

from cupel.api.bundle import (
    BUNDLE_FORMAT,
    Bundle,
    bundle_of,
    canonical,
    depth,
    hexdigits,
    nesting,
    revision_name,
    short,
)
from cupel.api.generated_tool import GeneratedTool


def bundle(**edits: Any) -> Bundle:
    """The bundle of the good tool, changed at these paths (`__` stands for a dot)."""
    paths = {path.replace("__", "."): value for path, value in edits.items()}
    return bundle_of(GeneratedTool.parse(changed(good.generated_tool(), paths)))


SMALLEST = (
    b'{"code":"def run(text: str) -> dict:\\n    return {\'words\': len(text.split())}\\n","description":"d",'
    b'"examples":[{"arguments":{},"exchanges":[],"liveCheck":"Once","name":"e","result":{}}],'
    b'"format":"cupel.dev/bundle/v1","interface":{"inputSchema":{"type":"object"},"outputSchema":'
    b'{"type":"object"},"toolName":"smallest"},"permissions":{"egress":[],"state":"None"},"tests":[],'
    b'"tool":"smallest"}'
)


def test_the_smallest_bundle_byte_for_byte() -> None:
    made = bundle_of(GeneratedTool.parse(good.smallest_tool()))
    assert made.content() == SMALLEST
    assert made.digest() == "sha256-f543dcce658a94ae4b49ba682d512051f36a3a776c415110548e1e3771f435fb"


def test_the_digest_of_the_full_bundle() -> None:
    assert bundle().digest() == "sha256-78b7d03efd8a300ce0d4f086a3d5a9dbdb932e1ab5bb5e3fa774cdd7e52d3414"


def test_the_digest_is_the_hash_of_the_file() -> None:
    assert hexdigits(bundle().digest()) == hashlib.sha256(bundle().content()).hexdigest()


def test_a_bundle_read_back_from_its_file_has_its_digest() -> None:
    assert Bundle.model_validate_json(bundle().content()).digest() == bundle().digest()


def test_the_mcp_name_is_filled_in() -> None:
    assert bundle(spec__interface__toolName=ABSENT).interface.tool_name == "word-count"


CHANGES = [
    ("description", {"spec__description": "Count."}),
    ("code", {"spec__source__inline__code": good.CODE + "\n"}),
    ("MCP name", {"spec__interface__toolName": "other"}),
    ("input schema", {"spec__interface__inputSchema": {"type": "object"}}),
    ("output schema", {"spec__interface__outputSchema": {"type": "object"}}),
    ("an example", {"spec__examples[0]__result": {"words": 3}}),
    ("order of examples", {"spec__examples": good.generated_tool()["spec"]["examples"][::-1]}),
    ("a test", {"spec__tests": []}),
    ("egress", {"spec__permissions__egress": []}),
    ("state", {"spec__permissions__state": "None"}),
    ("a credential", {"spec__permissions__credentials": ["weather-key"]}),
    ("object name", {"metadata__name": "other"}),
    ("a null instead of nothing", {"spec__examples[0]__arguments": {"text": "a b", "x": None}}),
]
NO_CHANGES = [
    ("replicas", {"spec__serving__replicas": 7}),
    ("policy", {"spec__policyRef__name": "other"}),
    ("attempt", {"spec__attempt": 3}),
    ("retirement", {"spec__lifecycle": "Active"}),
    ("a successor", {"spec__successor": "better"}),
    ("requester", {"spec__requestedBy": "eve", "spec__contributors": ["x"], "spec__onBehalfOf": "y"}),
    ("no credentials spelled out", {"spec__permissions__credentials": []}),
    ("a default spelled out", {"spec__examples[0]__liveCheck": "Once"}),
    ("order of keys", {"spec__examples[0]": {"result": {"words": 2}, "arguments": {"text": "a b"}, "name": "two-words"}}),
    ("a whole number as a float", {"spec__examples[0]__result": {"words": 2.0}}),
    ("namespace and labels", {"metadata__namespace": "n", "metadata__labels": {"a": "b"}}),
]  # fmt: skip


@pytest.mark.parametrize("edits", [row[1] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_makes_another_digest(edits: dict[str, Any]) -> None:
    assert bundle(**edits).digest() != bundle().digest()


def test_a_bundle_without_credentials_does_not_name_them() -> None:
    """Bundles from before the field keep their bytes."""
    assert b"credentials" not in bundle().content()
    assert (
        b'"credentials":["weather-key"]' in bundle(spec__permissions__credentials=["weather-key"]).content()
    )


@pytest.mark.parametrize("edits", [row[1] for row in NO_CHANGES], ids=[row[0] for row in NO_CHANGES])
def test_what_makes_no_other_digest(edits: dict[str, Any]) -> None:
    assert bundle(**edits).digest() == bundle().digest()


NUMBERS = [
    ("an integer", 1, b"1"),
    ("a whole float", 1.0, b"1"),
    ("minus nothing", -0.0, b"0"),
    ("a fraction", 0.1, b"0.1"),
    ("a small one", 1e-7, b"1e-07"),
    ("1e16", 1e16, b"10000000000000000"),
    ("1e20", 1e20, b"100000000000000000000"),
    ("1e20 as an integer", 10**20, b"100000000000000000000"),
    ("1e21", 1e21, b"1e+21"),
    ("1e21 as an integer", 10**21, b"1e+21"),
    ("above the mantissa", 2**53 + 1, b"9007199254740993"),
    ("the largest int64", 2**63 - 1, b"9223372036854775807"),
    ("above int64, as Go spells it", 2**63, b"9223372036854776000"),
    ("the smallest int64", -(2**63), b"-9223372036854775808"),
    ("below int64", -(2**63) - 1, b"-9223372036854776000"),
    ("true is no number", True, b"true"),
]


@pytest.mark.parametrize(("value", "text"), [row[1:] for row in NUMBERS], ids=[row[0] for row in NUMBERS])
def test_numbers_are_written_as_the_api_server_keeps_them(value: object, text: bytes) -> None:
    assert canonical(value) == text


UNWRITABLE = [
    ("not a number", float("nan")),
    ("infinity", [float("inf")]),
    ("too large for a float", {"a": 10**400}),
    ("half a character", "\ud83d"),
]


@pytest.mark.parametrize("value", [row[1] for row in UNWRITABLE], ids=[row[0] for row in UNWRITABLE])
def test_what_has_no_canonical_form_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError):
        canonical(value)


def test_text_is_written_as_it_is() -> None:
    assert canonical({"b": "é😀<&>\u2028", "a": "\n"}) == '{"a":"\\n","b":"é😀<&>\u2028"}'.encode()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_canonical_form_is_a_fixed_point(value: object) -> None:
    once = canonical(value)
    assert canonical(json.loads(once)) == once


DIGEST = "sha256-" + "0123456789abcdef" * 4
NAMES = [
    ("a short name", "words", "words-0123456789"),
    ("52 characters", "w" * 52, "w" * 52 + "-0123456789"),
    ("53 characters", "w" * 53, "w" * 52 + "-0123456789"),
    ("63 characters", "w" * 63, "w" * 52 + "-0123456789"),
    ("cut at a hyphen", "w" * 51 + "-" + "x" * 11, "w" * 51 + "-0123456789"),
    ("cut at hyphens", "w" * 40 + "-" * 12 + "x" * 11, "w" * 40 + "-0123456789"),
]


@pytest.mark.parametrize(("tool", "name"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
def test_a_revision_is_named_after_tool_and_digest(tool: str, name: str) -> None:
    assert revision_name(tool, DIGEST) == name
    assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name)
    assert len(name) <= 63


def test_short_is_a_label_value() -> None:
    assert short(DIGEST) == ("0123456789abcdef" * 4)[:40]


DEPTHS = [
    ("a number", 1, 0),
    ("empty", {}, 1),
    ("flat", {"a": 1}, 1),
    ("a list in an object", {"a": [1]}, 2),
    ("the deeper branch", {"a": [[1]], "b": {}}, 3),
]


@pytest.mark.parametrize(("value", "levels"), [row[1:] for row in DEPTHS], ids=[row[0] for row in DEPTHS])
def test_depth_counts_objects_and_lists(value: object, levels: int) -> None:
    assert depth(value) == levels


def test_depth_takes_what_would_overflow_the_stack() -> None:
    value: object = 1
    for _ in range(100_000):
        value = [value]
    assert depth(value) == 100_000


@pytest.mark.parametrize(
    "path",
    [
        "spec__interface__inputSchema",
        "spec__interface__outputSchema",
        "spec__examples[0]__arguments",
        "spec__examples[0]__result",
        "spec__tests[0]__state__before",
        "spec__tests[0]__state__after",
    ],
)
def test_nesting_looks_at_every_free_field(path: str) -> None:
    deep: dict[str, Any] = {"a": {"b": {"c": {"d": {"e": {}}}}}}
    body = changed(good.generated_tool(), {path.replace("__", "."): deep})
    assert nesting(GeneratedTool.parse(body)) == 6


def test_the_format_is_part_of_the_content() -> None:
    assert json.loads(bundle().content())["format"] == BUNDLE_FORMAT
