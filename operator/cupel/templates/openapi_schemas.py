"""Schemas of an OpenAPI document as ours: bounded, references resolved, with a sample of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cupel.api.common import JsonObject

from .openapi_document import Document
from .problem import TemplateProblem

MAX_DEPTH = 8
MAX_PARTS = 300
LONGEST_TEXT = 2_000
LONGEST_ANSWER = 200_000
MOST_ITEMS = 1_000
MOST_SAMPLED = 2_000
TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")


class Reader:
    """Reads schemas of one document; what is too deep or too much becomes `anything`."""

    def __init__(self, document: Document, strict: bool) -> None:
        self.document = document
        self.strict = strict
        """Whether objects are closed and bounded: arguments are, answers are the server's."""
        self.parts = 0

    def schema(self, given: Any, depth: int = 0) -> JsonObject:
        """The schema in our form."""
        self.parts += 1
        if not isinstance(given, Mapping) or depth > MAX_DEPTH or self.parts > MAX_PARTS:
            return self._anything(depth)
        node = self.document.resolved(given)
        if isinstance(node.get("allOf"), list) and node["allOf"]:
            node = self._merged(node)
        for several in ("oneOf", "anyOf"):
            if isinstance(node.get(several), list) and node[several]:
                return {"anyOf": [self.schema(each, depth + 1) for each in node[several][:8]]}
        enum = node.get("enum")
        if (
            isinstance(enum, list)
            and 0 < len(enum) <= 200
            and all(isinstance(e, str | int | float | bool) for e in enum)
        ):
            return self._with_null({"enum": enum}, node)
        return self._with_null(self._typed(_kind(node), node, depth), node)

    def _anything(self, depth: int) -> JsonObject:
        if self.strict and depth == 0:
            raise TemplateProblem("document", "an argument has no schema; give it a type")
        return {}

    def _merged(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """`allOf` as one object."""
        merged: dict[str, Any] = {key: value for key, value in node.items() if key != "allOf"}
        for each in node["allOf"][:16]:
            part = self.document.resolved(each)
            properties = {**_mapping(merged.get("properties")), **_mapping(part.get("properties"))}
            required = [*_names(merged.get("required")), *_names(part.get("required"))]
            merged = {**part, **merged, "properties": properties, "required": required}
        return {key: value for key, value in merged.items() if key != "allOf"}

    def _with_null(self, schema: JsonObject, node: Mapping[str, Any]) -> JsonObject:
        types = node.get("type")
        nullable = node.get("nullable") is True or (isinstance(types, list) and "null" in types)
        if not nullable or self.strict:
            return schema
        return {"anyOf": [schema, {"type": "null"}]}

    def _typed(self, kind: str, node: Mapping[str, Any], depth: int) -> JsonObject:
        match kind:
            case "string":
                longest = LONGEST_TEXT if self.strict else LONGEST_ANSWER
                low, high = _size(node, "minLength", "maxLength", longest)
                return {
                    "type": "string",
                    "maxLength": high,
                    **({"minLength": low} if low and self.strict else {}),
                }
            case "integer" | "number":
                return self._number(kind, node)
            case "boolean" | "null":
                return {"type": kind}
            case "array":
                low, high = _size(node, "minItems", "maxItems", 100 if self.strict else MOST_ITEMS)
                items = self.schema(node.get("items", {}), depth + 1)
                return {
                    "type": "array",
                    "items": items,
                    "maxItems": high,
                    **({"minItems": low} if low and self.strict else {}),
                }
            case "object":
                return self._object(node, depth)
        return self._anything(depth)

    def _number(self, kind: str, node: Mapping[str, Any]) -> JsonObject:
        if not self.strict:
            return {"type": kind}
        low, high = (_finite(node.get(name)) for name in ("minimum", "maximum"))
        low, high = (-1e12 if low is None else low), (1e12 if high is None else high)
        if low > high:
            raise TemplateProblem("document", "a minimum lies above its maximum")
        return {"type": kind, "minimum": _plain(low), "maximum": _plain(high)}

    def _object(self, node: Mapping[str, Any], depth: int) -> JsonObject:
        properties = _mapping(node.get("properties"))
        if len(properties) > 64:
            raise TemplateProblem(
                "document", "an object has more than 64 properties; use a smaller operation"
            )
        made = {str(name): self.schema(each, depth + 1) for name, each in properties.items()}
        required = [name for name in dict.fromkeys(_names(node.get("required"))) if name in made]
        shape: JsonObject = {"type": "object", "properties": made, "required": required}
        if self.strict:
            return {**shape, "additionalProperties": False}
        return shape


def sample(schema: JsonObject, turn: int = 0) -> Any:
    """A value of one of our schemas; another for another turn where there is one."""
    if _parts(schema) > MOST_SAMPLED:
        raise TemplateProblem(
            "document", f"an example would need more than {MOST_SAMPLED} values; lower `minItems`"
        )
    return _sampled(schema, turn)


def _parts(schema: JsonObject) -> int:
    """How many values a sample has."""
    match schema.get("type"):
        case "array":
            return 1 + max(1, int(schema.get("minItems", 0))) * _parts(schema["items"])
        case "object":
            return 1 + sum(_parts(each) for each in schema["properties"].values())
    return _parts(schema["anyOf"][0]) if "anyOf" in schema else 1


def _sampled(schema: JsonObject, turn: int) -> Any:
    if "enum" in schema:
        return schema["enum"][turn % len(schema["enum"])]
    if "anyOf" in schema:
        return _sampled(schema["anyOf"][0], turn)
    match schema.get("type"):
        case "string":
            return (f"sample {turn + 1}" + "x" * schema.get("minLength", 0))[: schema["maxLength"]]
        case "integer" | "number":
            low, high = schema.get("minimum", -1e12), schema.get("maximum", 1e12)
            return _plain(min(max(low, turn + 1), high))
        case "boolean":
            return turn % 2 == 0
        case "array":
            return [
                _sampled(schema["items"], turn + place) for place in range(max(1, schema.get("minItems", 0)))
            ][: schema["maxItems"]]
        case "object":
            return {name: _sampled(each, turn) for name, each in schema["properties"].items()}
    return {}


def without_null(value: Any) -> Any:
    """The value without fields that are null: the API server keeps none."""
    if isinstance(value, Mapping):
        return {key: without_null(each) for key, each in value.items() if each is not None}
    return [without_null(each) for each in value] if isinstance(value, list) else value


def is_json(value: Any) -> bool:
    """Whether an example of the document is plain JSON of a size we record."""
    try:
        return len(json.dumps(value, allow_nan=False)) <= 8_000
    except (TypeError, ValueError):
        return False


def _kind(node: Mapping[str, Any]) -> str:
    types = node.get("type")
    named = [
        each for each in (types if isinstance(types, list) else [types]) if each in TYPES and each != "null"
    ]
    if named:
        return str(named[0])
    return "object" if "properties" in node else "array" if "items" in node else ""


def _size(node: Mapping[str, Any], lowest: str, highest: str, most: int) -> tuple[int, int]:
    low, high = node.get(lowest), node.get(highest)
    low = low if isinstance(low, int) and low > 0 else 0
    high = min(high, most) if isinstance(high, int) and high > 0 else most
    if low > high:
        raise TemplateProblem(
            "document", f"{lowest} lies above {highest}, or above {most}, the most a tool takes"
        )
    return low, high


def _finite(value: Any) -> float | None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not abs(value) <= 1e15  # also what is not a number, and what no float can hold
    ):
        return None
    return value


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
