"""Trials of template csv-shape: tables of the columns the parameters name, and what must come of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .conditions import Condition, satisfied, value_for, values_against
from .csv_parameters import Aggregate, CsvShape
from .trials import Metamorphic, fails, gives, present

Row = dict[str, Any]
"""Column to a number, a text, or None."""


def table(p: CsvShape, rows: Iterable[Row], columns: list[str]) -> str:
    """The text with these rows."""
    written = io.StringIO()
    lines = csv.writer(written, delimiter=p.delimiter, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows([[_cell(p, row.get(column)) for column in columns] for row in rows])
    return written.getvalue()


def _cell(p: CsvShape, value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else format(value, "").replace(".", p.decimal)


def _columns(p: CsvShape) -> list[str]:
    """The columns of the table: one that nobody asks for comes first."""
    return [next(each for each in ("zz", "zzz") if each not in p.named()), *p.named()]


def _row(p: CsvShape, number: int, *, group: int = 0) -> Row:
    """A row that satisfies every condition."""
    made: Row = {}
    for place, column in enumerate(p.named()):
        grouping = p.aggregates and any(each.column == column for each in p.columns)
        mark = group if grouping else number
        plain = mark * 10 + place + 0.5 if p.numeric(column) else f"{column} {mark}"
        made[column] = value_for(column, p.where, plain)
    return made


def _kept(p: CsvShape, rows: list[Row]) -> list[Row]:
    return [row for row in rows if all(satisfied(row.get(each.field), each) for each in p.where)]


def _sorted(p: CsvShape, shaped: list[JsonObject]) -> JsonObject:
    if by := p.sort_by:
        order = {place: (by in row, row.get(by, 0)) for place, row in enumerate(shaped)}
        shaped = [
            shaped[place] for place in sorted(order, key=lambda place: order[place], reverse=p.descending)
        ]
    return {"rows": shaped[: p.limit], "count": len(shaped)}


def _told(p: CsvShape, rows: list[Row]) -> JsonObject:
    shaped = [present({e.called: row.get(e.column) for e in p.columns}) for row in _kept(p, rows)]
    return _sorted(p, shaped)


def _figure(each: Aggregate, rows: list[Row]) -> Any:
    values = [row[each.column] for row in rows if row.get(each.column) is not None]
    match each.function:
        case "count":
            return len(values)
        case "sum":
            return sum(values)
        case "mean":
            return sum(values) / len(values) if values else None
        case "min":
            return min(values, default=None)
        case "max":
            return max(values, default=None)


def _aggregated(p: CsvShape, rows: list[Row]) -> JsonObject:
    groups: dict[tuple[Any, ...], list[Row]] = {} if p.columns else {(): []}
    for row in _kept(p, rows):
        groups.setdefault(tuple(row.get(each.column) for each in p.columns), []).append(row)
    shaped = [
        present(
            {each.called: value for each, value in zip(p.columns, key, strict=True)}
            | {each.called: _figure(each, members) for each in p.aggregates}
        )
        for key, members in groups.items()
    ]
    return _sorted(p, shaped)


def of_rows(p: CsvShape) -> tuple[Trial, ...]:
    """Trials where columns are selected."""
    rows = [_row(p, number) for number in (2, 1, 3)]
    many = [_row(p, number) for number in range(1, min(p.limit, 30) + 2)]
    first = _trial(p, "three-rows", rows, _told(p, rows))
    return (
        first,
        _trial(p, "one-row", rows[:1], _told(p, rows[:1])),
        _trial(p, "no-rows", [], {"rows": [], "count": 0}),
        _trial(p, "many-rows", many, _told(p, many)),
        _trial(p, "cells-absent", [_bare(p, rows[0]), *rows], _told(p, [_bare(p, rows[0]), *rows])),
        *(_left_out(p, rows, place, each, _told(p, rows)) for place, each in enumerate(p.where)),
        *_general(p, first, rows),
    )


def of_groups(p: CsvShape) -> tuple[Trial, ...]:
    """Trials where rows are aggregated."""
    rows = [_row(p, number, group=group) for number, group in ((1, 1), (2, 2), (3, 1), (6, 1))]
    first = _trial(p, "four-rows", rows, _aggregated(p, rows))
    bare = [_bare(p, rows[0]), *rows]
    return (
        first,
        _trial(p, "one-row", rows[:1], _aggregated(p, rows[:1])),
        _trial(p, "no-rows", [], _aggregated(p, [])),
        _trial(p, "cells-absent", bare, _aggregated(p, bare)),
        _trial(p, "cells-absent-alone", bare[:1], _aggregated(p, bare[:1])),
        *(_left_out(p, rows, place, each, _aggregated(p, rows)) for place, each in enumerate(p.where)),
        *_general(p, first, rows),
    )


def of_everything(p: CsvShape) -> tuple[Trial, ...]:
    """Trials where all columns are wanted."""
    columns = _columns(p)
    rows: list[Row] = [{**dict.fromkeys(columns[:1], f"a{n}"), **_row(p, n)} for n in (1, 2)]
    told = [present({column: _as_text(p, row[column]) for column in columns}) for row in rows]
    many = [{**rows[0], columns[0]: str(n)} for n in range(min(p.limit, 30) + 1)]
    all_told = [{**told[0], columns[0]: str(n)} for n in range(len(many))]
    first = _trial(p, "two-rows", rows, {"rows": told[: p.limit], "count": 2})
    return (
        first,
        _trial(p, "one-row", rows[:1], {"rows": told[:1], "count": 1}),
        _trial(p, "no-rows", [], {"rows": [], "count": 0}),
        _trial(p, "many-rows", many, {"rows": all_told[: p.limit], "count": len(many)}),
        *(_left_out(p, rows, place, each, first.result or {}) for place, each in enumerate(p.where)),
        *_general(p, first, rows),
    )


def _as_text(p: CsvShape, value: Any) -> str | None:
    return _cell(p, value) or None


def _trial(p: CsvShape, name: str, rows: list[Row], result: JsonObject) -> Trial:
    return gives(name, {"table": table(p, rows, _columns(p))}, result)


def _bare(p: CsvShape, row: Row) -> Row:
    """Nothing but what the conditions need."""
    needed = {each.field for each in p.where}
    return {column: value for column, value in row.items() if column in needed} | {_columns(p)[0]: "x"}


def _left_out(p: CsvShape, rows: list[Row], place: int, condition: Condition, result: JsonObject) -> Trial:
    """Rows that fail this condition in every way there is, beside rows that do not."""
    numeric = p.numeric(condition.field)
    wrong = [each for each in values_against(condition) if each is None or isinstance(each, str) != numeric]
    against: list[Row] = [{**rows[0], condition.field: each} for each in wrong]
    return _trial(p, f"left-out-{place + 1}", [*against, *rows], result)


def _general(p: CsvShape, first: Trial, rows: list[Row]) -> list[Trial]:
    columns = _columns(p)
    turned = Metamorphic("columns-in-any-order", first, {"table": table(p, rows, columns[::-1])})
    spaced = Metamorphic(
        "blank-lines", first, {"table": "\n" + first.arguments["table"].replace("\n", "\n\n")}
    )
    marked = Metamorphic("byte-order-mark", first, {"table": "\ufeff" + table(p, rows, columns[::-1])})
    short = Metamorphic("lines-cut-short", first, {"table": _cut(p, rows)})
    trials = [
        short.test(),
        turned.test(),
        spaced.test(),
        marked.test(),
        fails("nothing", {"table": ""}, "the text is empty"),
    ]
    trials.append(fails("blank", {"table": " \n\n"}, "the text is empty"))
    if p.named():
        trials.append(fails("no-such-column", {"table": "other\n1\n"}, f"there is no column {p.named()[0]}"))
    numeric = [column for column in p.named() if p.numeric(column)]
    for column in numeric[:1]:
        trials += [
            fails("no-number", {"table": table(p, [{**rows[0], column: "12a"}], columns)}, "is no number"),
            Metamorphic(
                "thousands", first, {"table": table(p, [_marked(p, row) for row in rows], columns)}
            ).test(),
        ]
    return trials


def _cut(p: CsvShape, rows: list[Row]) -> str:
    """The same table, without the delimiters at the ends of lines."""
    lines = table(p, rows, [*_columns(p), "zzzz"]).split("\n")
    return "\n".join([lines[0], *(line.rstrip(p.delimiter) for line in lines[1:])])


def _marked(p: CsvShape, row: Row) -> Row:
    """Numbers written with every mark between digits that the reader leaves out."""
    marks = "\u00a0\u202f " + ("," if p.decimal == "." else ".")
    cells = {column: _cell(p, value) for column, value in row.items() if p.numeric(column)}
    return row | {
        c: cell[0] + marks + cell[1:] for c, cell in cells.items() if cell[:1].isdigit() and cell[1:]
    }
