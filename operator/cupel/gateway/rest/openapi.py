"""The OpenAPI 3.1 description of REST, made of its operations. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic.json_schema import models_json_schema

from cupel.api.common import JsonObject, Model

from ..problems import KINDS, Code
from .operation import Operation

ANY: tuple[Code, ...] = (
    "unauthorized", "host-refused", "origin-refused", "rate-limited", "cluster-unavailable", "scope-missing",
    "invalid-field",
)  # fmt: skip
"""Problems any request may meet."""
REF = "#/components/schemas/{model}"
PROBLEM: JsonObject = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(KINDS), "description": "Stable; docs/rest.md lists them."},
        "detail": {"type": "string", "description": "What is wrong, and what would make it right."},
        "field": {"type": "string", "description": "The field that is wrong."},
        "retryAfterSeconds": {"type": "number"},
    },
}


def described(operations: Iterable[Operation], version: str) -> JsonObject:
    """The whole description."""
    every = list(operations)
    models = {each for operation in every for each in (operation.gives, operation.takes) if each is not None}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "validation") for model in ordered], ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in every:
        paths.setdefault(f"/api/v1{operation.path}", {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cupel",
            "version": version,
            "description": "Tools for agents, and what they lack.",
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {**schemas["$defs"], "Problem": PROBLEM},
        },
    }


def _described(operation: Operation) -> JsonObject:
    in_path = [_parameter(name, "path", "", "string") for name in re.findall(r"{(\w+)}", operation.path)]
    in_query = [_parameter(one.name, "query", one.description, one.kind) for one in operation.query]
    told: JsonObject = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [*in_path, *in_query],
        "responses": {str(status): _answers(operation.gives) for status in operation.statuses}
        | _problems((*ANY, *operation.problems)),
    }
    if operation.takes is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": _schema(operation.takes)}}
    return told


def _parameter(name: str, place: str, description: str, kind: str) -> JsonObject:
    told = {"name": name, "in": place, "required": place == "path", "schema": {"type": kind}}
    return told | ({"description": description} if description else {})


def _answers(model: type[Model]) -> JsonObject:
    return {"description": model.__doc__ or "", "content": {"application/json": _schema(model)}}


def _problems(codes: Iterable[Code]) -> JsonObject:
    """By status, each with the codes that have it."""
    by_status: dict[int, list[Code]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(KINDS[code][0], []).append(code)
    content = {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}}
    return {
        str(status): {"description": ", ".join(sorted(found)), "content": content}
        for status, found in sorted(by_status.items())
    }


def _schema(model: type[Model]) -> JsonObject:
    return {"schema": {"$ref": REF.format(model=model.__name__)}}
