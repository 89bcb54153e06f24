"""Values that a JSON Schema allows, as Hypothesis strategies. For the harness only."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from .conform import Schema, compiled, conforms
from .edges import LONG_TEXT, ODD, guessed, limits, merged

MOST_ITEMS, MOST_TEXT = 6, 30
LETTERS = [chr(c) for c in range(32, 127)] + list("\t\n\0éßłçİſΣ中あ\u202e\u200d\U0001f600")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(LETTERS, max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(LETTERS, max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


def arguments(schema: Schema) -> st.SearchStrategy[Any]:
    """Arguments the schema allows: what the parts give is looked at once more as a whole."""
    return values(schema, schema).filter(lambda drawn: conforms(schema, drawn, schema) is not False)


def values(schema: Any, root: Schema) -> st.SearchStrategy[Any]:
    """Values that a part of the schema most likely allows."""
    if not isinstance(schema, dict):
        return ANYTHING
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "$ref" in schema or "allOf" in schema:
        return values(merged(schema, root), root)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            rest = {key: each for key, each in schema.items() if key != word}
            return st.one_of(*(values({"allOf": [rest, each]}, root) for each in schema[word]))
    return _conditional(schema, root) if "if" in schema else _by_kind(schema, root)


def _conditional(schema: Schema, root: Schema) -> st.SearchStrategy[Any]:
    rest = {key: each for key, each in schema.items() if key not in ("if", "then", "else")}
    yes = [part for part in (schema["if"], schema.get("then")) if isinstance(part, dict)]
    no = [part for part in (schema.get("else"),) if isinstance(part, dict)]
    return values({"allOf": [rest, *yes]}, root) | values({"allOf": [rest, *no]}, root)


def _by_kind(schema: Schema, root: Schema) -> st.SearchStrategy[Any]:
    kinds = schema.get("type") or guessed(schema)
    if not kinds:
        return ANYTHING
    chosen = [kinds] if isinstance(kinds, str) else kinds
    return st.one_of(*(KINDS[kind](schema, root) for kind in chosen))


def _text(schema: Schema, _: Schema) -> st.SearchStrategy[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", LONG_TEXT)
    if schema.get("format") in ("date", "date-time"):
        return (
            st.dates().map(str)
            if schema["format"] == "date"
            else st.datetimes().map(lambda d: d.isoformat() + "Z")
        )
    way = compiled(schema["pattern"]) if "pattern" in schema else None
    if way is not None:
        return st.from_regex(way, alphabet=st.sampled_from(LETTERS)).filter(
            lambda text: least <= len(text) <= most
        )
    usual = st.text(st.sampled_from(LETTERS), min_size=least, max_size=max(least, min(most, MOST_TEXT)))
    odd = [text for text in ODD if least <= len(text) <= most]
    return usual | st.sampled_from(odd) if odd else usual


def _number(schema: Schema, root: Schema) -> st.SearchStrategy[float]:
    low, high = limits(schema)
    if "multipleOf" in schema or low >= high:
        return _whole(schema, root) | st.just(low)
    return st.floats(low, high, allow_nan=False, allow_infinity=False) | _whole(schema, root)


def _whole(schema: Schema, _: Schema) -> st.SearchStrategy[Any]:
    low, high = limits(schema)
    step = schema.get("multipleOf", 1)
    least, most = -int(-low // step), int(high // step)
    return st.integers(least, most).map(lambda n: n * step) if least <= most else st.nothing()


def _list(schema: Schema, root: Schema) -> st.SearchStrategy[list[Any]]:
    first = schema.get("prefixItems", [])
    least = max(schema.get("minItems", 0), schema.get("minContains", 1) if "contains" in schema else 0)
    most = max(least, min(schema.get("maxItems", MOST_ITEMS), MOST_ITEMS))
    item = values(schema.get("items", {}), root)
    rest = st.lists(
        values(schema["contains"], root) | item if "contains" in schema else item,
        min_size=max(0, least - len(first)),
        max_size=max(0, most - len(first)),
        unique_by=_key if schema.get("uniqueItems") else None,
    )
    if not first:
        return rest
    head = st.tuples(*(values(each, root) for each in first))
    return st.tuples(head, rest).map(lambda two: [*two[0], *two[1]])


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _object(schema: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    properties = {
        name: values(each, root) for name, each in schema.get("properties", {}).items() if each is not False
    }
    required = set(schema.get("required", ()))
    named = st.fixed_dictionaries(
        {name: each for name, each in properties.items() if name in required},
        optional={name: each for name, each in properties.items() if name not in required},
    )
    free = [
        _named_by({"pattern": pattern}, each, root)
        for pattern, each in schema.get("patternProperties", {}).items()
    ]
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        free.append(_named_by(schema.get("propertyNames", {}), others, root))
    return st.tuples(*free, named).map(
        lambda parts: {key: each for part in parts for key, each in part.items()}
    )


def _named_by(names: Schema, schema: Any, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Properties whose names are drawn, too."""
    drawn = values({"maxLength": 20, **names, "type": "string"}, root)
    return st.dictionaries(drawn, values(schema, root), max_size=3)


KINDS = {
    "string": _text,
    "number": _number,
    "integer": _whole,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
    "array": _list,
    "object": _object,
}
