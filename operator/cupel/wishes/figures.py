"""Readers of the templates that compute: units, money, statistics, dates, measures of a text."""

# ruff: noqa: E501  # tables of words
from __future__ import annotations

import re
from collections.abc import Iterable

from cupel.api.common import JsonObject

from .heard import Heard, quantity_of
from .reading import Read, first_said, in_order, operation
from .words import KNOWN, folded, words

_QUANTITIES = {
    "length": "length distance", "mass": "weight mass", "temperature": "temperature", "volume": "volume", "area": "area",
    "speed": "speed", "data": "filesize", "energy": "energy", "pressure": "pressure",
}  # fmt: skip
_UNITS_FIT_IN = frozenset(
    "many calculate degree number value amount measurement distance weight heavy".split()
)
_CONVERTING = frozenset({"convert", "turn", "convertunit"})
_STATISTICS = {
    "mean": "mean", "median": "median", "deviation": "deviation", "percentile": "percentiles", "trend": "trend",
    "histogram": "histogram", "minimum": "minimum", "maximum": "maximum",
}  # fmt: skip
_TEXT = {
    "word": "words",
    "line": "lines",
    "letter": "characters",
    "row": "lines",
    "sentence": "sentences",
    "paragraph": "paragraphs",
}
_PERCENTILE = re.compile(r"\b([1-9]\d?)(?:th|st|nd|rd|%|\.)? ?(?:and|,|or|i|e|percent|perc|quant|kwant)")
_SUBJECT = re.compile(
    r"\b(?:of|z|de|das|dos) (?:the |a |my |our |moich |meus |minhas )?((?!list|number)[a-z]+(?: [a-z]+)?)\s*$"
)
_FOR_WHAT = re.compile(r"\b(?:for|dla|para) (?:my|our|the|an?|moj\w+|um|uma|o|a) ([a-z]+)")
_FETCHED = frozenset({"visitor"})
_MEASURED = frozenset("time distance weight score length age step".split())
_SPOKEN = {"tygodnia": "pl", "da semana": "pt"}
_NO_TEXT = "csv json html xml track convert translate remember validate"
_MONEY = (
    operation("instalments", "loan instalment interest", also="month year percent rate calculate money payment"),
    operation("tax", "vat tax net gross", also="add subtract remove price percent money bill calculate rate"),
    operation("split", "split", "bill money person cost tip expense price rent restaurant", never="csv text word json",
              also="between several equal share total tip restaurant each amount calculate equally many percent add"),
    operation("percent", "percent discount tip", "price money bill cost expense salary discount tip",
              never="csv", also="calculate total off come add subtract reduced increase increased comes"),
    operation("convert", "currency exchange", "convert calculate turn exchange", never="current predict history track",
              also="money rate given amount price"),
    operation("sum", "total add", "money price expense bill cost", never="csv track json", also="calculate list number all"),
)  # fmt: skip
_DATES = (
    operation("add-business-days", "workday", "add after later from deadline", also="date day skip week holiday day skipp"),
    operation("business-days", "workday", also="date day between count many week skip calculate holiday start end"),
    operation("weekday", "weekday", also="date calculate find tell day"),
    operation("time-zone", "timezone", also="convert turn time hour date"),
    operation("between", "day date week", "between difference until since remaining", also="many day week date count calculate time number left remaining"),
    operation("add", "after later before ago", "day week month year", never="track", also="date add calculate from"),
    operation("add", "add subtract", "date", also="day week month year calculate"),
)  # fmt: skip
_CLOCK = re.compile(
    r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b|\b1?\d ?(?:am|pm|o'clock)\b|\bnoon\b|\bmidnight\b", re.IGNORECASE
)
_WHAT_TIME = re.compile(
    r"\b(?:what|which) (?:time|hour)|\bktora (?:jest )?(?:godzina|wtedy)|\bque horas|\bwhat is the time"
)
_NOT_DATES = frozenset(
    "csv weather holiday track predict calendar extract sunris sunset find validate".split()
)


def units(heard: Heard) -> Read | None:
    """Two units of one quantity, or a quantity and a word for converting."""
    found = heard.units
    quantities = tuple(dict.fromkeys(map(quantity_of, found)))
    if heard.any({"track", "remember", "price"}) or len(quantities) > 1 or "angle" in quantities:
        return None
    if len(found) >= 2:
        return _converted(quantities[0], found, heard)
    for quantity, names in _QUANTITIES.items():
        if (said := heard.any(names.split())) and heard.any({"convertunit"}):
            return _converted(quantity, (*said, "convertunit"), heard)
    if heard.any({"convertunit"}) and heard.any({"convert", "turn"}):
        return Read({}, in_order({"convertunit", "convert"}, heard), _CONVERTING | {"measure"})
    return None


def _converted(quantity: str, decided: tuple[str, ...], heard: Heard) -> Read:
    names = frozenset(_QUANTITIES.get(quantity, "").split())
    explained = names | _CONVERTING | _UNITS_FIT_IN | heard.opening | _purpose(heard)
    return Read({"quantities": [quantity]}, decided, explained | frozenset(decided))


def _purpose(heard: Heard) -> frozenset[str]:
    """What the figures are for: one thing after "for my", unless it names what another tool does."""
    found = _FOR_WHAT.search(folded(heard.text))
    return frozenset(word for word in words(found[1]) if word not in KNOWN) if found else frozenset()


def money(heard: Heard) -> Read | None:
    """One of the operations; the only currency that is named, and the rate before a per cent."""
    currencies = heard.currencies
    if len(currencies) == 2 and not heard.any("current predict history track price weather".split()):
        to = {"operation": "convert", "currency": currencies[1]}
        explained = frozenset({*currencies, "convert", "money", "currency", "turn", "exchange", "price"})
        return Read(to, currencies, explained, 0.75)
    found = first_said(_MONEY, heard)
    if found is None:
        return None
    chosen, said = found
    parameters = {"operation": chosen.name}
    if len(currencies) == 1:
        parameters["currency"] = currencies[0]
    rate = re.search(r"(\d{1,3}(?:[.,]\d{1,4})?) ?(?:%|per ?cent|procent|por cento)", heard.text)
    if rate and chosen.name in {"tax", "percent", "instalments"}:
        parameters["percent"] = rate[1].replace(",", ".")
    explained = said | chosen.also | frozenset(currencies) | frozenset({"percent"})
    return Read(parameters, in_order(said, heard), explained)


def statistics(heard: Heard) -> Read | None:
    """The measures that are named, in their order, or those of the example's result; all of them for "statistics"."""
    if heard.any("csv json html track remember text word extract price".split()):
        return None
    explained = frozenset(
        "calculate number list value statistics describe total add all measurement figure data sample spread range".split()
    )
    said = in_order(_STATISTICS, heard)
    totals = in_order({"total", "add"}, heard) if heard.any({"number"}) else ()
    measures = [_STATISTICS[word] for word in said] + (["sum"] if totals else [])
    measures = _shown(heard, {*_STATISTICS.values(), "sum", "count"}) or measures
    if not said and not totals and not heard.any({"statistics"}):
        return None
    parameters: JsonObject = {"measures": measures} if measures else {}
    percents = (
        {int(n) for n in _PERCENTILE.findall(folded(heard.text))} if "percentiles" in measures else set()
    )
    if percents:
        parameters["percentiles"] = sorted(percents)
    decided = (*said, *totals) or ("statistics",)
    return Read(parameters, decided, explained | frozenset(_STATISTICS) | _subject(heard))


def _subject(heard: Heard) -> frozenset[str]:
    """What the numbers are: up to two words after "of", unless they name what would have to be fetched."""
    found = _SUBJECT.search(folded(heard.text))
    return (
        frozenset(word for word in words(found[1]) if word not in (KNOWN - _MEASURED) | _FETCHED)
        if found
        else frozenset()
    )


def _shown(heard: Heard, known: Iterable[str]) -> list[str]:
    """The fields of the examples' results, if a template knows them all."""
    fields = list(dict.fromkeys(field for each in heard.examples for field in each.result))
    return fields if set(fields) <= set(known) else []


def _asks_for_a_date(heard: Heard) -> bool:
    """Working days between one date and another, in this order: the second is what is looked for."""
    order = [word for word in heard.meanings if word in {"date", "workday", "between", "end"}]
    return order == ["date", "workday", "date"]


def _in_two_places(heard: Heard) -> Read | None:
    """A time of one place, asked for in another: "when it is 15:00 in X, what time is it in Y"."""
    if not (_CLOCK.search(heard.text) and _WHAT_TIME.search(folded(heard.text)) and len(heard.values) > 1):
        return None
    return Read({"operation": "time-zone"}, ("time",), heard.values | {"time", "timezone", "convert", "noon"})


def dates(heard: Heard) -> Read | None:
    """One of the operations; weekdays in the language of the wish."""
    if (read := _in_two_places(heard)) is not None:
        return read
    found = (
        None
        if heard.any(_NOT_DATES - {"holiday"} if heard.any({"workday"}) else _NOT_DATES)
        else first_said(_DATES, heard)
    )
    if found is None:
        return None
    chosen, said = found
    if chosen.name == "business-days" and _asks_for_a_date(heard):
        chosen = next(each for each in _DATES if each.name == "add-business-days")
    parameters = {"operation": chosen.name}
    plain = folded(heard.text)
    spoken = next((language for word, language in _SPOKEN.items() if word in plain), "")
    if chosen.name == "weekday" and spoken:
        parameters["language"] = spoken
    return Read(parameters, in_order(said, heard), said | chosen.also)


def text_measure(heard: Heard) -> Read | None:
    """What is counted in a text, or its reading time."""
    if heard.any(_NO_TEXT.split()):
        return None
    explained = frozenset("count many text number length calculate in".split())
    if heard.any({"read"}) and heard.any({"time", "min", "long"}):
        return Read(
            {"measures": ["reading_seconds"]},
            in_order({"read", "time", "min"}, heard),
            explained | {"read", "time", "min", "long", "take"},
        )
    said = in_order(_TEXT, heard)
    if said and heard.any({"count", "many", "length", "number", "total"}):
        return Read(
            {"measures": _shown(heard, _TEXT.values()) or [_TEXT[word] for word in said]},
            said,
            explained | frozenset(said),
        )
    if heard.any({"word"}) and heard.any({"frequency", "frequent", "often", "common", "commonest"}):
        return Read(
            {"measures": ["frequent_words"]},
            ("word", *in_order({"frequent", "often"}, heard)),
            explained | {"word", "frequent", "often", "most", "common"},
        )
    return None
