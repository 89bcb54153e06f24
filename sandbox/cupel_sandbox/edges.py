"""Arguments at the bounds of a JSON Schema, and how the harness reads one to draw by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .conform import Schema, conforms, target

WIDE = 10**15
"""Numbers without bounds are drawn up to here: beyond, floats lose whole numbers, and JSON its meaning."""
LONG_TEXT, LONG_LIST = 10_000, 200
"""Values at a bound are no longer than this."""
ODD = ("", " ", "a b", "0", "-1", "1e3", "NaN", "2026-02-30", "<a>", "{}", "\n", "é" * 3, "a" * 300)
NUMBERS = (0, 1, -1, 0.5, -0.5, 1e-9)


def at_bounds(schema: Schema, known: Schema) -> Iterator[Schema]:
    """Arguments known to be good, one of them moved to a bound; and without each that may be left out."""
    whole = merged(schema, schema)
    for name, part in whole.get("properties", {}).items():
        for value in _edges(part, schema, known.get(name)):
            moved = {**known, name: value}
            if conforms(part, value, schema) and conforms(schema, moved, schema) is not False:
                yield moved
        less = {key: each for key, each in known.items() if key != name}
        if name in known and conforms(schema, less, schema) is not False:
            yield less


def _edges(part: Any, root: Schema, known: Any) -> list[Any]:
    if not isinstance(part, dict):
        return []
    whole = merged(part, root)
    alternatives = [each for word in ("anyOf", "oneOf") for each in whole.get(word, ())]
    if "enum" in whole:
        return list(whole["enum"][:20])
    kinds = whole.get("type") or guessed(whole)
    own = [
        edge
        for kind in ([kinds] if isinstance(kinds, str) else kinds)
        if kind
        for edge in _of(kind, whole, known)
    ]
    return own + [edge for each in alternatives for edge in _edges(each, root, known)]


def _of(kind: str, part: Schema, known: Any) -> list[Any]:
    low, high = limits(part)
    least, most = part.get("minLength", 0), min(part.get("maxLength", 1_000), LONG_TEXT)
    match kind:
        case "integer":
            return [low, low + 1, high - 1, high, 0, 1, -1]
        case "number":
            return [low, high, *NUMBERS]
        case "string":
            return [*ODD, "a" * least, "a" * most, " " * most, "é" * most]
        case "array":
            item = known[:1] if isinstance(known, list) else []
            return [[], item, item * min(part.get("maxItems", 50), LONG_LIST)]
        case "boolean":
            return [False, True]
        case "object":
            return [{}]
        case "null":
            return [None]
    return []


def guessed(schema: Schema) -> str:
    """The type that a schema without one speaks of."""
    hints = {
        "properties": "object",
        "items": "array",
        "pattern": "string",
        "maxLength": "string",
        "minimum": "number",
    }
    return next((kind for word, kind in hints.items() if word in schema), "")


def merged(schema: Schema, root: Schema) -> Schema:
    """`allOf` and `$ref` laid over one another: near enough, since the whole is looked at again."""
    parts = [part for part in schema.get("allOf", ()) if isinstance(part, dict)]
    parts += [target(schema["$ref"], root)] if "$ref" in schema else []
    own = {key: each for key, each in schema.items() if key not in ("allOf", "$ref")}
    laid: Schema = {}
    for part in (*parts, own):
        whole = merged(part, root) if "allOf" in part or "$ref" in part else part
        for key, each in whole.items():
            laid[key] = _both(laid[key], each) if key in laid else each
    return laid


def _both(one: Any, other: Any) -> Any:
    match one, other:
        case (dict(), dict()):
            return {**one, **other}
        case (list(), list()):
            return [*one, *(each for each in other if each not in one)]
    return other


def limits(schema: Schema) -> tuple[float, float]:
    """Smallest and largest number, or a little beyond where bounds are exclusive."""
    low = max(schema.get("minimum", -WIDE), schema.get("exclusiveMinimum", -WIDE))
    high = min(schema.get("maximum", WIDE), schema.get("exclusiveMaximum", WIDE))
    return min(low, high), max(low, high)
