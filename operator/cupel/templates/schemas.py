"""JSON Schemas of arguments and results: closed and bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cupel.api.common import JsonObject

DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def closed(properties: Mapping[str, JsonObject], optional: Iterable[str] = ()) -> JsonObject:
    """An object of these properties and no others; all required but the optional ones."""
    left_out = set(optional)
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in left_out],
        "additionalProperties": False,
    }


def text(description: str = "", longest: int = 1000, **more: Any) -> JsonObject:
    return _said(description, {"type": "string", "maxLength": longest, **more})


def day(description: str = "") -> JsonObject:
    """A calendar day, such as 2026-03-31."""
    return text(description, 10, pattern=DATE)


def whole(description: str = "", lowest: int = 0, highest: int = 1_000_000_000, **more: Any) -> JsonObject:
    return _said(description, {"type": "integer", "minimum": lowest, "maximum": highest, **more})


def number(description: str = "", lowest: float = -(10**15), highest: float = 10**15, **more: Any) -> JsonObject:
    return _said(description, {"type": "number", "minimum": lowest, "maximum": highest, **more})


def choice(description: str, values: Iterable[str], **more: Any) -> JsonObject:
    return _said(description, {"type": "string", "enum": list(values), **more})


def flag(description: str = "") -> JsonObject:
    return _said(description, {"type": "boolean"})


def listing(items: JsonObject, most: int, description: str = "", least: int = 0) -> JsonObject:
    bounds: JsonObject = {"minItems": least} if least else {}
    return _said(description, {"type": "array", "items": items, "maxItems": most, **bounds})


def _said(description: str, schema: JsonObject) -> JsonObject:
    return {**schema, "description": description} if description else schema
