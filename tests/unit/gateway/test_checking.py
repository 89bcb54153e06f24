"""What an agent is told about arguments that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.analysis.schemas import compiled
from cupel.gateway.checking import problem

SCHEMA = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "maxLength": 5},
        "items": {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}},
        "kind": {"enum": ["a", "b"]},
    },
    "required": ["text"],
    "additionalProperties": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param({"text": "a"}, "", id="fits"),
        pytest.param({}, "`text` is required", id="missing"),
        pytest.param({"text": "a", "items": [{"id": 1}, {}]}, "`items[1].id` is required", id="missing far inside"),
        pytest.param({"text": "a", "items": [{"id": "1"}]}, "`items[0].id`: '1' is not of type 'integer'", id="wrong type"),
        pytest.param({"text": "abcdef"}, "`text`: 'abcdef' is too long", id="too long"),
        pytest.param({"text": "a", "kind": "c"}, "`kind`: 'c' is not one of ['a', 'b']", id="not in the list"),
        pytest.param({"text": "a", "x": 1}, "`arguments`: unknown field 'x'; known: items, kind, text", id="unknown"),
        pytest.param({"text": "\x1b[31m\ud800" * 2}, "`text`: ", id="control characters are not passed on"),
    ],
)  # fmt: skip
def test_said(value: dict[str, Any], said: str) -> None:
    found = problem(compiled(SCHEMA), value, "arguments")

    assert found == said if said == "" else found.startswith(said)
    assert found.encode() is not None and "\x1b" not in found


def test_a_huge_value_makes_no_huge_message() -> None:
    assert len(problem(compiled(SCHEMA), {"text": ["x"] * 100_000}, "arguments")) < 400


def test_nesting_beyond_reason_is_said() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"x": deep}
    schema = {"type": "object", "properties": {"text": {"enum": [{}]}}}

    assert problem(compiled(schema), {"text": deep}, "arguments")


def test_a_number_beyond_every_float_is_said() -> None:
    schema = {"type": "object", "properties": {"n": {"multipleOf": 0.1}}}

    assert problem(compiled(schema), {"n": 10**400}, "arguments")
