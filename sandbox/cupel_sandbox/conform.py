"""Whether a value is as a JSON Schema (draft 2020-12, local references) says, in the harness's own words.

Patterns are RE2's, run by `re`: one that it cannot read, or that may take too many steps, is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from .backtrack import steps

Schema = dict[str, Any]
KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "number": lambda v: is_number(v),
    "integer": lambda v: is_number(v) and (isinstance(v, int) or v.is_integer()),
}
MOST_STEPS = 5_000_000
"""A pattern that may take more of them at a text is not tried on it: about a tenth of a second."""
DOLLAR = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\$", re.DOTALL)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


NESTED = "within anyOf, oneOf, not, if, contains or patternProperties"


class Undecided(str):
    """Instead of what speaks against a value: a pattern that could not be tried on it."""


def conforms(schema: Any, value: Any, root: Schema) -> bool | None:
    """None where that hangs on a pattern that could not be tried."""
    open_question = False
    for each in problems(schema, value, root):
        if not isinstance(each, Undecided):
            return False
        open_question = True
    return None if open_question else True


def problem(schema: Schema, value: Any) -> str:
    """Empty when the value is as the schema says; else one phrase that names the place."""
    try:
        return next((each for each in problems(schema, value, schema) if not isinstance(each, Undecided)), "")
    except RecursionError:
        return "it is nested too deeply"


def untried(schema: Schema, value: Any) -> str:
    """A pattern that the value, which nothing else speaks against, could not be judged by."""
    return next((each for each in problems(schema, value, schema) if isinstance(each, Undecided)), "")


def target(ref: str, root: Schema) -> Any:
    """What a local reference names. Raises KeyError."""
    node: Any = root
    for part in ref[2:].split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def problems(schema: Any, value: Any, root: Schema, where: str = "") -> Iterator[str]:
    """What speaks against the value, place by place."""
    if schema is False:
        yield f"{where or 'it'} is not allowed"
    if not isinstance(schema, dict):
        return
    for told in (_itself(schema, value), *_bounds(schema, value)):
        if told:
            yield told if isinstance(told, Undecided) else f"{where or 'it'} {told}"
    yield from _combined(schema, value, root, where)
    if isinstance(value, dict):
        yield from _members(schema, value, root, where)
    if isinstance(value, list):
        yield from _items(schema, value, root, where)


def _itself(schema: Schema, value: Any) -> str:
    kinds = schema.get("type")
    wanted = [kinds] if isinstance(kinds, str) else kinds
    if wanted is not None and not any(KINDS[kind](value) for kind in wanted):
        return f"must be of type {' or '.join(wanted)}"
    if "const" in schema and plain(schema["const"]) != plain(value):
        return "is not the one value allowed"
    if "enum" in schema and plain(value) not in [plain(each) for each in schema["enum"]]:
        return "is none of the values allowed"
    return ""


def plain(value: Any) -> Any:
    """A form in which Python's equality is JSON's: true is not 1, and 1 is 1.0."""
    match value:
        case bool():
            return ("bool", value)
        case dict():
            return ("object", frozenset((key, plain(each)) for key, each in value.items()))
        case list():
            return ("array", tuple(plain(each) for each in value))
    return value


def _bounds(schema: Schema, value: Any) -> Iterator[str]:
    if is_number(value):
        yield from _number(schema, value)
    if isinstance(value, str):
        yield from _size(schema, len(value), "minLength", "maxLength", "characters")
        if isinstance(wanted := schema.get("pattern"), str) and not (fits := found(wanted, value)):
            yield Undecided(wanted) if fits is None else f"does not match {wanted[:80]!r}"
    if isinstance(value, list):
        yield from _size(schema, len(value), "minItems", "maxItems", "items")
        if schema.get("uniqueItems") and len({plain(each) for each in value}) < len(value):
            yield "has items that are not unique"
    if isinstance(value, dict):
        yield from _size(schema, len(value), "minProperties", "maxProperties", "properties")
        names = [*schema.get("required", ()), *_dependent(schema, value)]
        yield from (f"lacks {name[:60]!r}" for name in names if name not in value)


def _number(schema: Schema, value: float) -> Iterator[str]:
    infinity = float("inf")
    if value < schema.get("minimum", -infinity) or value <= schema.get("exclusiveMinimum", -infinity):
        yield "is too small"
    if value > schema.get("maximum", infinity) or value >= schema.get("exclusiveMaximum", infinity):
        yield "is too large"
    if (step := schema.get("multipleOf")) and not _multiple(value, step):
        yield f"is no multiple of {step}"


def _multiple(value: float, step: float) -> bool:
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    try:
        return (value / step) == int(value / step)
    except OverflowError:
        return False


def _size(schema: Schema, size: int, least: str, most: str, what: str) -> Iterator[str]:
    if size < schema.get(least, 0):
        yield f"has {size} {what}, at least {schema[least]} are needed"
    if size > schema.get(most, size):
        yield f"has {size} {what}, at most {schema[most]} are allowed"


def _dependent(schema: Schema, value: Schema) -> list[str]:
    wanted = schema.get("dependentRequired", {})
    return [name for key, names in wanted.items() if key in value for name in names]


def _combined(schema: Schema, value: Any, root: Schema, where: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from problems(target(schema["$ref"], root), value, root, where)
    for each in schema.get("allOf", ()):
        yield from problems(each, value, root, where)
    for word, most in (("anyOf", len(schema.get("anyOf", ()))), ("oneOf", 1)):
        if word in schema:
            yield from _alternatives([conforms(e, value, root) for e in schema[word]], most, where)
    if "not" in schema and (fits := conforms(schema["not"], value, root)) is not False:
        yield Undecided(NESTED) if fits is None else f"{where or 'it'} is what it must not be"
    if "if" in schema:
        fits = conforms(schema["if"], value, root)
        branch = schema.get("then" if fits else "else", True)
        yield from [Undecided(NESTED)] if fits is None else problems(branch, value, root, where)


def _alternatives(fitting: list[bool | None], most: int, where: str) -> Iterator[str]:
    """From one to so many of them must fit."""
    sure, perhaps = fitting.count(True), fitting.count(None)
    if sure > most or not sure + perhaps:
        yield f"{where or 'it'} fits {'too many' if sure else 'none'} of the alternatives"
    elif not sure or sure + perhaps > most:
        yield Undecided(NESTED)


def _members(schema: Schema, value: Schema, root: Schema, where: str) -> Iterator[str]:
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, each in value.items():
        place = f"{where}.{key[:60]}".lstrip(".")
        subschemas = [named[key]] if key in named else []
        matched = [(found(pattern, key), pattern, sub) for pattern, sub in patterns.items()]
        subschemas += [sub for fits, _, sub in matched if fits]
        unsure = [Undecided(pattern) for fits, pattern, _ in matched if fits is None]
        yield from unsure
        for sub in subschemas or ([] if unsure else [schema.get("additionalProperties", True)]):
            yield from problems(sub, each, root, place)
        yield from problems(schema.get("propertyNames", True), key, root, place)
    for key, sub in schema.get("dependentSchemas", {}).items():
        if key in value:
            yield from problems(sub, value, root, where)


def _items(schema: Schema, value: list[Any], root: Schema, where: str) -> Iterator[str]:
    first = schema.get("prefixItems", [])
    for index, each in enumerate(value):
        sub = first[index] if index < len(first) else schema.get("items", True)
        yield from problems(sub, each, root, f"{where}[{index}]")
    if "contains" in schema:
        yield from _contained(schema, [conforms(schema["contains"], each, root) for each in value], where)


def _contained(schema: Schema, fitting: list[bool | None], where: str) -> Iterator[str]:
    sure, perhaps = fitting.count(True), fitting.count(None)
    least, most = schema.get("minContains", 1), schema.get("maxContains", len(fitting))
    if sure + perhaps < least or sure > most:
        yield f"{where or 'it'} contains {sure} of what it must contain"
    elif sure < least or sure + perhaps > most:
        yield Undecided(NESTED)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """RE2's pattern as `re` reads it: `$` is the very end, and classes are ASCII's. None when it cannot."""
    try:
        return re.compile(DOLLAR.sub(lambda m: m[1] or r"\Z", pattern), re.ASCII)
    except (re.error, RecursionError, OverflowError):
        return None


def found(pattern: str, text: str) -> bool | None:
    """Whether the text matches; None when that cannot be told here, or not in time."""
    way = compiled(pattern)
    if way is None or steps(way.pattern, way.flags, len(text)) > MOST_STEPS:
        return None
    return way.search(text) is not None
