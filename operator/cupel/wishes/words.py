"""A text as words that can be compared: accents folded, endings stripped, all names of one thing made one.

Three languages share one stemmer, as the language of a wish of five words cannot be told reliably. No word is longer
than 40 characters and no text longer than 4,000: the rest is not read.
"""
# ruff: noqa: E501  # the endings of one language are one row

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

from .grammar import NEGATIONS, STOP
from .lexicon import CONCEPTS, PHRASES
from .measures import CURRENCIES, MEASURES

LONGEST_TEXT, LONGEST_WORD = 4_000, 40
_TOKEN = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9]{2})(?=[A-Z])")
"""Where a name in camel case has its words; "iCal" and "eBay" are one."""
_UNFOLDED = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ø": "o", "đ": "d", "’": "", "'": "", "€": " EUR ", "£": " GBP ", "$": " USD ", "%": " percent ", "°": " deg"})  # fmt: skip

ENDINGS = (
    # English
    ("ings", ""), ("ing", ""), ("ies", "y"), ("ed", ""), ("es", ""), ("s", ""),
    # Polish: cases, adjectives, verbs
    ("owania", ""), ("owanie", ""), ("ami", ""), ("ach", ""), ("ego", ""), ("emu", ""), ("ymi", ""), ("imi", ""), ("ych", ""), ("ich", ""),
    ("owi", ""), ("ow", ""), ("em", ""), ("om", ""), ("uje", ""), ("owac", ""), ("ac", ""), ("ic", ""), ("yc", ""),
    # Portuguese: plurals, verbs, nouns of action
    ("coes", "c"), ("cao", "c"), ("oes", "a"), ("mente", ""), ("ando", ""), ("endo", ""), ("ar", ""), ("er", ""), ("ir", ""),
    # a last vowel says only gender, case or person in two of the three
    ("ia", ""), ("io", ""), ("ie", ""), ("a", ""), ("e", ""), ("i", ""), ("o", ""), ("u", ""), ("y", ""),
)  # fmt: skip
"""Ending and what replaces it; the longest that leaves four letters goes, once."""
_BY_LENGTH = tuple(sorted(ENDINGS, key=lambda ending: -len(ending[0])))


def words(text: str) -> tuple[str, ...]:
    """The words of a text that carry meaning, in their order, each as its concept or its stem."""
    return tuple(word for token in tokens(text) if (word := meaning(token)))


def tokens(text: str) -> Iterator[str]:
    """The text's words as written, folded, in their order; phrases of the lexicon as one."""
    plain = folded(_HUMP.sub(" ", text[:LONGEST_TEXT]))
    spaced = " ".join(_TOKEN.findall(plain))
    return (token[:LONGEST_WORD] for token in _PHRASE.sub(_meant_by, spaced).split())


def folded(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_UNFOLDED))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@lru_cache(16_384)
def meaning(token: str) -> str:
    """A folded word's concept, or its stem; empty for a word that carries nothing."""
    if token in NEGATIONS:
        return "not"
    if token in STOP or (len(token) == 1 and token.isascii() and token.isalpha()):
        return ""
    return concept(token) or stem(token)


def concept(token: str) -> str:
    """What the lexicon says a folded word means; empty if nothing."""
    if token in _WHOLE:
        return _WHOLE[token]
    return next((_BEGIN[token[:end]] for end in range(len(token), 2, -1) if token[:end] in _BEGIN), "")


def stem(token: str) -> str:
    """A folded word without its ending."""
    if token.isdigit():
        return token
    for ending, instead in _BY_LENGTH:
        if token.endswith(ending) and len(token) - len(ending) >= 4:
            return token[: -len(ending)] + instead
    return token[:-1] if len(token) == 4 and token.endswith("s") and not token.endswith("ss") else token


def _meant_by(phrase: Any) -> str:
    return _PHRASES[(phrase.lastindex or 1) - 1]


def _lexicon() -> Iterator[tuple[str, str]]:
    for row in CONCEPTS.splitlines():
        meant, _, names = row.partition(": ")
        for name in (meant, *names.split()):
            yield name, meant
    yield from _named(units for units in MEASURES.values())
    yield from _named([CURRENCIES])


def _named(tables: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for table in tables:
        for symbol, names in table.items():
            yield from ((name, symbol) for name in names.split())


_PHRASES = tuple(PHRASES.values())
_PHRASE = re2.compile("|".join(rf"\b({phrase.replace('*', '[a-z]{0,9}')})\b" for phrase in PHRASES))
_NAMES = dict(_lexicon())
_WHOLE = {name: meant for name, meant in _NAMES.items() if not name.endswith("*")}
_BEGIN = {name[:-1]: meant for name, meant in _NAMES.items() if name.endswith("*")}
KNOWN = frozenset(_NAMES.values())
"""Every concept the lexicon knows."""
