"""From pydantic to structural schemas: what becomes of each thing a model can say, and what is refused, with its path."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from cupel.api.common import Digest, JsonObject, Model
from cupel.api.markers import ATOMIC_MAP, EMPTY, UNIQUE, keyed_by, rule, rules
from cupel.api.structural import Unstructural, structural


class Inner(Model):
    """An inner object."""

    name: str = Field(description="Its name.")


class Outer(Model):
    """An outer object."""

    name: str | None = Field(default=None, description="Its name.")
    n: Literal[1] = Field(default=1, description="One.")


class Leaf(Model):
    """Refers to itself."""

    below: Leaf | None = None


def of(annotation: Any, **field: Any) -> dict[str, Any]:
    """The structural schema of `spec.x` with this annotation."""
    made = type("Made", (Model,), {"__annotations__": {"x": annotation}, "x": Field(**field)})
    found: dict[str, Any] = structural(made.model_json_schema(), "spec")["properties"]["x"]
    return found


NAME = {"name": {"type": "string", "description": "Its name."}}
INNER = {"type": "object", "description": "An inner object.", "required": ["name"], "properties": NAME}
OUTER = {"type": "object", "description": "An outer object.", "properties": {**NAME, "n": {"type": "integer", "enum": [1], "default": 1, "description": "One."}}}  # fmt: skip
BECOMES = [
    ("a string", Annotated[str, Field(max_length=3)], {}, {"type": "string", "maxLength": 3}),
    ("an optional string, never nullable", str | None, {"default": None}, {"type": "string"}),
    ("a default", str, {"default": "x"}, {"type": "string", "default": "x"}),
    ("a choice", Literal["A", "B"], {}, {"type": "string", "enum": ["A", "B"]}),
    ("a choice of one", Literal["A"], {}, {"type": "string", "enum": ["A"]}),
    ("an optional choice", Literal["A"] | None, {"default": None}, {"type": "string", "enum": ["A"]}),
    ("a small integer", Annotated[int, Field(ge=0, le=9)], {}, {"type": "integer", "minimum": 0, "maximum": 9, "format": "int32"}),
    ("a large integer", Annotated[int, Field(ge=0, le=2**53)], {}, {"type": "integer", "minimum": 0, "maximum": 2**53, "format": "int64"}),
    ("a time", datetime, {}, {"type": "string", "format": "date-time", "maxLength": 64}),
    ("a model, inlined", Inner, {}, INNER),
    ("a model with its own words", Inner, {"description": "Mine."}, {**INNER, "description": "Mine."}),
    ("an optional model", Inner | None, {"default": None}, INNER),
    ("a default that leaves a field absent", Outer, {"default": Outer()}, {**OUTER, "default": {"n": 1}}),
    ("free-form JSON", JsonObject, {}, {"type": "object", "maxProperties": 1000, "x-kubernetes-preserve-unknown-fields": True}),
    ("free-form JSON with a default", JsonObject, {"default_factory": dict, "json_schema_extra": EMPTY}, {"type": "object", "maxProperties": 1000, "default": {}, "x-kubernetes-preserve-unknown-fields": True}),
    ("a list, atomic", Annotated[tuple[str, ...], Field(max_length=2)], {}, {"type": "array", "maxItems": 2, "items": {"type": "string"}, "x-kubernetes-list-type": "atomic"}),
    ("a set", tuple[str, ...], {"json_schema_extra": UNIQUE}, {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}),
    ("a list by name", tuple[Inner, ...], {"json_schema_extra": keyed_by("name")}, {"type": "array", "items": INNER, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}),
    ("a map", dict[str, Inner], {"json_schema_extra": ATOMIC_MAP}, {"type": "object", "additionalProperties": INNER, "default": {}, "x-kubernetes-map-type": "atomic"}),
    ("a map with patterned keys and a rule", dict[Digest, str], {"json_schema_extra": rules(rule("true", "ok"))}, {"type": "object", "additionalProperties": {"type": "string"}, "x-kubernetes-validations": [{"rule": "true", "message": "ok"}]}),
    ("a rule with a field", str, {"json_schema_extra": rules(rule("r", "m", field=".x"))}, {"type": "string", "x-kubernetes-validations": [{"rule": "r", "message": "m", "fieldPath": ".x"}]}),
]  # fmt: skip
REFUSED = [
    ("a union", str | int, {}, "spec.x: a union"),
    ("a union in a list", tuple[str | int, ...], {}, "spec.x[]: a union"),
    ("a union in a map", dict[str, str | int], {}, "spec.x.*: a union"),
    ("a float", float, {}, "spec.x: no floats"),
    ("a float in a list", tuple[float, ...], {}, "spec.x[]: no floats"),
    ("a model that holds itself", Leaf, {}, "spec.x.below: recursive model Leaf"),
    ("a pair", tuple[str, int], {}, "spec.x: unsupported keywords ['prefixItems']"),
    ("anything", Any, {}, "spec.x: has no type"),
    ("an exclusive bound", Annotated[int, Field(gt=0)], {}, "spec.x: an exclusive bound"),
    ("a Python set", set[str], {}, "spec.x: unsupported keywords ['uniqueItems']"),
    ("patterned keys without a rule", dict[Digest, str], {}, "spec.x: the pattern of a map's keys"),
    ("a keyword nobody knows", str, {"json_schema_extra": {"contentEncoding": "x"}}, "spec.x: unsupported"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("annotation", "field", "schema"), [row[1:] for row in BECOMES], ids=[r[0] for r in BECOMES]
)
def test_what_a_model_says_becomes_a_structural_schema(
    annotation: Any, field: dict[str, Any], schema: object
) -> None:
    assert of(annotation, **field) == schema


@pytest.mark.parametrize(
    ("annotation", "field", "said"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_no_structural_schema_can_say_is_refused_with_its_path(
    annotation: Any, field: dict[str, Any], said: str
) -> None:
    with pytest.raises(Unstructural) as refused:
        of(annotation, **field)
    assert str(refused.value).startswith(said)


def test_an_object_without_fields_is_refused() -> None:
    with pytest.raises(Unstructural, match="without fields"):
        structural({"type": "object"}, "status")


def test_floats_may_stand_in_status() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "number"}}}
    assert structural(schema, "status")["properties"]["x"] == {"type": "number"}
