"""The harness's own reading of JSON Schema agrees with the operator's, which is the `jsonschema` package on RE2."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cupel.analysis.schemas import violation
from cupel_sandbox.conform import problem
from cupel_sandbox.draw import arguments
from cupel_sandbox.edges import at_bounds

REF = {"$defs": {"n": {"type": "integer", "minimum": 1}}, "properties": {"a": {"$ref": "#/$defs/n"}}}
PARTS = {
    "a type": {"type": "integer"},
    "two types": {"type": ["string", "null"]},
    "numbers in bounds": {"type": "number", "minimum": -1, "exclusiveMaximum": 2.5},
    "multiples": {"type": "number", "multipleOf": 0.5, "exclusiveMinimum": 0},
    "whole multiples": {"type": "integer", "multipleOf": 3, "maximum": 30},
    "text in bounds": {"type": "string", "minLength": 1, "maxLength": 3},
    "a pattern": {"type": "string", "pattern": "^[a-c]+$"},
    "a pattern anywhere": {"type": "string", "pattern": "a$|^b"},
    "a pattern of classes": {"pattern": "^\\d{1,3}$", "type": "string"},
    "a constant": {"const": {"a": [1, True]}},
    "choices": {"enum": [1, "1", None, True, [0]]},
    "a list": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3},
    "different items": {"type": "array", "uniqueItems": True, "items": {"enum": [1, True, "a", 1.0]}},
    "a tuple": {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
    "a list that contains": {"type": "array", "contains": {"const": 1}, "maxContains": 2},
    "an object": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
    "a closed object": {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
    "names": {
        "type": "object",
        "propertyNames": {"maxLength": 2},
        "additionalProperties": {"type": "integer"},
    },
    "properties by pattern": {
        "type": "object",
        "patternProperties": {"^a": {"type": "null"}},
        "minProperties": 1,
    },
    "dependent names": {"type": "object", "dependentRequired": {"a": ["b"]}},
    "dependent schemas": {"type": "object", "dependentSchemas": {"a": {"maxProperties": 1}}},
    "all of": {"allOf": [{"type": "integer"}, {"minimum": 3}]},
    "any of": {"anyOf": [{"type": "string"}, {"type": "integer", "maximum": 3}]},
    "one of": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 2}]},
    "not": {"not": {"type": "string"}},
    "if, then, else": {"if": {"type": "string"}, "then": {"maxLength": 2}, "else": {"type": "null"}},
}
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 40), st.sampled_from([0.5, 1.0, 2.5, 3.0, -1.5]),
    st.sampled_from(["", "a", "b", "ab", "abc", "abcd", "1", "12", "1\n", "a\n"]),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "ab", "abc"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def whole(part):
    return {"type": "object", "properties": {"v": part}, "required": ["v"]}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(value=VALUES)
def test_it_agrees_about(part, value):
    schema, instance = whole(part), {"v": value}

    assert bool(problem(schema, instance)) == bool(violation(schema, instance)), (part, value)


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_is_drawn_is_allowed(part, data):
    schema = whole(part)
    drawn = data.draw(arguments(schema))

    assert violation(schema, drawn) == ""
    assert [violation(schema, moved) for moved in at_bounds(schema, drawn) if violation(schema, moved)] == []


@given(data=st.data())
@settings(max_examples=15, deadline=None, derandomize=True)
def test_references_are_followed(data):
    schema = {"type": "object", **REF, "required": ["a"]}

    assert violation(schema, data.draw(arguments(schema))) == ""
    assert "a is too small" in problem(schema, {"a": 0})


def test_bounds_are_tried_one_by_one_from_what_is_known():
    schema = {
        "type": "object", "properties": {"n": {"type": "integer", "minimum": 1, "maximum": 9}, "t": {"type": "boolean"}},
        "required": ["n"], "additionalProperties": False,
    }  # fmt: skip
    moved = [json.dumps(each) for each in at_bounds(schema, {"n": 5, "t": True})]

    for wanted in ({"n": 1, "t": True}, {"n": 9, "t": True}, {"n": 5, "t": False}, {"n": 5}):
        assert json.dumps(wanted) in moved


def test_a_value_without_end_is_told_and_not_followed():
    deep: object = 1
    for _ in range(5_000):
        deep = [deep]
    schema = {"type": "object", "properties": {"v": {"const": 1}}}

    assert problem(schema, {"v": deep}) == "it is nested too deeply"
