"""Whether everything one JSON Schema accepts, another accepts, too: proved keyword by keyword, never guessed.

`before` and `after` are two schemas of one place, `$ref` expanded. Arguments hold when `after` accepts what
`before` did; results hold when `before` accepts what `after` does. What cannot be proved is a problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from cupel.analysis.schemas import LITERAL, NAMED
from cupel.api.bundle import canonical

ANNOTATIONS = frozenset(
    "title description examples default deprecated readOnly writeOnly $comment $schema".split()
)
"""Keywords that no value is judged by."""
TYPES = frozenset({"null", "boolean", "number", "string", "array", "object"})
OF_OBJECTS = ("properties", "patternProperties", "additionalProperties", "required")
OF_ITEMS = ("prefixItems", "items")
OF_CONTAINS = ("contains", "minContains", "maxContains")
SIBLINGS = frozenset({"unevaluatedProperties", "unevaluatedItems"})
"""They hang on all that stands beside them: never proved by themselves."""
MOST = ("maxLength", "maxItems", "maxProperties")
LEAST = ("minLength", "minItems", "minProperties")
APPLIES = {
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "array": frozenset({*OF_ITEMS, *OF_CONTAINS, "minItems", "maxItems", "uniqueItems"}),
    "object": frozenset({*OF_OBJECTS, "minProperties", "maxProperties", "propertyNames"}),
}
"""What a keyword says nothing about, it cannot forbid."""


@dataclass(frozen=True)
class Place:
    """Where in the interface two schemas stand."""

    path: str
    side: Literal["input", "output"]
    by_name: bool = False
    """Arguments that `run` takes by name and no others: nobody ever passed one that is not declared."""

    def below(self, step: str) -> Place:
        return replace(self, path=f"{self.path}{step}", by_name=False)

    def says(self, what: str) -> str:
        return f"`{self.path}` {what}"


def bare(node: Any) -> Any:
    """The schema without its annotations."""
    if isinstance(node, list):
        return [bare(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _member(key, value) for key, value in node.items() if key not in ANNOTATIONS}


def _member(key: str, value: Any) -> Any:
    if key in LITERAL:
        return value
    if key in (*NAMED, "dependentRequired") and isinstance(value, dict):
        return {name: bare(each) for name, each in value.items()}
    return bare(value)


def unproved(before: Any, after: Any, place: Place) -> Iterator[str]:
    """Why it is not proved that who relied on `before` can go on with `after`; nothing: it is."""
    narrow, wide = (before, after) if place.side == "input" else (after, before)
    if wide is True or wide == {} or narrow is False or _same(narrow, wide):
        return
    if wide is False:
        yield place.says("takes nothing any more" if place.side == "input" else "may hold anything now")
        return
    before, after = ({} if each is True else each for each in (before, after))
    narrow, wide = (before, after) if place.side == "input" else (after, before)
    types = _types(narrow)
    for key in wide:
        if key in OF_OBJECTS or not _concerns(key, types):
            continue
        if not _implied(key, narrow, wide):
            if key in OF_ITEMS:
                yield from _items(before, after, place)
            else:
                yield place.says(_words(key, place))
    if "object" in types:
        yield from _object(before, after, place)


def _same(one: Any, other: Any) -> bool:
    return canonical(one) == canonical(other)


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    """Types that a value may have; a whole number counts as a number."""
    said = schema.get("type", tuple(TYPES))
    listed = (said,) if isinstance(said, str) else said
    return frozenset("number" if each == "integer" else each for each in listed)


def _concerns(key: str, types: frozenset[str]) -> bool:
    about = [kind for kind, keys in APPLIES.items() if key in keys]
    return not about or about[0] in types


def _implied(key: str, narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    """Whether all that `narrow` accepts satisfies this keyword of `wide`."""
    match key:
        case "type":
            return _type_implied(narrow, wide)
        case "enum" | "const":
            return ("enum" in narrow or "const" in narrow) and _values(narrow) <= _values({key: wide[key]})
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            return _bound(key, narrow, wide[key])
        case "uniqueItems":
            return wide[key] is False or narrow.get(key) is True
    return _counted(key, narrow, wide)


def _counted(key: str, narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    """As `_implied`: limits of sizes, keywords that go together, and all that is only compared."""
    if key in MOST:
        return key in narrow and bool(narrow[key] <= wide[key])
    if key in LEAST:
        return bool(narrow.get(key, 0) >= wide[key])
    together = next((keys for keys in (OF_ITEMS, OF_CONTAINS) if key in keys), (key,))
    alike = all(_same(narrow.get(each), wide.get(each)) for each in together)
    return key not in SIBLINGS and alike


def _type_implied(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    said = wide["type"]
    listed = frozenset((said,) if isinstance(said, str) else said)
    mine = narrow.get("type", tuple(TYPES))
    return all(
        each in listed or (each == "integer" and "number" in listed)
        for each in ((mine,) if isinstance(mine, str) else mine)
    )


def _values(schema: Mapping[str, Any]) -> frozenset[bytes]:
    """The values an `enum` or a `const` names; where both stand, those that both do."""
    listed = frozenset(canonical(each) for each in schema.get("enum", ()))
    if "const" not in schema:
        return listed
    only = frozenset({canonical(schema["const"])})
    return only & listed if "enum" in schema else only


def _bound(key: str, narrow: Mapping[str, Any], limit: float) -> bool:
    """Whether `narrow` keeps numbers on this side of the limit."""
    end, sign = ("inimum", 1) if key.endswith("inimum") else ("aximum", -1)
    closed, opened = narrow.get(f"m{end}"), narrow.get(f"exclusiveM{end}")
    if opened is not None and sign * opened >= sign * limit:
        return True
    if closed is None:  # compared, not subtracted: a difference of large numbers is rounded
        return False
    return sign * closed > sign * limit or (closed == limit and not key.startswith("exclusive"))


def _items(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[str]:
    if "prefixItems" in before or "prefixItems" in after:
        yield place.says("has other items at fixed places, which cannot be compared")
        return
    yield from unproved(before.get("items", True), after.get("items", True), place.below("[]"))


def _object(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[str]:
    if "patternProperties" in before or "patternProperties" in after:
        if not all(_same(before.get(key), after.get(key)) for key in OF_OBJECTS[:3]):
            yield place.says("names fields by patterns, which cannot be compared")
    else:
        yield from _properties(before, after, place)
    narrow, wide = (before, after) if place.side == "input" else (after, before)
    for name in sorted(set(wide.get("required", ())) - set(narrow.get("required", ()))):
        said = "is required now" if place.side == "input" else "is not always there any more"
        yield place.below(f".{_plain(name)}").says(said)


def _properties(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[str]:
    old, new = before.get("properties", {}), after.get("properties", {})
    for name in sorted({*old, *new}):
        here = place.below(f".{_plain(name)}")
        if name not in new:
            if old[name] is not False:
                yield here.says("was removed")
        elif name in old:
            yield from unproved(old[name], new[name], here)
        elif not _extends(before, place):
            yield from unproved(before.get("additionalProperties", True), new[name], here)
    others, now = before.get("additionalProperties", True), after.get("additionalProperties", True)
    yield from unproved(others, now, place.below(".*"))


def _extends(before: Mapping[str, Any], place: Place) -> bool:
    """Whether a field nobody declared before may be declared now.

    Who reads a result passes over what they do not know, also where the schema had said that nothing comes.
    """
    others = before.get("additionalProperties", True)
    return others is True and place.by_name if place.side == "input" else others is False


def _plain(name: str) -> str:
    """A field's name, which may be any text, as people are shown it."""
    return "".join(each if each.isprintable() else "?" for each in name[:64])


def _words(key: str, place: Place) -> str:
    if key == "type":
        return "has another type"
    if key in ("enum", "const"):
        return "takes fewer values" if place.side == "input" else "may have further values"
    return f"is not proved to keep its `{key}`"
