"""Many queries made one: each result carries the number of the query it answers.

Queries are strangers' text, and one must not be able to answer for another: only what is whole by itself is
joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

NUMBER = "cupel_signal"
"""The label that says which query a sample answers."""
CLOSES = {")": "(", "]": "[", "}": "{"}


@lru_cache(maxsize=16_384)  # the same are asked at every look, and this goes over every character
def whole(query: str) -> bool:
    """Whether every bracket and quote that the query opens is closed by itself, and it holds no comment."""
    opened: list[str] = []
    place = 0
    while place < len(query):
        mark = query[place]
        if mark in "\"'`":
            end = _end_of_string(query, place)
            if end < 0:
                return False
            place = end
        elif mark in "#\\":
            return False
        elif mark in "([{":
            opened.append(mark)
        elif mark in CLOSES and (not opened or opened.pop() != CLOSES[mark]):
            return False
        place += 1
    return not opened


def _end_of_string(query: str, start: int) -> int:
    """Place of the closing quote; -1 when there is none.

    Back-quoted strings know no escapes, others end with the line.
    """
    quote = query[start]
    place = start + 1
    while place < len(query):
        mark = query[place]
        if mark == quote:
            return place
        if quote != "`":
            if mark == "\n":
                return -1
            place += mark == "\\"
        place += 1
    return -1


def joined(queries: Sequence[str]) -> str:
    """One query for all of them. Each must be `whole`, and answer an instant vector."""
    return " or ".join(
        f'label_replace(({query}), "{NUMBER}", "{number}", "", "")' for number, query in enumerate(queries)
    )
