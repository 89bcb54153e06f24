"""The reader of the template that shapes CSV."""
# ruff: noqa: E501  # tables of words

from __future__ import annotations

import re
from collections.abc import Sequence

from cupel.api.common import JsonObject

from .heard import Heard
from .naming import identifier, kept, listed, shaping, words_of
from .reading import Read, in_order
from .text import level
from .words import words

_FUNCTIONS = {
    "sum": "sum", "total": "sum", "average": "mean", "mean": "mean", "minimum": "min", "lowest": "min", "maximum": "max",
    "highest": "max", "add up": "sum", "adding up": "sum", "sum up": "sum", "somar": "sum", "soma da": "sum", "sumuj": "sum", "zsumuj": "sum", "suma": "sum", "srednia": "mean", "soma": "sum", "media": "mean",
}  # fmt: skip
_NAME = r"[\"'`]?([a-z_]\w{0,39})[\"'`]?"
_FIGURE = re.compile(
    rf"\b({'|'.join(_FUNCTIONS)}) (?:of |da |de |do )?(?:the |a |o |its )?(?:column |kolumny |kolumne |coluna )?{_NAME}"
)
_GROUP = re.compile(
    rf"\b(?:by|per|for each|wedlug|dla kazdej|por|para cada) (?:the |column |kolumny |coluna )*{_NAME}"
)
_DELIMITERS = {
    "semicolon": ";", "semicolons": ";", "srednik": ";", "srednikiem": ";", "srednikami": ";", "tab": "\t", "tabs": "\t", "tsv": "\t",
    "tabulator": "\t", "pipe": "|", "pipes": "|",
}  # fmt: skip
_GENERIC = frozenset(
    "column columns csv row rows file table all kolumny kolumna coluna colunas the a number numbers each".split()
)
_FIGURES = frozenset("total mean minimum maximum".split())
_NUMERIC = frozenset(
    "price money total cost number score percent age weight length distance expense many".split()
)
"""What is sorted as numbers."""
_NEVER = frozenset("xml html track http remember draw compare merge validate create url".split())
_FITS_IN = frozenset(
    "csv json turn convert file row column list text read extract pick find filter table keep only entry object separate get group".split()
)


def csv_shape(heard: Heard) -> Read | None:
    """The columns that are named, or figures of a column by another; all rows when only JSON is wanted."""
    order = in_order({"csv", "json"}, heard)
    if "csv" not in order or heard.any(_NEVER) or order[:2] == ("json", "csv"):
        return None
    figures = [(_FUNCTIONS[said], name) for said, name in _found(_FIGURE, heard)]
    if bool(figures) != bool(heard.any(_FIGURES)):
        return None
    shape, told = shaping(heard.text)
    names = [name for (name,) in _found(_GROUP, heard)] if figures else listed(heard.text) or kept(heard.text)
    whole = len(order) == 2 and not heard.any({"filter", "sort", "group", "count"})
    if not (names or figures or whole or "where" in shape):
        return None
    explained = words_of([*names, *(name for _, name in figures), *_DELIMITERS]) | told | _FITS_IN
    decided = in_order({"csv", "json", "column", *_FIGURES}, heard)
    parameters = _sorted(_parameters(heard, names, figures), shape)
    if parameters is None:
        return None
    return Read(parameters, decided, explained | heard.any(_FIGURES))


def _found(pattern: re.Pattern[str], heard: Heard) -> list[tuple[str, ...]]:
    """What a pattern's groups hold, the last of them as written; none that only says "column"."""
    found = pattern.finditer(level(heard.text))
    last = pattern.groups
    return [
        (*match.groups()[:-1], heard.text[match.start(last) : match.end(last)])
        for match in found
        if match[last] not in _GENERIC
    ]


def _parameters(heard: Heard, names: Sequence[str], figures: list[tuple[str, str]]) -> JsonObject:
    parameters: JsonObject = {}
    if names:
        parameters["columns"] = [_column(name) for name in names]
    if figures:
        parameters["aggregates"] = [{"column": name, "function": function} for function, name in figures]
    delimiter = next((_DELIMITERS[token] for token in heard.tokens if token in _DELIMITERS), "")
    return parameters | ({"delimiter": delimiter} if delimiter else {})


def _sorted(parameters: JsonObject, shape: JsonObject) -> JsonObject | None:
    """With what rows must hold and their order: a column of figures is sorted as numbers, or not at all."""
    by = shape.get("sortBy", "")
    if not by or not frozenset(words(by)) & _NUMERIC:
        return parameters | shape
    columns = [c | {"type": "number"} if c["column"] == by else c for c in parameters.get("columns", ())]
    if columns == list(parameters.get("columns", ())):
        return None
    return {**parameters, "columns": columns, **shape, "sortBy": identifier(by)}


def _column(name: str) -> JsonObject:
    called = identifier(name)
    return {"column": name} if called == name else {"column": name, "name": called}
