"""Readers of the templates that reshape what they are given: JSON, calendars."""

# tables of words
from __future__ import annotations

import re

from cupel.api.common import JsonObject

from .heard import Heard
from .naming import kept, listed, shaping, words_of
from .reading import Read, first_said, in_order, operation

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


_NO_JSON = frozenset("csv xml html validate http format track compare schema generate".split())
_SHAPING = frozenset("pick extract find get filter flatten field rename nested keep only sort".split())
_JSON_FITS_IN = frozenset(
    "json field value document text list file object row element entry array path nested keep only".split()
)
_PATH = re.compile(r"[A-Za-z0-9_@$-]{1,40}(\.[A-Za-z0-9_@$-]{1,40}){0,7}")
_TRUTH = {"true": True, "false": False}
_ROWS = re.compile(r"\b(?:under|at|in|inside|pod|em) ([A-Za-z_]\w{0,39}(?:\.[A-Za-z_]\w{0,39}){1,7})\b")
"""Where the rows are, as a path with dots."""


def json_shape(heard: Heard) -> Read | None:
    """The fields that are named; a flat form of everything when "flatten" or "nested" says so."""
    if not heard.any({"json"}) or heard.any(_NO_JSON):
        return None
    names = [name for name in listed(heard.text) or kept(heard.text) if _PATH.fullmatch(name)]
    shape, told = shaping(heard.text)
    doing = heard.any(_SHAPING)
    if not (doing or "where" in shape) or not (
        names or "where" in shape or heard.any({"flatten", "nested", "path"})
    ):
        return None
    parameters: JsonObject = {"fields": [{"path": name} for name in names]} if names else {}
    rows = _ROWS.search(heard.text)
    parameters |= _typed(shape) | ({"rows": rows[1]} if rows else {})
    explained = _JSON_FITS_IN | doing | told | words_of([*names, rows[1] if rows else ""])
    return Read(parameters, in_order({"json", *doing}, heard), explained, 1.0 if names or shape else 0.8)


def _typed(shape: JsonObject) -> JsonObject:
    """JSON has values for true and false."""
    tests = [test | {"value": _TRUTH.get(test["value"], test["value"])} for test in shape.get("where", ())]
    return {**shape, **({"where": tests} if tests else {})}


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
