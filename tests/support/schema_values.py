"""Hypothesis strategies for values of a JSON Schema, as far as drafts and parameters use it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
MOST = 6
"""Items and characters are few, mostly: what breaks on many breaks on six."""


def values(schema: Schema, root: Schema | None = None) -> st.SearchStrategy[Any]:
    """Values the schema allows."""
    root = root or schema
    if "$ref" in schema:
        return st.deferred(lambda: values(root["$defs"][schema["$ref"].rpartition("/")[2]], root))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(values(each, root) for each in schema["anyOf"]))
    kind = schema.get("type")
    return ANYTHING if kind is None else KINDS[kind](schema, root)


def _text(schema: Schema, _: Schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return st.dates().map(str)
    longest = schema.get("maxLength", 20)
    if "pattern" in schema:
        pattern = schema["pattern"]
        whole = st.from_regex(pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern)
        return whole.filter(lambda text: schema.get("minLength", 0) <= len(text) <= longest)
    usual = st.text(st.characters(exclude_categories=["Cs"]), min_size=schema.get("minLength", 0), max_size=min(longest, 30))
    return usual | st.sampled_from(["a b", "1", "2026-02-30", "<a>", "{}", "\n"]).filter(
        lambda text: schema.get("minLength", 0) <= len(text) <= longest
    )


def _number(schema: Schema, _: Schema) -> st.SearchStrategy[float]:
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", -1e9)), schema.get("maximum", 1e9)
    low_excluded = "exclusiveMinimum" in schema
    return st.floats(low, high, exclude_min=low_excluded, allow_nan=False) | st.integers(int(low) + low_excluded, int(high))


def _whole(schema: Schema, _: Schema) -> st.SearchStrategy[int]:
    return st.integers(schema.get("minimum", -(10**9)), schema.get("maximum", 10**9))


def _list(schema: Schema, root: Schema) -> st.SearchStrategy[list[Any]]:
    least = schema.get("minItems", 0)
    return st.lists(
        values(schema.get("items", {}), root), min_size=least, max_size=max(least, min(schema.get("maxItems", MOST), MOST))
    )


def _object(schema: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    if isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema:
        names = schema.get("propertyNames", {"type": "string"})
        return st.dictionaries(values({**names, "type": "string"}, root), values(schema["additionalProperties"], root), max_size=2)
    properties = {name: values(each, root) for name, each in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: each for name, each in properties.items() if name in required},
        optional={name: each for name, each in properties.items() if name not in required},
    )


KINDS = {
    "string": _text,
    "number": _number,
    "integer": _whole,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
    "array": _list,
    "object": _object,
}
