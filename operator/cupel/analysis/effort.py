"""What checking a value against a schema takes, known before it is done.

Schemas and values are strangers', and validating takes time in proportion to the pairs of a subschema and a
value that meet: a schema of a few hundred bytes over a list of a few kilobytes can be a hundred million.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

MOST = 300_000
"""Pairs that are checked at most, of a value or of all trials of a tool together: a few seconds of a core."""
BRANCHES = ("allOf", "anyOf", "oneOf")
BESIDE = ("not", "if", "then", "else")
EACH_FIELD = ("additionalProperties", "unevaluatedProperties", "propertyNames")
EACH_ITEM = ("items", "contains", "unevaluatedItems")
UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
LISTED = ("enum", "required", "properties")
PER_PAIR = 8
"""Members of a list that are compared in the time of one pair."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A schema, references expanded, as far as it says what meets what."""

    cost: int
    """Of the schema itself, in pairs."""
    same: tuple[Plan, ...]
    """What looks at the same value."""
    fields: tuple[tuple[str, Plan], ...]
    each_field: tuple[Plan, ...]
    items: tuple[Plan, ...]
    each_item: tuple[Plan, ...]


def plan(schema: Any) -> Plan:
    """Raises RecursionError for a schema too deep, which is refused anyway."""
    if not isinstance(schema, dict):
        return Plan(1, (), (), (), (), ())
    again = 2 if any(key in schema for key in UNEVALUATED) else 1  # what is left over takes a second look
    beside = [schema[key] for key in BESIDE if key in schema] + [*schema.get("dependentSchemas", {}).values()]
    same = _all([one for key in BRANCHES for one in schema.get(key, ())] + beside)
    each = [
        *schema.get("patternProperties", {}).values(),
        *(schema[key] for key in EACH_FIELD if key in schema),
    ]
    return Plan(
        cost=1 + sum(len(schema.get(key, ())) for key in LISTED) // PER_PAIR,
        same=same * again,
        fields=tuple((name, plan(one)) for name, one in schema.get("properties", {}).items()),
        each_field=_all(each),
        items=_all(schema.get("prefixItems", ())),
        each_item=_all(schema[key] for key in EACH_ITEM if key in schema),
    )


def _all(schemas: Iterable[Any]) -> tuple[Plan, ...]:
    return tuple(plan(one) for one in schemas)


def effort(of: Plan, value: Any, most: int = MOST) -> int:
    """Pairs of a subschema and a value that meet, at most; counted as far as `most`."""
    todo, count = [(of, value)], 0
    while todo and count <= most:
        of, value = todo.pop()
        count += of.cost
        todo += [(one, value) for one in of.same]
        if isinstance(value, dict):
            todo += [(one, value[name]) for name, one in of.fields if name in value]
            count += _each(of.each_field, value.values(), todo)
        elif isinstance(value, list):
            todo += zip(of.items, value, strict=False)
            count += _each(of.each_item, value, todo)
    return count


def _each(plans: tuple[Plan, ...], values: Collection[Any], todo: list[tuple[Plan, Any]]) -> int:
    """What meets every field or item. Most are plain values under a plain schema, and counted at once."""
    count = 0
    for one in plans:
        if one.same:
            todo += [(one, inner) for inner in values]
        else:
            nested = [(one, inner) for inner in values if isinstance(inner, dict | list)]
            count += one.cost * (len(values) - len(nested))
            todo += nested
    return count
