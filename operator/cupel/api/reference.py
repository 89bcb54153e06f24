"""docs/api.md: the reference of the kinds, written from their schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .common import API_VERSION
from .crd import schema
from .kinds import Kind
from .markers import LIST_KEYS, LIST_TYPE, MAP_TYPE, VALIDATIONS
from .structural import PRESERVE, Schema

HEAD = f"""# API reference: {API_VERSION}

Generated from the models in `operator/cupel/api` by `crds/generate.py`; `kubectl explain` shows the same.
A field is required where its type says so. Times are RFC 3339. Free-form JSON is checked by the `Accepted`
gate, not by the schema.
"""
SHOWN_LIMITS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("maxLength", "at most {} characters"),
    ("maxItems", "at most {} items"),
    ("maxProperties", "at most {} keys"),
)


def reference(kinds: Iterable[Kind]) -> str:
    """The whole document, in Markdown."""
    return HEAD + "".join(_kind(kind) for kind in kinds)


def _kind(kind: Kind) -> str:
    whole = schema(kind)
    lines = [
        f"\n## {kind.name}\n",
        f"{whole['description']} `kubectl get {kind.short}`, or `{kind.plural}`.\n",
        "Columns: " + ", ".join(f"{c.name}{' (wide)' if c.wide else ''}" for c in kind.columns) + ".",
    ]
    if kind.selectable:
        lines.append("Field selectors: " + ", ".join(f"`{path[1:]}`" for path in kind.selectable) + ".")
    lines += _rules(whole, "")
    for part in ("spec", "status"):
        lines += ["", f"### {kind.name} {part}\n", whole["properties"][part]["description"], ""]
        lines += ["| field | type | meaning |", "| --- | --- | --- |"]
        lines += _rows(whole["properties"][part], "", {})
        lines += _rules(whole["properties"][part], part)
    return "\n".join(lines) + "\n"


def _rows(node: Schema, prefix: str, told: dict[str, str]) -> Iterator[str]:
    """One row for each field below this object, depth first; what was `told` in full is only referred to."""
    required = node.get("required", [])
    for name, field in node.get("properties", {}).items():
        path = f"{prefix}{name}"
        kind = _type(field) + (", required" if name in required else "")
        inner = _inner(field)
        same = told.setdefault(repr(inner.get("properties", path)), path)
        again = "" if same == path else f" Fields as in `{same}`."
        yield f"| `{path}` | {kind} | {_meaning(field)}{again} |"
        if not again:
            yield from _rows(inner, path + _step(field), told)


def _inner(field: Schema) -> Schema:
    inner = field.get("items") or field.get("additionalProperties") or field
    return inner if isinstance(inner, dict) else {}


def _step(field: Schema) -> str:
    if "items" in field:
        return "[]."
    return ".*." if "additionalProperties" in field else "."


def _type(field: Schema) -> str:
    if field.get(PRESERVE):
        return "JSON object"
    match field["type"]:
        case "array":
            return f"{_list(field)} of {_type(field['items'])}"
        case "object" if "additionalProperties" in field:
            atomic = "atomic map" if field.get(MAP_TYPE) == "atomic" else "map"
            return f"{atomic} of {_type(field['additionalProperties'])}"
        case "string" if field.get("format") == "date-time":
            return "time"
    return str(field["type"])


def _list(field: Schema) -> str:
    match field[LIST_TYPE]:
        case "map":
            return f"list by {field[LIST_KEYS][0]}"
        case "set":
            return "set"
    return "list"


def _meaning(field: Schema) -> str:
    said = [field["description"], *_limits(field)]
    inner = _inner(field)
    if inner is not field and "properties" not in inner:
        said += [f"Each: {text}" for text in _limits(inner)]
    return " ".join(said).replace("|", "\\|").replace("\n", " ")


def _limits(field: Schema) -> list[str]:
    said = []
    if "enum" in field:
        said.append("One of " + ", ".join(f"`{value}`" for value in field["enum"]) + ".")
    bounds = [text.format(field[key]) for key, text in SHOWN_LIMITS if key in field]
    if field.get("minLength", 0) or field.get("minItems", 0):
        bounds.insert(0, "not empty")
    if bounds and field.get("format") != "date-time":
        said.append(", ".join(bounds).capitalize() + ".")
    if "pattern" in field:
        said.append(f"Pattern `{field['pattern']}`.")
    if field.get("default", "") != "" and not isinstance(field["default"], dict | list):
        said.append(f"Default `{field['default']}`.")
    return said


def _rules(node: Schema, path: str) -> list[str]:
    found = list(_all_rules(node, path))
    return ["", "Rules:", "", *found] if found else []


def _all_rules(node: Schema, path: str) -> Iterator[str]:
    """Rules at this node and, within spec and status, below it."""
    for each in node.get(VALIDATIONS, []):
        yield f"- {f'`{path}`: ' if path else ''}{each['message']}."
    if not path:
        return
    for name, field in node.get("properties", {}).items():
        yield from _all_rules(field, f"{path}.{name}")
    for key, step in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(node.get(key), dict):
            yield from _all_rules(node[key], path + step)
