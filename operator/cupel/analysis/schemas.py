"""JSON Schemas that strangers wrote, made safe to use: local references, bounded size, linear-time patterns.

Draft 2020-12 by `jsonschema`; references are expanded with a budget (a chain of `anyOf` over `$ref` doubles
at every step), and patterns run on RE2, so that neither a schema nor an argument can hold up who validates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]  # google-re2 ships no types
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend

from cupel.api.bundle import canonical
from cupel.api.common import JsonObject

from .effort import MOST, Plan, effort, plan

MAX_SUBSCHEMAS = 2000
"""Once references are expanded."""
MAX_DEPTH = 32
MAX_UNIQUE_ITEMS = 1000
MAX_MESSAGE = 300
BARE = "; YAML reads n, no, off, y, yes and on without quotes as false and true: put them in quotes"
TOO_MUCH = f"checking it takes more than {MOST} comparisons: a simpler schema or a smaller value is needed"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
LITERAL = ("const", "enum", "default", "examples")
NAMED = ("properties", "patternProperties", "dependentSchemas")
FOREIGN = (
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$recursiveRef",
    "$recursiveAnchor",
    "$vocabulary",
)


class SchemaProblem(ValueError):
    """The schema cannot be used; the text says where and why."""


def _re2(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> Any:
    return _re2(pattern)


def _check_pattern(
    validator: Any, pattern: str, instance: Any, schema: JsonObject
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _pattern(pattern).search(instance):
        yield ValidationError(f"{instance[:80]!r} does not match {pattern!r}")


def _check_pattern_properties(
    validator: Any, patterns: JsonObject, instance: Any, schema: JsonObject
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, subschema in patterns.items():
        for key, value in instance.items():
            if _pattern(pattern).search(key):
                yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _check_additional(
    validator: Any, allowed: Any, instance: Any, schema: JsonObject
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    patterns = [_pattern(p) for p in schema.get("patternProperties", {})]
    named = schema.get("properties", {})
    extras = [key for key in instance if key not in named and not any(p.search(key) for p in patterns)]
    if allowed is False and extras:
        yield ValidationError(
            f"unknown field {extras[0][:80]!r}; known: {', '.join(sorted(named)) or 'none'}"
        )
    if isinstance(allowed, dict):
        for key in extras:
            yield from validator.descend(instance[key], allowed, path=key)


def _check_unique(
    validator: Any, wanted: bool, instance: Any, schema: JsonObject
) -> Iterator[ValidationError]:
    if not wanted or not isinstance(instance, list):
        return
    if len(instance) > MAX_UNIQUE_ITEMS:
        yield ValidationError(f"more than {MAX_UNIQUE_ITEMS} items, which cannot be checked to be unique")
    elif len({canonical(item) for item in instance}) != len(instance):
        yield ValidationError("has items that are not unique")


_Validator = extend(  # type: ignore[no-untyped-call]  # the stubs leave extend() untyped
    Draft202012Validator,
    {
        "pattern": _check_pattern,
        "patternProperties": _check_pattern_properties,
        "additionalProperties": _check_additional,
        "uniqueItems": _check_unique,
    },
)


class _Expansion:
    """Replaces local `$ref` by what they name, and counts what comes out."""

    def __init__(self, root: JsonObject) -> None:
        self.root = root
        self.count = self.subschemas = 0

    def expand(self, node: Any, path: str, stack: tuple[str, ...], depth: int) -> Any:
        self.count += 1
        self.subschemas += isinstance(node, dict)
        if self.subschemas > MAX_SUBSCHEMAS or self.count > 10 * MAX_SUBSCHEMAS or depth > MAX_DEPTH * 2:
            raise SchemaProblem(f"`{path}`: the schema is too large or too deep once its `$ref` are followed")
        if isinstance(node, list):
            return [self.expand(item, f"{path}[{i}]", stack, depth + 1) for i, item in enumerate(node)]
        if not isinstance(node, dict):
            return node
        _refuse_foreign(node, path)
        out = {
            key: self._member(key, value, f"{path}.{key}", stack, depth + 1)
            for key, value in node.items()
            if key not in ("$ref", "$defs", "definitions", "$schema")
        }
        return out if "$ref" not in node else self._with_target(node["$ref"], out, path, stack, depth)

    def _member(self, key: str, value: Any, path: str, stack: tuple[str, ...], depth: int) -> Any:
        if key in LITERAL:
            return value
        if key in NAMED and isinstance(value, dict):
            return {name: self.expand(sub, f"{path}.{name}", stack, depth + 1) for name, sub in value.items()}
        return self.expand(value, path, stack, depth)

    def _with_target(self, ref: Any, out: JsonObject, path: str, stack: tuple[str, ...], depth: int) -> Any:
        if not isinstance(ref, str) or not ref.startswith("#/"):
            raise SchemaProblem(f"`{path}.$ref` must point into this schema, such as #/$defs/item")
        if ref in stack:
            raise SchemaProblem(f"`{path}.$ref` is recursive, which is not supported")
        target = self.expand(self._lookup(ref, path), path, (*stack, ref), depth + 1)
        return target if not out else {"allOf": [target, out]}

    def _lookup(self, ref: str, path: str) -> Any:
        node: Any = self.root
        for part in ref[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise SchemaProblem(f"`{path}.$ref` points to {ref}, which is not there")
            node = node[key]
        return node


def _refuse_foreign(node: JsonObject, path: str) -> None:
    for key in FOREIGN:
        if key in node:
            raise SchemaProblem(f"`{path}.{key}` is not supported; use $defs and local $ref")
    for pattern in [node.get("pattern"), *(_keys(node.get("patternProperties")))]:
        if isinstance(pattern, str):
            _refuse_bad_pattern(pattern, path)


def _keys(value: Any) -> list[Any]:
    return list(value) if isinstance(value, dict) else []


def _refuse_bad_pattern(pattern: str, path: str) -> None:
    try:
        _pattern(pattern)
    except re2.error as error:
        raise SchemaProblem(
            f"`{path}.pattern` is not a regular expression RE2 takes: {pattern[:80]!r}"
        ) from error


@lru_cache(maxsize=2048)
def _compile(content: bytes) -> Checker:
    schema = json.loads(content)
    if schema.get("$schema", DRAFT).rstrip("#") != DRAFT:
        raise SchemaProblem(f"`$schema` must be absent or {DRAFT}")
    if schema.get("type") != "object":
        raise SchemaProblem("`type` of the root must be object")
    expanded = _Expansion(schema).expand(schema, "$", (), 0)
    try:
        _Validator.check_schema(expanded)
    except SchemaError as error:
        raise SchemaProblem(f"`{error.json_path}`: {error.message[:MAX_MESSAGE]}{_quotes(error)}") from None
    return Checker(expanded, _Validator(expanded), plan(expanded))


def _quotes(error: SchemaError) -> str:
    """What helps where true or false stands for a name."""
    return BARE if isinstance(error.instance, bool) and error.validator_value == "string" else ""


@dataclass(frozen=True)
class Checker:
    """A schema that may be used."""

    schema: Any
    """With its references expanded."""
    validator: Any
    plan: Plan

    def iter_errors(self, value: Any) -> Iterator[ValidationError]:
        """What is wrong with a value; too much to check is, too. Raises RecursionError for one too deep."""
        if self.effort(value) > MOST:
            yield ValidationError(TOO_MUCH)
        else:
            yield from self.validator.iter_errors(value)

    def is_valid(self, value: Any) -> bool:
        return next(self.iter_errors(value), None) is None

    def effort(self, value: Any, most: int = MOST) -> int:
        """What checking it takes, counted as far as `most`; see `effort`."""
        return effort(self.plan, value, most)


def compiled(schema: JsonObject) -> Checker:
    """A checker for the schema, cached by content. Raises `SchemaProblem` when it cannot be used."""
    try:
        return _compile(canonical(schema))
    except (RecursionError, TypeError, AttributeError) as error:
        raise SchemaProblem(f"the schema is not JSON Schema: {type(error).__name__}") from None


def violation(schema: JsonObject, instance: Any) -> str:
    """Empty when `instance` satisfies `schema`; otherwise one sentence that names the field."""
    try:
        error = best_match(compiled(schema).iter_errors(instance))
    except RecursionError:
        return "the value is nested too deeply"
    if error is None:
        return ""
    where = error.json_path.removeprefix("$").removeprefix(".")
    return f"`{where}`: {error.message[:MAX_MESSAGE]}" if where else error.message[:MAX_MESSAGE]
