"""`call`: how key=value becomes what the tool's schema wants."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.cli.call import value_of


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        pytest.param("3", {"type": "string"}, "3", id="a string stays one"),
        pytest.param("3", {"type": "integer"}, 3, id="a number where one is wanted"),
        pytest.param("true", {"type": "boolean"}, True, id="a truth value"),
        pytest.param('["a"]', {"type": "array"}, ["a"], id="a list as JSON"),
        pytest.param("a b", None, "a b", id="no schema, no JSON: a string"),
        pytest.param("3", None, 3, id="no schema: JSON"),
        pytest.param("{", {"type": "object"}, "{", id="broken JSON is left to the tool's schema"),
        pytest.param("3", True, 3, id="a schema that is no object"),
    ],
)
def test_a_value_is_read_by_its_schema(text: str, schema: Any, value: Any) -> None:
    assert value_of(text, schema) == value
