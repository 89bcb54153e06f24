"""Readers of the templates that reshape what they are given: JSON, CSV, calendars."""

# ruff: noqa: E501  # tables of words
from __future__ import annotations

import re

from .heard import Heard
from .naming import identifier, listed, words_of
from .reading import Read, first_said, in_order, operation
from .words import folded

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_CALENDAR = (
    operation("invite", "invite", also="calendar create event meeting write ics send file"),
    operation("invite", "create write", "ics", also="calendar event invite file"),
    operation(
        "ics-events",
        "ics calendar",
        "read list extract event find",
        never="book holiday create",
        also="file text show",
    ),
    operation(
        "nth-weekday",
        _WEEKDAYS,
        "first second third fourth fifth last nth",
        also="month year day date every each calculate find",
    ),
    operation(
        "recurrence",
        "recurring",
        "day date week month",
        also="calendar schedule every list calculate year generate create",
    ),
)


def json_shape(heard: Heard) -> Read | None:
    """The fields that are named; a flat form of everything when "flatten" or "nested" says so."""
    if not heard.any({"json"}) or heard.any(
        "csv xml html validate http format track compare schema generate".split()
    ):
        return None
    names = [
        name
        for name in listed(heard.text)
        if re.fullmatch(r"[A-Za-z0-9_@$-]{1,40}(\.[A-Za-z0-9_@$-]{1,40}){0,7}", name)
    ]
    doing = heard.any("pick extract find get filter flatten field rename nested keep sort".split())
    if not doing or not (names or heard.any({"flatten", "nested", "path"})):
        return None
    parameters = {"fields": [{"path": name} for name in names]} if names else {}
    explained = frozenset("json field value document text list file path object nested keep only".split())
    return Read(
        parameters,
        in_order({"json", *doing}, heard),
        explained | doing | words_of(names),
        1.0 if names else 0.8,
    )


def calendar(heard: Heard) -> Read | None:
    """One of the operations; the weekday and which of them."""
    found = first_said(_CALENDAR, heard)
    if found is None or heard.any({"track", "book", "weather"}):
        return None
    chosen, said = found
    parameters: dict[str, object] = {"operation": chosen.name}
    if chosen.name == "nth-weekday":
        parameters["weekday"] = in_order(_WEEKDAYS.split(), heard)[0]
        parameters["nth"] = next((_NTH[word] for word in heard.meanings if word in _NTH), 1)
    return Read(parameters, in_order(said, heard), said | chosen.also)


_FUNCTIONS = {"sum": "sum", "total": "sum", "average": "mean", "mean": "mean", "minimum": "min", "lowest": "min", "maximum": "max",
              "highest": "max", "suma": "sum", "srednia": "mean", "soma": "sum", "media": "mean"}  # fmt: skip
_NAME = r"[\"'`]?([A-Za-z_][\w]{0,39})[\"'`]?"
_AGGREGATE = re.compile(
    rf"\b({'|'.join(_FUNCTIONS)})\s+(?:of |da |de |do )?(?:the |a |o )?(?:column |kolumny |coluna )?{_NAME}(?: column)?",
    re.IGNORECASE,
)
_GROUP = re.compile(
    rf"\b(?:by|per|for each|grouped by|wedlug|dla kazdej|por|para cada)\s+(?:the |column |kolumny |coluna )*{_NAME}",
    re.IGNORECASE,
)
_DELIMITERS = {
    "semicolon": ";",
    "srednik": ";",
    "srednikiem": ";",
    "tab": "\t",
    "tabs": "\t",
    "tsv": "\t",
    "tabulator": "\t",
    "pipe": "|",
    "pipes": "|",
}
_GENERIC = frozenset(
    "column columns csv row rows file table all kolumny kolumna coluna colunas the a number numbers each".split()
)
_CSV_FITS_IN = frozenset(
    "csv json turn convert file row column list text read extract pick find filter table keep only entry object separate get".split()
)


def csv_shape(heard: Heard) -> Read | None:
    """The columns that are named, or figures of a column by another; all rows when only JSON is wanted."""
    if not heard.any({"csv"}) or heard.any(
        "xml html track http remember draw compare merge validate create url".split()
    ):
        return None
    order = in_order({"csv", "json"}, heard)
    if order[:2] == ("json", "csv"):
        return None
    parameters: dict[str, object] = {}
    names = listed(heard.text)
    figures = [
        (_FUNCTIONS[folded(f)], n) for f, n in _AGGREGATE.findall(heard.text) if folded(n) not in _GENERIC
    ]
    groups = [n for n in _GROUP.findall(heard.text) if folded(n) not in _GENERIC]
    if figures:
        parameters["aggregates"] = [{"column": name, "function": function} for function, name in figures]
        names = tuple(groups)
    if names:
        parameters["columns"] = [_column(name) for name in names]
    if not parameters and (len(order) < 2 or heard.any("total mean filter sort group count".split())):
        return None
    delimiter = next((_DELIMITERS[token] for token in heard.tokens if token in _DELIMITERS), "")
    if delimiter:
        parameters["delimiter"] = delimiter
    explained = (
        _CSV_FITS_IN
        | words_of([*names, *(name for _, name in figures)])
        | heard.any("total mean group minimum maximum".split())
    )
    return Read(
        parameters,
        in_order({"csv", "json", "column"} | heard.any("total mean".split()), heard),
        explained | words_of(_DELIMITERS),
    )


def _column(name: str) -> dict[str, str]:
    called = identifier(name)
    return {"column": name} if called == name else {"column": name, "name": called}
