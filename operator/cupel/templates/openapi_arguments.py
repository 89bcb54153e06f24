"""Arguments of an OpenAPI operation: parameters and the fields of a JSON body, with a value of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from cupel.api.common import JsonObject

from .http_call import Argument
from .http_code import RESERVED
from .openapi_document import Operation
from .openapi_schemas import Reader, is_json, sample, without_null
from .problem import TemplateProblem

WIRE = re.compile(r"^[A-Za-z0-9_.\[\]$-]{1,64}$")
HEADER = re.compile(r"^[A-Za-z0-9-]{1,64}$")
PLACES: dict[str, Literal["path", "query", "header"]] = {"path": "path", "query": "query", "header": "header"}
ADDED_BY_THE_PROXY = {"authorization", "accept", "content-type"}
JSON_BODY = "application/json"


def of_parameter(operation: Operation, parameter: Mapping[str, Any]) -> list[Argument]:
    name, place = parameter.get("name"), PLACES.get(str(parameter.get("in")))
    required = parameter.get("required") is True
    if not isinstance(name, str) or not WIRE.match(name):
        raise TemplateProblem("parameters", "each must have a plain name")
    if place is None:
        if required:
            raise TemplateProblem(
                f"parameters.{name}", "must go into path, query or header; cookies are not sent"
            )
        return []
    if place == "header" and (name.lower() in ADDED_BY_THE_PROXY or not HEADER.match(name)):
        return []
    if "schema" not in parameter:
        raise TemplateProblem(f"parameters.{name}", "must have a schema")
    schema = Reader(operation.document, strict=True).schema(parameter["schema"])
    if schema.get("type") == "object" or (place != "query" and schema.get("type") == "array"):
        raise TemplateProblem(f"parameters.{name}", f"must be a plain value in {place}")
    if place in ("path", "header") and schema.get("type") == "string":
        schema = {**schema, "minLength": max(1, schema.get("minLength", 0))}
    given = example(parameter, schema)
    return [Argument(name, name, place, _described(schema, parameter), required or place == "path", given)]


def example(holder: Mapping[str, Any], schema: JsonObject) -> Any:
    """The document's own example, where it is plain; else one made of the schema."""
    inner = holder.get("schema") if isinstance(holder.get("schema"), Mapping) else {}
    examples = holder.get("examples")
    first = next(iter(examples.values()), None) if isinstance(examples, Mapping) else None
    named = first.get("value") if isinstance(first, Mapping) else None
    listed = inner.get("examples") if isinstance(inner, Mapping) else None
    candidates = [holder.get("example"), named, inner.get("example") if isinstance(inner, Mapping) else None]
    candidates += listed[:1] if isinstance(listed, list) else []
    plain = [without_null(each) for each in candidates if each is not None and is_json(each)]
    return next((each for each in plain if fits(each, schema)), sample(schema))


def fits(value: Any, schema: JsonObject) -> bool:
    """Whether a value satisfies one of our schemas; only what those can say is looked at."""
    if "anyOf" in schema:
        return any(fits(value, each) for each in schema["anyOf"])
    if "enum" in schema:
        return any(value == each and type(value) is type(each) for each in schema["enum"])
    judge = FITS.get(schema.get("type", ""))
    return judge is None or judge(value, schema)


def _fits_text(value: Any, schema: JsonObject) -> bool:
    return isinstance(value, str) and schema.get("minLength", 0) <= len(value) <= schema["maxLength"]


def _fits_number(value: Any, schema: JsonObject) -> bool:
    wanted = int if schema["type"] == "integer" else int | float
    if isinstance(value, bool) or not isinstance(value, wanted):
        return False
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def _fits_list(value: Any, schema: JsonObject) -> bool:
    if not isinstance(value, list) or not schema.get("minItems", 0) <= len(value) <= schema["maxItems"]:
        return False
    return all(fits(each, schema["items"]) for each in value)


def _fits_object(value: Any, schema: JsonObject) -> bool:
    if not isinstance(value, dict):
        return False
    known = schema["properties"]
    closed = schema.get("additionalProperties") is not False or set(value) <= set(known)
    return (
        closed
        and set(schema["required"]) <= set(value)
        and all(fits(v, known.get(k, {})) for k, v in value.items())
    )


FITS: dict[str, Callable[[Any, JsonObject], bool]] = {
    "string": _fits_text,
    "integer": _fits_number,
    "number": _fits_number,
    "boolean": lambda value, _: isinstance(value, bool),
    "null": lambda value, _: value is None,
    "array": _fits_list,
    "object": _fits_object,
}


def _described(schema: JsonObject, holder: Mapping[str, Any]) -> JsonObject:
    said = holder.get("description")
    return (
        {**schema, "description": one_line(said)[:300]} if isinstance(said, str) and said.strip() else schema
    )


def one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def of_body(operation: Operation) -> tuple[list[Argument], bool]:
    """The arguments of a JSON body: its fields, or the whole when it is no object."""
    if "requestBody" not in operation.own:
        return [], False
    body = operation.document.resolved(operation.own["requestBody"])
    content = body.get("content")
    media = content.get(JSON_BODY) if isinstance(content, Mapping) else None
    if not isinstance(media, Mapping):
        raise TemplateProblem("requestBody.content", f"must have {JSON_BODY}; no other body is sent")
    schema = Reader(operation.document, strict=True).schema(media.get("schema"))
    given = example(media, schema)
    needed = body.get("required") is True
    if schema.get("type") != "object" or not schema["properties"]:
        return [Argument("body", "body", "body", schema, needed, given)], True
    inner = schema["properties"]
    samples = {**sample(schema), **(given if isinstance(given, dict) else {})}
    plain = all(WIRE.match(name) for name in inner)
    if not plain:
        return [Argument("body", "body", "body", schema, needed, given)], True
    required = schema["required"] if needed else []
    return [
        Argument(name, name, "body", each, name in required, samples[name]) for name, each in inner.items()
    ], False


def renamed(arguments: Iterable[Argument]) -> list[Argument]:
    """Each with a name Python takes and no other has."""
    taken: set[str] = set(RESERVED)
    named = []
    for each in arguments:
        name = re.sub(r"[^A-Za-z0-9]+", "_", each.name).strip("_") or "value"
        name = f"n_{name}" if name[0].isdigit() else name
        while name in taken:
            name += "_"
        taken.add(name)
        named.append(Argument(name, each.wire, each.place, each.schema, each.required, each.sample))
    return named
