"""Template csv-shape: selects, filters, sorts and aggregates columns of CSV."""

from __future__ import annotations

from cupel.api.common import JsonObject

from .conditions import expression
from .csv_code import CODE
from .csv_parameters import Aggregate, Column, CsvShape
from .csv_trials import of_everything, of_groups, of_rows
from .literals import literal
from .schemas import closed, text, whole
from .shaping import kept, rows_schema, sort_lines
from .template import Made, Template
from .words import phrases

LONGEST = 200_000


FUNCTIONS = {"sum": "total", "mean": "mean", "min": "smallest", "max": "largest"}


def _read(p: CsvShape, column: str) -> str:
    cell = f"row[{literal(column)}]"
    return f"a_number({cell}, {literal(column)})" if p.numeric(column) else cell


def _selected(p: CsvShape, each: Column) -> str:
    return f"{literal(each.called)}: {_read(p, each.column)},"


def _aggregated(each: Aggregate) -> str:
    if each.function == "count":
        return f"{literal(each.called)}: len(cells(rows, {literal(each.column)})),"
    return f"{literal(each.called)}: {FUNCTIONS[each.function]}(numbers(rows, {literal(each.column)})),"


def _lines(p: CsvShape) -> dict[str, list[str]]:
    known = ["check(header)"] if p.named() else []
    wanted = "[row for row in records(table) if wanted(row)]" if p.where else "records(table)"
    if p.aggregates:
        shape = "grouped(rows)" if p.columns else "[aggregated(rows)]"
    else:
        shape = "[selected(row) for row in rows]" if p.columns else "[without_none(row) for row in rows]"
    return {
        "# known": known,
        "# where": [f"{expression(each, _read(p, each.field))}," for each in p.where],
        "# columns": [_selected(p, each) for each in p.columns],
        "# aggregates": [_aggregated(each) for each in p.aggregates],
        "# rows": [f"rows = {wanted}"],
        "# shape": [f"shaped = {shape}"],
        "# sort": sort_lines(p.sort_by, "by_field", descending=p.descending),
    }


def _row(p: CsvShape) -> JsonObject:
    cell: JsonObject = {"type": "string", "maxLength": LONGEST}
    figure = {"type": "number"}
    if not p.columns and not p.aggregates:
        return {"type": "object", "maxProperties": 10_000, "additionalProperties": cell}
    fields = {each.called: figure if each.type == "number" else cell for each in p.columns}
    fields |= {e.called: whole() if e.function == "count" else figure for e in p.aggregates}
    return closed(fields, fields)


def _says(p: CsvShape) -> str:
    figures = [f"{each.function} of {each.column}" for each in p.aggregates]
    what = (
        ", ".join([*figures, *(f"by {e.column}" if figures else e.column for e in p.columns)])
        or "all columns"
    )
    return f"From a CSV text: {what}{kept(p.where)}."[:1000]


def build(p: CsvShape) -> Made:
    trials = of_groups(p) if p.aggregates else of_rows(p) if p.columns else of_everything(p)
    separated = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}[p.delimiter]
    return Made(
        description=_says(p),
        arguments=closed(
            {
                "table": text(
                    f"A CSV text whose first line names the columns, separated by {separated}.", LONGEST
                )
            }
        ),
        result=rows_schema(_row(p), p.limit),
        code=CODE,
        constants={
            "DELIMITER": p.delimiter,
            "DECIMAL": p.decimal,
            "THOUSANDS": "," if p.decimal == "." else ".",
            "COLUMNS": p.named(),
            "SORT_BY": p.sort_by,
            "LIMIT": p.limit,
        },
        lines=_lines(p),
        examples=trials[:3],
        tests=trials[3:],
    )


CSV_SHAPE = Template(
    name="csv-shape",
    title="Shape CSV",
    summary="Selects, filters, sorts, groups and sums columns of a CSV text.",
    keywords=phrases(
        """
        csv, table, spreadsheet, columns, rows, select, filter, sort, group by, aggregate, sum
        column, average, count, pivot, excel, tsv, tabela, kolumny, wiersze, arkusz, filtruj,
        sortuj, grupuj, zsumuj kolumnę, planilha, colunas, linhas, filtrar, ordenar, agrupar, somar
        coluna, média
        """
    ),
    parameters=CsvShape,
    build=build,
    example={
        "columns": [{"column": "Region", "name": "region"}],
        "aggregates": [
            {"column": "Amount", "function": "sum", "name": "total"},
            {"column": "Amount", "function": "mean", "name": "average"},
            {"column": "Order", "function": "count", "name": "orders"},
        ],
        "where": [{"field": "Status", "is": "equals", "value": "paid"}],
        "sortBy": "total",
        "descending": True,
    },
    variants=(
        {},
        {
            "delimiter": ";",
            "decimal": ",",
            "columns": [{"column": "name"}, {"column": "price", "type": "number"}],
        },
        {
            "columns": [{"column": "Full name", "name": "name"}],
            "where": [
                {"field": "age", "is": "at-least", "value": 18},
                {"field": "Full name", "is": "contains", "value": "a"},
                {"field": "city", "is": "not-equals", "value": "Bern"},
            ],
            "sortBy": "name",
        },
        {"aggregates": [{"column": "n", "function": "min"}, {"column": "n", "function": "max"}]},
    ),
)
