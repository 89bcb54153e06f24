"""Whether two wishes are one: agents ask for one thing in many ways, and for different things in nearly the same.

Two wishes are as like as the share of their weight that they have in common; but what they measure, from what to what,
what is to be done, numbers and a "not" must agree, or they are two (kg to lb is not km to miles).
docs/gaps-matching.md has the figures.
"""
# ruff: noqa: E501  # tables

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from .lexicon import ACTIONS, COMMON
from .measures import CURRENCIES, MEASURES
from .text import unframed
from .words import words

SAME = 0.7
"""From this likeness on, two wishes are one."""
DIFFERENT = 0.4
"""The greatest likeness of two wishes that disagree on an object."""
LIGHT, VERY_LIGHT = 0.3, 0.15

_FORMATS = frozenset({"json", "csv", "xml", "html", "markdown", "pdf", "yaml"})
_ORDERED = (
    _FORMATS | frozenset(CURRENCIES) | frozenset(symbol for units in MEASURES.values() for symbol in units)
)
"""What a wish goes from and to: their order tells."""
_DOING = {
    "turn": "convert", "convertunit": "", "exchange": "convert", "calculate": "", "create": "", "generate": "", "get": "find", "pick": "find",
    "extract": "find", "remember": "track", "many": "count", "total": "total", "person": "person", "x": "", "correct": "validate", "current": "",
}  # fmt: skip
"""Concepts that a wish may swap without another tool being meant; an empty one says nothing here."""
_OBJECTS = frozenset(
    """
    json csv xml html email phone hashtag url link word letter row column page book day workday weekday week month year date
    hour mean median deviation percentile total encode decode encrypt add subtract multiply remove iban isbn card vat net
    gross discount interest loan tip sort filter group rename merge flatten split compare min max
    """.split()
)
"""Objects and operations that make a tool another one when they differ."""


@dataclass(frozen=True)
class Said:
    """What a wish says, for comparison."""

    words: frozenset[str]
    ordered: tuple[str, ...]
    hard: frozenset[str]
    actions: frozenset[str]


def fingerprint(wish: str) -> str:
    """Ten hexadecimal digits that are equal for wishes of the same words in any order or language."""
    said = _said(wish)
    text = "\n".join((*sorted(said.words), "", *said.ordered))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def likeness(a: str, b: str) -> float:
    """How far two wishes are one, 0..1; symmetric, and 1 for wishes of one fingerprint."""
    first, second = _said(a), _said(b)
    if first == second:
        return 1.0
    both = math.fsum(map(_weight, first.words & second.words))
    either = math.fsum(map(_weight, first.words | second.words))
    share = both / either if either else 0.0
    return min(share, DIFFERENT) if _disagree(first, second) else share


def _disagree(a: Said, b: Said) -> bool:
    """True when each names an object the other does not, or only one says not, or measures differ."""
    if ("not" in a.words) != ("not" in b.words):
        return True
    if a.ordered and b.ordered and a.ordered != b.ordered:
        return True
    if a.actions and b.actions and not a.actions & b.actions:
        return True
    return bool(a.hard - b.hard) and bool(b.hard - a.hard)


def _said(wish: str) -> Said:
    told = words(unframed(wish))
    meant = [_DOING.get(word, word) for word in told]
    ordered = tuple(dict.fromkeys(word for word in meant if word in _ORDERED))
    kept = frozenset(word for word in meant if word)
    hard = frozenset(word for word in kept if word in _OBJECTS or word.isdigit())
    return Said(kept, ordered, hard, frozenset(ACTIONS[word] for word in told if word in ACTIONS))


def _weight(word: str) -> float:
    return (
        VERY_LIGHT
        if word in {"text", "number", "list", "value", "data", "convert"}
        else LIGHT
        if word in COMMON
        else 1.0
    )
