"""From pydantic's JSON Schema to the structural schema a CRD takes; refuses what that cannot say.

Rules: "Specifying a structural schema" in the Kubernetes documentation of CustomResourceDefinitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .markers import LIST_TYPE, VALIDATIONS

Schema = dict[str, Any]

NOISE = frozenset({"title", "examples", "$defs", "discriminator", "deprecated", "propertyNames"})
KEPT = frozenset(
    "type description default enum format minimum maximum multipleOf minLength maxLength pattern minItems"
    " maxItems minProperties maxProperties required properties items additionalProperties".split()
)
PRESERVE = "x-kubernetes-preserve-unknown-fields"
TIME_CHARACTERS = 64
INT32 = 2**31 - 1


class Unstructural(ValueError):
    """A model says something that no structural schema can hold; the message begins with the field's path."""


@dataclass(frozen=True)
class Place:
    """Where in the schema we are: for messages, for `$ref`, and against recursion."""

    path: str
    definitions: Mapping[str, Schema]
    entered: tuple[str, ...] = ()

    def below(self, step: str) -> Place:
        return replace(self, path=self.path + step)

    def refuse(self, why: str) -> Unstructural:
        return Unstructural(f"{self.path}: {why}")


def structural(schema: Mapping[str, Any], path: str) -> Schema:
    """The structural form of what `model_json_schema()` gave. Raises `Unstructural`, naming the path."""
    return _node(dict(schema), Place(path, schema.get("$defs", {})))


def _node(node: Schema, place: Place) -> Schema:
    if "$ref" in node:
        return _reference(node, place)
    if "anyOf" in node:
        return _optional(node, place)
    node = _bounds(_constant(_pattern_keys(node, place)), place)
    unknown = set(node) - NOISE - KEPT - {k for k in node if k.startswith("x-kubernetes-")}
    if unknown:
        raise place.refuse(f"unsupported keywords {sorted(unknown)}")
    if "type" not in node:
        raise place.refuse("has no type")
    kept = {k: _said(v) if k == "default" else v for k, v in node.items() if k not in NOISE}
    match kept["type"]:
        case "object":
            return _object(kept, place)
        case "array":
            return _array(kept, place)
        case "number" if place.path.startswith("spec"):
            raise place.refuse("no floats in spec; use percent, per-mille or a quantity")
    return kept


def _reference(node: Schema, place: Place) -> Schema:
    name = node["$ref"].rsplit("/", 1)[-1]
    if name in place.entered:
        raise place.refuse(f"recursive model {name}")
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return _node(
        _without_null({**place.definitions[name], **beside}),
        replace(place, entered=(*place.entered, name)),
    )


def _optional(node: Schema, place: Place) -> Schema:
    """`X | None` means optional, never nullable; every other union needs a `type` field and a CEL rule."""
    choices = [choice for choice in node["anyOf"] if choice.get("type") != "null"]
    if len(choices) != 1:
        raise place.refuse("a union; use a type field, one member each, and a CEL rule")
    beside = {key: value for key, value in node.items() if key != "anyOf"}
    return _node(_without_null({**choices[0], **beside}), place)


def _without_null(node: Schema) -> Schema:
    return {key: value for key, value in node.items() if key != "default" or value is not None}


def _said(default: Any) -> Any:
    """A default without the fields it leaves absent: nothing is nullable."""
    if not isinstance(default, dict):
        return default
    return {key: _said(value) for key, value in default.items() if value is not None}


def _constant(node: Schema) -> Schema:
    """`Literal["x"]` is a `const` to pydantic, an `enum` of one to Kubernetes."""
    if "const" not in node:
        return node
    return {**{k: v for k, v in node.items() if k != "const"}, "enum": [node["const"]]}


def _pattern_keys(node: Schema, place: Place) -> Schema:
    """A map's key pattern cannot be said; a CEL rule must say what it can of it."""
    if "patternProperties" not in node:
        return node
    if VALIDATIONS not in node or len(node["patternProperties"]) != 1:
        raise place.refuse("the pattern of a map's keys needs a CEL rule")
    (values,) = node["patternProperties"].values()
    rest = {key: value for key, value in node.items() if key != "patternProperties"}
    return {**rest, "additionalProperties": values}


def _bounds(node: Schema, place: Place) -> Schema:
    """Numbers get their format, times their longest form; JSON Schema's exclusive bounds are refused."""
    if {"exclusiveMinimum", "exclusiveMaximum"} & set(node):
        raise place.refuse("an exclusive bound; use ge and le")
    if node.get("type") == "integer" and "maximum" in node:
        small = node["maximum"] <= INT32 and node.get("minimum", 0) >= -INT32
        return {**node, "format": "int32" if small else "int64"}
    if node.get("format") == "date-time":
        return {**node, "maxLength": TIME_CHARACTERS}
    return node


def _object(node: Schema, place: Place) -> Schema:
    """A closed object, a map, or free-form JSON. Pruning does the work of `additionalProperties: false`."""
    values = node.pop("additionalProperties", None)
    if "properties" in node:
        fields = {name: _node(dict(of), place.below(f".{name}")) for name, of in node["properties"].items()}
        return {**node, "properties": fields}
    if isinstance(values, dict):
        return {**node, "additionalProperties": _node(dict(values), place.below(".*"))}
    if values is True:
        return {**node, PRESERVE: True}
    raise place.refuse("an object without fields")


def _array(node: Schema, place: Place) -> Schema:
    """Lists are atomic unless the model says otherwise."""
    if "items" not in node:
        raise place.refuse("a list without one type of items")
    items = _node(dict(node["items"]), place.below("[]"))
    return {LIST_TYPE: "atomic", **node, "items": items}
