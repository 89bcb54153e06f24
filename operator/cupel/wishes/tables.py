"""The reader of the template that shapes CSV."""
# ruff: noqa: E501  # tables of words

from __future__ import annotations

import re

from cupel.api.common import JsonObject

from .heard import Heard
from .naming import identifier, listed, words_of
from .reading import Read, in_order
from .text import level

_FUNCTIONS = {
    "sum": "sum", "total": "sum", "average": "mean", "mean": "mean", "minimum": "min", "lowest": "min", "maximum": "max",
    "highest": "max", "suma": "sum", "srednia": "mean", "soma": "sum", "media": "mean",
}  # fmt: skip
_NAME = r"[\"'`]?([a-z_]\w{0,39})[\"'`]?"
_FIGURE = re.compile(
    rf"\b({'|'.join(_FUNCTIONS)}) (?:of |da |de |do )?(?:the |a |o )?(?:column |kolumny |coluna )?{_NAME}"
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
    names = [name for (name,) in _found(_GROUP, heard)] if figures else list(listed(heard.text))
    if not names and not figures and (len(order) < 2 or heard.any({"filter", "sort", "group", "count"})):
        return None
    explained = words_of([*names, *(name for _, name in figures), *_DELIMITERS])
    decided = in_order({"csv", "json", "column", *_FIGURES}, heard)
    return Read(_parameters(heard, names, figures), decided, explained | _FITS_IN | heard.any(_FIGURES))


def _found(pattern: re.Pattern[str], heard: Heard) -> list[tuple[str, ...]]:
    """What a pattern's groups hold, the last of them as written; none that only says "column"."""
    found = pattern.finditer(level(heard.text))
    last = pattern.groups
    return [
        (*match.groups()[:-1], heard.text[match.start(last) : match.end(last)])
        for match in found
        if match[last] not in _GENERIC
    ]


def _parameters(heard: Heard, names: list[str], figures: list[tuple[str, str]]) -> JsonObject:
    parameters: JsonObject = {}
    if names:
        parameters["columns"] = [_column(name) for name in names]
    if figures:
        parameters["aggregates"] = [{"column": name, "function": function} for function, name in figures]
    delimiter = next((_DELIMITERS[token] for token in heard.tokens if token in _DELIMITERS), "")
    return parameters | ({"delimiter": delimiter} if delimiter else {})


def _column(name: str) -> JsonObject:
    called = identifier(name)
    return {"column": name} if called == name else {"column": name, "name": called}
