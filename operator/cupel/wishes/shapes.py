"""Readers of the templates that reshape what they are given: JSON, calendars."""

# tables of words
from __future__ import annotations

import re

from .heard import Heard
from .naming import listed, words_of
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
    explained = frozenset(
        "json field value document text list file object row element item path nested keep only".split()
    )
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
