"""What templates that shape rows have in common: how they filter, sort and answer."""

from __future__ import annotations

from collections.abc import Sequence

from cupel.api.common import JsonObject

from .conditions import Condition
from .schemas import closed, listing, whole


def kept(where: Sequence[Condition]) -> str:
    """Which rows are kept, as the end of a description."""
    said = "; ".join(f"{each.field} {each.is_} {each.value}" for each in where)
    return f" of rows where {said}" if said else ""


def sort_lines(sort_by: str | None, key: str, *, descending: bool) -> list[str]:
    """The line that sorts, by a function of the tool's code; none where nothing is sorted by."""
    backwards = ", reverse=True" if descending else ""
    return [f"shaped.sort(key={key}{backwards})"] if sort_by else []


def rows_schema(row: JsonObject, limit: int) -> JsonObject:
    """What such a tool answers."""
    return closed({"rows": listing(row, limit), "count": whole("How many rows there are.")})
