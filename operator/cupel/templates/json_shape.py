"""Template json-shape: picks, renames, flattens, filters and sorts what JSON holds."""

from __future__ import annotations

from cupel.api.common import JsonObject

from .conditions import expression
from .json_code import CODE
from .json_parameters import KINDS, LONGEST, JsonShape, Picked
from .json_trials import of_everything, of_fields
from .literals import literal
from .schemas import closed, text
from .shaping import kept, rows_schema, sort_lines
from .template import Made, Template
from .words import phrases

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
    found = "parsed(document)"
    there = f"there({_read(p.rows, found)}, {literal(p.rows)})" if p.rows else found
    return {
        "# where": [f"{expression(each, _read(each.field))}," for each in p.where],
        "# fields": [_picked(each) for each in p.fields],
        "# rows": [f"rows = rows_of({there})"],
        "# filter": ["rows = [row for row in rows if wanted(row)]"] if p.where else [],
        "# shape": [f"shaped = [{shape}(place, row) for place, row in enumerate(rows)]"],
        "# sort": sort_lines(p.sort_by, key, descending=p.descending),
    }


def _says(p: JsonShape) -> str:
    what = ", ".join(each.called for each in p.fields) or "every field, flattened to names such as user.name"
    return f"From a JSON text: {what}{kept(p.where)}."[:1000]


def build(p: JsonShape) -> Made:
    trials = of_fields(p) if p.fields else of_everything(p)
    fields = {each.called: KINDS[each.type] for each in p.fields}
    row: JsonObject = closed(fields, fields) if p.fields else FLAT
    where = f"with the list of rows at {p.rows}" if p.rows else "a list of objects, or one object"
    return Made(
        description=_says(p),
        arguments=closed({"document": text(f"A JSON text, {where}.", LONGEST)}),
        result=rows_schema(row, p.limit),
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
        json, shape, reshape, pick, select, rename, flatten, filter, sort, fields, keys, extract
        from json, path, transform, api response, records, wybierz pola, spłaszcz, filtruj, sortuj,
        zmień nazwy, pola, rekordy, selecionar campos, achatar, filtrar, ordenar, renomear, campos,
        registros, transformar
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
