"""Which template answers a wish, with which parameters: proposed when nearly all it says is accounted for.

Each template has a reader that looks for what the template needs said and turns words into parameters. The
confidence is the share of the wish, by weight, that the reader and the template's own words account for. None
when unsure: a wrong tool is worse than none. None for hostile wishes; `refused_because` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cupel.api.common import JsonObject
from cupel.templates.catalogue import Template, TemplateProblem

from .calls import http_json
from .checks import validate
from .circumstances import BESIDE, COMPUTING, modifiers
from .examples import fitted
from .figures import dates, money, statistics, text_measure, units
from .heard import Example, Heard, meant, weight
from .hostile import refused_because
from .keeping import tracker
from .picks import html_pick, text_convert, text_extract, xml_pick
from .reading import Read, Reader
from .search import VALUE
from .shapes import calendar, json_shape
from .tables import csv_shape
from .words import words

SURE = 0.75
"""From this confidence on a template is proposed."""
CLEAR = 0.05
"""By so much the best must be ahead of the second, or neither is proposed."""
LONGEST_WISH = 2000

READERS: Mapping[str, Reader] = {
    "unit-convert": units,
    "money-arithmetic": money,
    "statistics": statistics,
    "date-arithmetic": dates,
    "text-measure": text_measure,
    "validate": validate,
    "calendar": calendar,
    "json-shape": json_shape,
    "text-extract": text_extract,
    "html-pick": html_pick,
    "xml-pick": xml_pick,
    "text-convert": text_convert,
    "csv-shape": csv_shape,
    "http-json": http_json,
    "tracker": tracker,
}
"""By template; one without a reader is never chosen for a wish, only by name."""


@dataclass(frozen=True)
class Choice:
    """A template with parameters that would answer a wish, how sure that is (0..1), and why in a sentence."""

    template: str
    parameters: JsonObject
    confidence: float
    because: str


def choose(wish: str, examples: Iterable[Example], templates: Mapping[str, Template]) -> Choice | None:
    """The template for a wish; None when unsure, when the examples do not fit, and for hostile wishes."""
    if refused_because(wish):
        return None
    heard = Heard.of(wish[:LONGEST_WISH], examples)
    choices = [choice for name, template in templates.items() if (choice := _choice(name, template, heard))]
    choices.sort(key=lambda choice: (-choice.confidence, choice.template))
    if not choices or choices[0].confidence < SURE:
        return None
    tied = len(choices) > 1 and choices[0].confidence - choices[1].confidence < CLEAR
    return None if tied else choices[0]


def _choice(name: str, template: Template, heard: Heard) -> Choice | None:
    reader = READERS.get(name)
    read = reader(heard) if reader else None
    if read is None:
        return None
    parameters = _accepted(template, read.parameters)
    if parameters is not None and heard.examples:
        parameters = fitted(template, parameters, heard.examples)
    if parameters is None:
        return None
    return Choice(name, parameters, read.sure * _accounted(read, template, heard), _because(template, read))


def _accepted(template: Template, parameters: JsonObject) -> JsonObject | None:
    """The parameters, if the template takes them: it may know fewer units or kinds than the reader."""
    try:
        template.read(parameters)
    except TemplateProblem:
        return None
    return parameters


def _accounted(read: Read, template: Template, heard: Heard) -> float:
    """The share of the wish, 0..1, that the reader or the template's own words account for."""
    known = meant(read.explained) | frozenset(read.decided) | vocabulary(template)
    beside = heard.values | heard.aside
    if template.name in COMPUTING:
        beside |= modifiers(heard.tokens, heard.meanings, known)
    lacking = {word: _lacks(word, beside, heard) for word in heard.words - known}
    values = sum(each for word, each in lacking.items() if word[:1].isdigit() or word in BESIDE)
    lacks = sum(lacking.values()) - max(0.0, values - VALUE)  # however many: they are values of arguments
    met = sum(weight(word, heard.values) for word in heard.words & known)
    return met / (met + lacks) if met + lacks else 1.0


def _lacks(word: str, beside: frozenset[str], heard: Heard) -> float:
    """How much is missing where nothing accounts for a word: twice as much where it narrows what is meant."""
    return 2.0 if word in heard.restricting else weight(word, beside)


def _because(template: Template, read: Read) -> str:
    said = ", ".join(read.decided)
    return f"{template.title} fits, because the wish says {said}."


def vocabulary(template: Template) -> frozenset[str]:
    """The words a template is described by."""
    return _vocabulary(template.title, template.summary, template.keywords)


@lru_cache(64)
def _vocabulary(*texts: str | tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        word for text in texts for word in words(text if isinstance(text, str) else " ".join(text))
    )
