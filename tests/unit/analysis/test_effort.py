"""What checking a value takes is known before it is done, and too much is refused at once."""

from __future__ import annotations

import time
from typing import Any

import pytest

from cupel.analysis.effort import MOST
from cupel.analysis.schemas import SchemaProblem, compiled, violation

LEAF = {"type": "integer"}


def root(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def doubled(steps: int) -> dict[str, Any]:
    """Of a few bytes, and 2 to the power of `steps` once its references are followed."""
    defs: dict[str, Any] = {
        f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"$ref": f"#/$defs/d{n + 1}"}]}
        for n in range(steps)
    }
    defs[f"d{steps}"] = {"maxLength": 9}
    return root(p={"type": "array", "items": {"$ref": "#/$defs/d0"}}) | {"$defs": defs}


@pytest.mark.parametrize(
    ("schema", "value", "pairs"),
    [
        pytest.param(root(), {}, 1, id="a root alone"),
        pytest.param(root(a=LEAF), {"a": 1}, 2, id="a field"),
        pytest.param(root(a=LEAF), {"b": 1}, 1, id="a field that is not there"),
        pytest.param(root(a={"type": "array", "items": LEAF}), {"a": [1] * 50}, 52, id="every item"),
        pytest.param(
            root(a={"type": "array", "prefixItems": [LEAF, LEAF]}), {"a": [1] * 9}, 4, id="the first items"
        ),
        pytest.param(root() | {"additionalProperties": LEAF}, {"a": 1, "b": 2}, 3, id="every field"),
        pytest.param(root(a={"allOf": [LEAF, LEAF, {"not": LEAF}]}), {"a": 1}, 6, id="branches of one value"),
        pytest.param(root(a={"enum": list(range(80))}), {"a": 1}, 12, id="a long list of what is allowed"),
        pytest.param(
            root(a={"type": "array", "items": {"anyOf": [LEAF, LEAF]}}),
            {"a": [1] * 10},
            32,
            id="branches of every item",
        ),
        pytest.param(
            root(a={"allOf": [LEAF], "unevaluatedProperties": False}),
            {"a": {"x": 1}},
            5,
            id="what is left over",
        ),
    ],
)
def test_pairs_of_subschema_and_value(schema: dict[str, Any], value: Any, pairs: int) -> None:
    assert compiled(schema).effort(value) == pairs


def test_counting_ends_where_it_is_too_much() -> None:
    found = compiled(doubled(8)).effort({"p": ["x"] * 100_000}, 5_000)

    assert 5_000 < found < 210_000


def test_a_value_that_takes_too_much_is_refused_at_once() -> None:
    began = time.process_time()

    said = violation(doubled(8), {"p": ["x"] * 10_000})

    assert f"more than {MOST} comparisons" in said
    assert time.process_time() - began < 2


def test_a_schema_that_grows_too_large_is_refused_before_it_is_checked() -> None:
    with pytest.raises(SchemaProblem, match="too large"):
        compiled(doubled(11))


def test_five_thousand_rows_of_ten_columns_are_no_trouble() -> None:
    row = {"type": "object", "properties": {f"c{n}": {"type": "string"} for n in range(10)}}
    value = {"rows": [{f"c{n}": "x" for n in range(10)}] * 5_000}

    assert compiled(root(rows={"type": "array", "items": row})).effort(value) < MOST / 4
