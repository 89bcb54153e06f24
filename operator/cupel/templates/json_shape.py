"""Template json-shape: picks, renames, flattens, filters and sorts what JSON holds."""

from __future__ import annotations

from cupel.api.common import JsonObject

from .conditions import CODE as CONDITIONS
from .conditions import expression
from .json_parameters import KINDS, LONGEST, JsonShape, Picked
from .json_trials import of_everything, of_fields
from .literals import literal
from .schemas import closed, listing, text, whole
from .template import Made, Template
from .words import phrases

CODE = (
    '''
"""Rows of a JSON text, reshaped."""

import json

# parameters


def refused(word):
    raise ValueError(word + " is no JSON")


def parsed(given):
    try:
        return json.loads(given, parse_constant=refused)
    except ValueError as error:
        raise ValueError("the text is no JSON: " + str(error)) from None


def reach(value, path):
    """What lies at a path of names; None when nothing does."""
    for word in path.split("."):
        value = value.get(word) if isinstance(value, dict) else None
    return value


def at(value, path):
    """What lies at a path of names and places in lists; None when nothing does."""
    for word in path.split("."):
        if isinstance(value, list) and word.isdigit() and int(word) < len(value):
            value = value[int(word)]
        else:
            value = value.get(word) if isinstance(value, dict) else None
    return value


def there(found, path):
    if found is None:
        raise ValueError("there is nothing at " + path)
    return found


def rows_of(found):
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise ValueError("what is there is neither a list nor an object")
    for place, row in enumerate(found):
        if not isinstance(row, dict):
            raise ValueError("row " + str(place + 1) + " is no object")
    return found


'''
    + CONDITIONS.strip("\n")
    + '''


def wanted(row):
    return all(
        (
            # where
        )
    )


def a_text(place, path, value):
    if value is None or isinstance(value, str):
        return value
    raise ValueError("row " + str(place + 1) + ": " + path + " is no text")


def a_number(place, path, value):
    if value is None or is_number(value):
        return value
    raise ValueError("row " + str(place + 1) + ": " + path + " is no number")


def a_flag(place, path, value):
    if value is None or isinstance(value, bool):
        return value
    raise ValueError("row " + str(place + 1) + ": " + path + " is no flag")


def picked(place, row):
    return {
        # fields
    }


def flat(value, name):
    """The value's parts by their paths."""
    if not isinstance(value, (dict, list)) or not value:
        return {name: value}
    parts = {}
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        parts.update(flat(part, name + "." + str(key)))
    return parts


def flattened(place, row):
    parts = {}
    for key, value in row.items():
        parts.update(flat(value, key))
    return parts


def by_number(row):
    return row[SORT_BY] is not None, row[SORT_BY] or 0


def by_text(row):
    return row[SORT_BY] is not None, row[SORT_BY] or ""


def by_any(row):
    """The rest first, then numbers, then texts."""
    value = row[SORT_BY]
    if isinstance(value, str):
        return 2, 0, value
    return (1, value, "") if is_number(value) else (0, 0, "")


def run(document: str) -> dict:
    # rows
    # filter
    # shape
    # sort
    return {"rows": shaped[:LIMIT], "count": len(shaped)}
'''
)

FLAT = {
    "type": "object",
    "maxProperties": 10_000,
    "additionalProperties": {
        "anyOf": [
            {"type": ["string", "number", "boolean", "null"]},
            {"type": "array", "maxItems": 0},
            {"type": "object", "maxProperties": 0},
        ]
    },
}


def _read(path: str, root: str = "row") -> str:
    """Code that reads what lies at a path."""
    words = path.split(".")
    if len(words) == 1 and root == "row":
        return f"row.get({literal(path)})"
    by = "at" if any(word.isdigit() for word in words) else "reach"
    return f"{by}({root}, {literal(path)})"


def _picked(field: Picked) -> str:
    read = _read(field.path)
    kind = field.type
    checked = read if kind == "any" else f"a_{kind}(place, {literal(field.path)}, {read})"
    return f"{literal(field.called)}: {checked},"


def _lines(p: JsonShape) -> dict[str, list[str]]:
    shape = "picked" if p.fields else "flattened"
    kind = next((each.type for each in p.fields if each.called == p.sort_by), "any")
    key = "by_any" if kind == "flag" else f"by_{kind}"
    sort = f"shaped.sort(key={key}, reverse=True)" if p.descending else f"shaped.sort(key={key})"
    found = "parsed(document)"
    there = f"there({_read(p.rows, found)}, {literal(p.rows)})" if p.rows else found
    return {
        "# where": [f"{expression(each, _read(each.field))}," for each in p.where],
        "# fields": [_picked(each) for each in p.fields],
        "# rows": [f"rows = rows_of({there})"],
        "# filter": ["rows = [row for row in rows if wanted(row)]"] if p.where else [],
        "# shape": [f"shaped = [{shape}(place, row) for place, row in enumerate(rows)]"],
        "# sort": [sort] if p.sort_by else [],
    }


def _says(p: JsonShape) -> str:
    what = ", ".join(each.called for each in p.fields) or "every field, flattened to names such as user.name"
    kept = f" of rows where {'; '.join(f'{e.field} {e.is_} {e.value}' for e in p.where)}" if p.where else ""
    return f"From a JSON text: {what}{kept}."[:1000]


def build(p: JsonShape) -> Made:
    trials = of_fields(p) if p.fields else of_everything(p)
    row: JsonObject = closed({each.called: KINDS[each.type] for each in p.fields}) if p.fields else FLAT
    where = f"with the list of rows at {p.rows}" if p.rows else "a list of objects, or one object"
    return Made(
        description=_says(p),
        arguments=closed({"document": text(f"A JSON text, {where}.", LONGEST)}),
        result=closed({"rows": listing(row, p.limit), "count": whole("How many rows there are.")}),
        code=CODE,
        constants={
            "SORT_BY": p.sort_by,
            "LIMIT": p.limit,
        },
        lines=_lines(p),
        examples=trials[:3],
        tests=trials[3:],
    )


JSON_SHAPE = Template(
    name="json-shape",
    title="Shape JSON",
    summary="Picks, renames, flattens, filters and sorts the fields of JSON rows.",
    keywords=phrases(
        """
        json, shape, reshape, pick, select, rename, flatten, filter, sort, fields, keys, extract from json, path,
        transform, api response, records, wybierz pola, spłaszcz, filtruj, sortuj, zmień nazwy, pola, rekordy,
        selecionar campos, achatar, filtrar, ordenar, renomear, campos, registros, transformar
        """
    ),
    parameters=JsonShape,
    build=build,
    example={
        "rows": "data.items",
        "fields": [
            {"path": "id"},
            {"path": "user.name", "name": "customer", "type": "text"},
            {"path": "prices.0.gross", "name": "price", "type": "number"},
            {"path": "flags.paid", "type": "flag"},
        ],
        "where": [{"field": "status", "is": "equals", "value": "open"}],
        "sortBy": "price",
        "descending": True,
        "limit": 20,
    },
    variants=(
        {},
        {
            "where": [
                {"field": "n", "is": "at-least", "value": 3},
                {"field": "t.u", "is": "contains", "value": "a"},
            ]
        },
        {
            "fields": [{"path": "name"}, {"path": "age"}],
            "where": [
                {"field": "age", "is": "at-most", "value": 30},
                {"field": "name", "is": "not-equals", "value": "Bob"},
                {"field": "city", "is": "present"},
            ],
            "sortBy": "name",
        },
    ),
)
