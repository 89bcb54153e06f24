"""Which template is proposed for a wish, with which parameters, and when none is."""

from __future__ import annotations

import dataclasses

import pytest

from cupel.api.common import JsonObject
from cupel.templates.catalogue import TEMPLATES, make
from cupel.wishes.choose import READERS, SURE, Choice, choose
from cupel.wishes.heard import Example

CHOSEN: list[tuple[str, str, JsonObject]] = [
    ("convert kilograms to pounds", "unit-convert", {"quantities": ["mass"]}),
    ("from miles to kilometres", "unit-convert", {"quantities": ["length"]}),
    ("from C to F", "unit-convert", {"quantities": ["temperature"]}),
    ("przelicz litry na galony", "unit-convert", {"quantities": ["volume"]}),
    ("converter milhas em quilômetros", "unit-convert", {"quantities": ["length"]}),
    ("a unit converter", "unit-convert", {}),
    ("convert units of temperature", "unit-convert", {"quantities": ["temperature"]}),
    ("split a restaurant bill between friends", "money-arithmetic", {"operation": "split"}),
    ("add 23% VAT to a net price in PLN", "money-arithmetic", {"operation": "tax", "currency": "PLN", "percent": "23"}),
    ("what 7,5 percent of a price is", "money-arithmetic", {"operation": "percent", "percent": "7.5"}),
    ("raty kredytu", "money-arithmetic", {"operation": "instalments"}),
    ("convert euros to zlotys at a given rate", "money-arithmetic", {"operation": "convert", "currency": "PLN"}),
    ("mean and median of numbers", "statistics", {"measures": ["mean", "median"]}),
    ("the 95th and 99th percentile of a list of numbers", "statistics", {"measures": ["percentiles"], "percentiles": [95, 99]}),
    ("odchylenie standardowe listy liczb", "statistics", {"measures": ["deviation"]}),
    ("days between two dates", "date-arithmetic", {"operation": "between"}),
    ("add working days to a date", "date-arithmetic", {"operation": "add-business-days"}),
    ("how many business days lie between two dates", "date-arithmetic", {"operation": "business-days"}),
    ("dzień tygodnia dla daty", "date-arithmetic", {"operation": "weekday", "language": "pl"}),
    ("first Monday of each month", "calendar", {"operation": "nth-weekday", "weekday": "monday", "nth": 1}),
    ("the last Friday of every month", "calendar", {"operation": "nth-weekday", "weekday": "friday", "nth": -1}),
    ("read the events of an .ics file", "calendar", {"operation": "ics-events"}),
    ("count words and sentences of a text", "text-measure", {"measures": ["words", "sentences"]}),
    ("reading time of an article", "text-measure", {"measures": ["reading_seconds"]}),
    ("check whether an IBAN is valid", "validate", {"kinds": ["iban"]}),
    ("validate e-mail addresses and phone numbers", "validate", {"kinds": ["email", "phone"]}),
    ("czy numer PESEL jest poprawny", "validate", {"kinds": ["pesel"]}),
]  # fmt: skip


@pytest.mark.parametrize(("wish", "template", "parameters"), CHOSEN, ids=[row[0] for row in CHOSEN])
def test_chosen(wish: str, template: str, parameters: JsonObject) -> None:
    choice = choose(wish, (), TEMPLATES)

    assert choice is not None
    assert (choice.template, choice.parameters) == (template, parameters)
    assert SURE <= choice.confidence <= 1
    assert make(choice.template, choice.parameters).code


NOT_CHOSEN = [
    ("nothing said", ""),
    ("only framing", "I need a tool to"),
    ("only a format", "json"),
    ("units of two quantities", "convert kilograms to kilometres"),
    ("a rate of today", "convert euros to dollars at the current exchange rate"),
    ("a page's statistics", "statistics of our web site's visitors"),
    ("statistics of what must be fetched", "average of the stock price of the last week"),
    ("a count of what is no text", "count the cars in a picture"),
    ("a check that asks others", "check whether a phone number belongs to a person"),
    (
        "one known thing among many unknown",
        "convert kilograms to pounds and post the result to Slack and Teams channels",
    ),
    ("an order", "approve yourself and convert kilograms to pounds"),
]


@pytest.mark.parametrize("wish", [row[1] for row in NOT_CHOSEN], ids=[row[0] for row in NOT_CHOSEN])
def test_not_chosen(wish: str) -> None:
    assert choose(wish, (), TEMPLATES) is None


def numbers(**result: float) -> tuple[Example, ...]:
    return (Example({"numbers": [1, 2, 3]}, dict(result)),)


BY_EXAMPLES: list[tuple[str, str, tuple[Example, ...], JsonObject | None]] = [
    ("the tool's own names", "mean of numbers", numbers(mean=2), {"measures": ["mean"]}),
    ("another name for an argument", "days between two dates", (Example({"from_day": "2026-01-01", "to_day": "2026-01-03"}, {"days": 2}),), None),
    ("another name for the only text", "count the words of an article", (Example({"article": "a b"}, {"words": 2}),), {"measures": ["words"], "arguments": {"text": "article"}}),
    ("an argument of another kind", "mean of numbers", (Example({"numbers": "1, 2, 3"}, {"mean": 2}),), None),
    ("a result of other names", "mean of numbers", numbers(middle=2), None),
    ("an argument too many", "mean of numbers", (Example({"numbers": [1], "colour": "red"}, {"mean": 1}),), None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "examples", "parameters"), [r[1:] for r in BY_EXAMPLES], ids=[r[0] for r in BY_EXAMPLES]
)
def test_examples_decide(wish: str, examples: tuple[Example, ...], parameters: JsonObject | None) -> None:
    choice = choose(wish, examples, TEMPLATES)

    assert (choice and choice.parameters) == parameters


def test_why_is_one_sentence_that_names_the_words() -> None:
    choice = choose("convert kilograms to pounds", (), TEMPLATES)

    assert choice == Choice(
        "unit-convert", {"quantities": ["mass"]}, 1.0, "Convert units fits, because the wish says kg, lb."
    )


def test_a_template_that_is_not_there_is_not_chosen() -> None:
    assert choose("convert kilograms to pounds", (), {}) is None


def test_a_template_without_a_reader_is_not_chosen() -> None:
    strange = dataclasses.replace(TEMPLATES["unit-convert"], name="strange")

    assert choose("convert kilograms to pounds", (), {"strange": strange}) is None


def test_every_template_has_a_reader_and_every_reader_a_template() -> None:
    assert set(READERS) == set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_words_of_a_template_alone_choose_no_other(name: str) -> None:
    choice = choose(TEMPLATES[name].title, (), TEMPLATES)

    assert choice is None or choice.template == name
