"""Trials of template json-shape: documents made of the paths that are named, and what must come of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .conditions import Condition, satisfied, value_for, values_against
from .json_parameters import JsonShape, Picked
from .trials import Metamorphic, fails, gives, present

LISTED = re.compile(r"\.0(?:\.|$)")
Values = dict[str, Any]
"""Path to value, of one row."""


def document(p: JsonShape, rows: Iterable[Values]) -> str:
    """The text with these rows where the tool looks for them."""
    listed: Any = [built([(path.split("."), value) for path, value in row.items()]) for row in rows]
    return json.dumps(built([(p.rows.split("."), listed)]) if p.rows else listed, ensure_ascii=False)


def built(pairs: list[tuple[list[str], Any]]) -> Any:
    """Objects in one another that have these values at these paths; a list where the only word is 0."""
    below: dict[str, list[tuple[list[str], Any]]] = {}
    for (head, *rest), value in pairs:
        below.setdefault(head, []).append((rest, value))
    made = {
        head: inner[0][1] if not inner[0][0] else built([each for each in inner if each[0]])
        for head, inner in below.items()
    }
    return [made["0"]] if set(made) == {"0"} else made


def _value(field: Picked, place: int, number: int) -> Any:
    match field.type:
        case "number":
            return number * 10 + place
        case "flag":
            return number % 2 == 0
    return f"{field.called} {number}"


def _row(p: JsonShape, number: int) -> Values:
    """A row that satisfies every condition."""
    plain = {each.path: _value(each, place, number) for place, each in enumerate(p.fields)}
    tested = {each.field: each.field for each in p.where}
    return {path: value_for(path, p.where, value) for path, value in {**tested, **plain}.items()}


def _shaped(p: JsonShape, row: Values) -> JsonObject:
    return present({each.called: row.get(each.path) for each in p.fields})


def _order(value: Any) -> tuple[int, float, str]:
    if isinstance(value, bool) or value is None:
        return (0, 0, "")
    return (2, 0, value) if isinstance(value, str) else (1, value, "")


def _told(p: JsonShape, rows: list[Values]) -> JsonObject:
    shaped = [_shaped(p, row) for row in rows]
    if p.sort_by:
        by = p.sort_by
        shaped.sort(key=lambda row: _order(row.get(by)), reverse=p.descending)
    return {"rows": shaped[: p.limit], "count": len(rows)}


def of_fields(p: JsonShape) -> tuple[Trial, ...]:
    """Trials where fields are named."""
    rows = [_row(p, number) for number in (2, 1, 3)]
    first = gives("three-rows", {"document": document(p, rows)}, _told(p, rows))
    more = (
        [{**row, "zz_unknown": 1} for row in rows] if all("zz_unknown" not in row for row in rows) else rows
    )
    many = [_row(p, number) for number in range(1, min(p.limit, 30) + 2)]
    tests = [
        first,
        gives("one-row", {"document": document(p, rows[:1])}, _told(p, rows[:1])),
        gives("no-rows", {"document": document(p, [])}, {"rows": [], "count": 0}),
        gives("many-rows", {"document": document(p, many)}, _told(p, many)),
        Metamorphic("other-fields-do-not-count", first, {"document": document(p, more)}).test(),
        Metamorphic("white-space-does-not-count", first, {"document": f"\n {document(p, rows)} "}).test(),
        *_absent(p, rows[0]),
        *_mixed(p, rows[0]),
        *(_filtered(p, rows, place, each) for place, each in enumerate(p.where)),
    ]
    return (*tests, *_wrong_types(p, rows[0]), *_refused(p))


def _absent(p: JsonShape, row: Values) -> list[Trial]:
    """A row with nothing but what the conditions need, beside a whole one."""
    needed = {each.field for each in p.where if row[each.field] is not None}
    bare = {path: value for path, value in row.items() if path in needed}
    lists: Values = {LISTED.split(path)[0]: [] for path in row if LISTED.search(path) and path not in needed}
    rows = [row, bare, {**bare, **lists}]
    return [gives("fields-absent", {"document": document(p, rows)}, _told(p, rows))]


def _mixed(p: JsonShape, row: Values) -> list[Trial]:
    """Where what is sorted by may be anything: numbers and texts among each other."""
    by = next((each for each in p.fields if each.called == p.sort_by and each.type == "any"), None)
    if by is None:
        return []
    rows = [{**row, by.path: value} for value in (2, "b", None, 1, True, "a", -1)]
    kept = [each for each in rows if all(satisfied(each.get(c.field), c) for c in p.where)]
    return [gives("mixed", {"document": document(p, rows)}, _told(p, kept))]


def _filtered(p: JsonShape, rows: list[Values], place: int, condition: Condition) -> Trial:
    """Rows that fail this condition in every way there is, among rows that do not."""
    against = [{**rows[0], condition.field: value} for value in values_against(condition)]
    return gives(f"left-out-{place + 1}", {"document": document(p, [*against, *rows])}, _told(p, rows))


WRONG: dict[str, Any] = {"text": 1, "number": "a", "flag": 1}


def _wrong_types(p: JsonShape, row: Values) -> list[Trial]:
    tested = {each.field for each in p.where}
    typed = [each for each in p.fields if each.type != "any" and each.path not in tested]
    return [
        fails(
            f"wrong-type-{place + 1}",
            {"document": document(p, [{**row, each.path: WRONG[each.type]}])},
            f"row 1: {each.path} is no {each.type}",
        )
        for place, each in enumerate(typed)
    ]


def of_everything(p: JsonShape) -> tuple[Trial, ...]:
    """Trials where every field is told, flattened."""
    deep = {"id": 7, "user": {"name": "Ana", "tags": ["a", "b"]}, "empty": {}, "bare": []}
    flat = {
        "id": 7,
        "user.name": "Ana",
        "user.tags.0": "a",
        "user.tags.1": "b",
        "empty": {},
        "bare": [],
    }
    needed = {each.field: value_for(each.field, p.where, "x") for each in p.where}
    plain = [
        {**{path: value for path, value in needed.items() if value is not None}, "zz": n} for n in (1, 2)
    ]
    told = {"rows": plain, "count": 2}
    trials = [
        gives("two-rows", {"document": document(p, plain)}, {**told, "rows": plain[: p.limit]}),
        gives("one-row", {"document": document(p, plain[:1])}, {"rows": plain[:1], "count": 1}),
        gives("no-rows", {"document": document(p, [])}, {"rows": [], "count": 0}),
    ]
    if not p.where:
        whole = json.dumps([deep])
        wrapped = json.dumps(built([(p.rows.split("."), [deep])])) if p.rows else whole
        trials.append(gives("flattened", {"document": wrapped}, {"rows": [flat], "count": 1}))
    many = [{**plain[0], "zz": n} for n in range(min(p.limit, 30) + 1)]
    trials.append(
        gives("many-rows", {"document": document(p, many)}, {"rows": many[: p.limit], "count": len(many)})
    )
    for place, condition in enumerate(p.where):
        against = [{**plain[0], condition.field: value} for value in values_against(condition)]
        arguments = {"document": document(p, [*against, plain[0]])}
        trials.append(gives(f"left-out-{place + 1}", arguments, {"rows": plain[:1], "count": 1}))
    return (*trials, *_refused(p))


def _refused(p: JsonShape) -> list[Trial]:
    single = (
        [] if p.rows else [fails("a-single-word", {"document": '"word"'}, "is neither a list nor an object")]
    )
    nowhere = [fails("rows-nowhere", {"document": "{}"}, f"there is nothing at {p.rows}")] if p.rows else []
    inside = json.dumps(built([(p.rows.split("."), [1])]) if p.rows else [1])
    return [
        fails("no-json", {"document": "{"}, "the text is no JSON"),
        fails("no-number", {"document": "[NaN]"}, "the text is no JSON"),
        fails("row-is-no-object", {"document": inside}, "row 1 is no object"),
        *single,
        *nowhere,
    ]
