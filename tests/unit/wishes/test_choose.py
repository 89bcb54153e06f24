"""Which template is proposed for a wish, with which parameters, and when none is."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cupel.api.common import JsonObject
from cupel.templates.catalogue import TEMPLATES, make
from cupel.wishes.choose import READERS, SURE, Choice, choose
from cupel.wishes.heard import Example
from cupel.wishes.words import KNOWN

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
    ("recurring dates every week", "calendar", {"operation": "recurrence"}),
    ("an invitation as .ics", "calendar", {"operation": "invite"}),
    ("pick the fields id and user.name out of a JSON document", "json-shape", {"fields": [{"path": "id"}, {"path": "user.name"}]}),
    ("turn CSV into JSON", "csv-shape", {}),
    ("keep the columns Full and price of a semicolon separated CSV", "csv-shape", {"columns": [{"column": "Full", "name": "full"}, {"column": "price"}], "delimiter": ";"}),
    ("total amount by region in a CSV", "csv-shape", {"columns": [{"column": "region"}], "aggregates": [{"column": "amount", "function": "sum"}]}),
    ("średnia kolumny price w CSV według region", "csv-shape", {"columns": [{"column": "region"}], "aggregates": [{"column": "price", "function": "mean"}]}),
    ("extract e-mail addresses and hashtags from a text", "text-extract", {"wanted": [{"name": "emails", "kind": "email"}, {"name": "hashtags", "kind": "hashtag"}]}),
    ("find order numbers like ORD-12345", "text-extract", {"wanted": [{"name": "order_numbers", "pattern": "ORD-[0-9]+"}]}),
    ("extract the part between '[' and ']' from a text", "text-extract", {"wanted": [{"name": "found", "after": "[", "before": "]"}]}),
    ("all links of an HTML page", "html-pick", {"picks": [{"name": "links", "tag": "a", "attribute": "href"}], "tables": False}),
    ("the tables of an HTML page", "html-pick", {"picks": [], "tables": True}),
    ("read the items of an RSS feed", "xml-pick", {}),
    ("the fields title and price of each item in an XML document", "xml-pick", {"rows": "item", "fields": [{"name": "title", "path": "title"}, {"name": "price", "path": "price"}]}),
    ("turn a text into upper case", "text-convert", {"operations": ["upper"]}),
    ("decode Base64", "text-convert", {"operations": ["base64_decode"]}),
    ("sort the lines of a text and remove duplicates", "text-convert", {"operations": ["sort_lines", "unique_lines"]}),
    ("rows of a CSV where status is open", "csv-shape", {"where": [{"field": "status", "is": "equals", "value": "open"}]}),
    ("from a CSV keep name and price, sorted by price descending", "csv-shape", {"columns": [{"column": "name"}, {"column": "price", "type": "number"}], "sortBy": "price", "descending": True}),
    ("group a CSV by region and add up the revenue column", "csv-shape", {"columns": [{"column": "region"}], "aggregates": [{"column": "revenue", "function": "sum"}]}),
    ("JSON rows under data.items where active is true", "json-shape", {"where": [{"field": "active", "is": "equals", "value": True}], "rows": "data.items"}),
    ("from a JSON list rename user.mail to email and drop the rest", "json-shape", {"fields": [{"path": "user.mail", "name": "email"}]}),
    ("from JSON keep the fields id and user, rename id to number", "json-shape", {"fields": [{"path": "id", "name": "number"}, {"path": "user"}]}),
    ("when it is 9 am in Tokyo, what time is it in Lisbon", "date-arithmetic", {"operation": "time-zone"}),
    ("from a start date and a number of working days to the delivery date", "date-arithmetic", {"operation": "add-business-days"}),
    ("what stands between BEGIN and END in a text: extract it", "text-extract", {"wanted": [{"name": "found", "after": "BEGIN", "before": "END"}]}),
    ("decode url-encoded text", "text-convert", {"operations": ["url_decode"]}),
    ("escape HTML entities in a text", "text-convert", {"operations": ["html_escape", "html_unescape"]}),
    ("the md5 of a text as hex", "text-convert", {"operations": ["md5"]}),
    ("note down every cigarette I smoke", "tracker", {"what": "cigarette", "unit": "cigarette", "wholeNumbers": True}),
    ("GET JSON from https://api.example.com/v1/stations", "http-json", {"server": "https://api.example.com", "path": "/v1/stations"}),
    ("fetch https://api.example.com:8443/a/{id}?format=json and return the fields name and city", "http-json", {"server": "https://api.example.com:8443", "path": "/a/{id}", "inputs": [{"name": "id", "place": "path", "field": "id"}], "query": [{"name": "format", "value": "json"}], "fields": [{"path": "name"}, {"path": "city"}]}),
    ("track how much water I drink in millilitres", "tracker", {"what": "water", "unit": "ml"}),
    ("track water in ml with a goal of 2000", "tracker", {"what": "water", "unit": "ml", "goal": 2000}),
    ("track my expenses in euros", "tracker", {"what": "expenses", "unit": "EUR"}),
    ("quero acompanhar quantos livros leio por mês", "tracker", {"what": "livros", "unit": "livros", "wholeNumbers": True}),
    ("keep a running total of kilometres run per week", "tracker", {"what": "kilometres", "unit": "km"}),
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
    ("a parcel, which others track", "track my parcel"),
    ("a list, which is no amount", "remember my shopping list"),
    ("a key in an address", "GET JSON from https://api.example.com/?api_key=abc"),
    ("two addresses", "GET JSON from https://a.example.com/x and https://b.example.com/y"),
    ("a column that is not named", "average of a CSV column"),
    ("the other direction", "turn JSON into CSV"),
    ("something done to what is found", "mask the phone numbers in a text"),
    ("rows of XML that are not named", "read the price out of an XML document"),
    ("a column of figures sorted as text", "rows of a CSV sorted by price"),
    ("a new name, and nothing said of the others", "rename user.mail to email in a JSON list"),
    ("what narrows it", "list the links of a web page that are dead"),
    ("what would have to be fetched", "all phone numbers of the employees"),
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


SAID = sorted({word for row in CHOSEN for word in row[0].split()} | KNOWN)


@given(st.text(max_size=300) | st.lists(st.sampled_from(SAID), max_size=40).map(" ".join))
def test_any_text_is_answered_with_a_choice_that_makes_a_tool_or_with_none(wish: str) -> None:
    choice = choose(wish, (), TEMPLATES)

    assert choice == choose(wish, (), TEMPLATES)
    if choice is not None:
        TEMPLATES[choice.template].read(choice.parameters)
        assert choice.because.isprintable()


def test_every_template_has_a_reader_and_every_reader_a_template() -> None:
    assert set(READERS) == set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_words_of_a_template_alone_choose_no_other(name: str) -> None:
    choice = choose(TEMPLATES[name].title, (), TEMPLATES)

    assert choice is None or choice.template == name
