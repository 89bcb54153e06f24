"""A wish taken apart once, for everything that reads parameters out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cupel.api.common import JsonObject

from .circumstances import aside, numerals, restricting
from .grammar import COMMON
from .measures import CURRENCIES, MEASURES
from .search import LIGHT, VALUE, named_values
from .text import unframed
from .words import KNOWN, folded, meaning, tokens

URL = re.compile(r"https://[A-Za-z0-9.\-]{1,253}(?::\d{1,5})?(?:[/?][^\s\"'<>\\^`|]{0,500})?")
_SYMBOL = re.compile(r"(?<![\w/])([A-Za-z]{1,3}(?:/[a-z]{1,2})?)(?![\w/])")
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}(?:[.,]\d{1,4})?(?![\w])")
_QUANTITY_OF = {symbol: quantity for quantity, units in MEASURES.items() for symbol in units}
_SYMBOLS = {
    symbol.casefold(): symbol for units in MEASURES.values() for symbol in units
} | {"c": "degC", "f": "degF", "k": "K"}  # fmt: skip


class Example(NamedTuple):
    """One call that the wish asks for, and what it should return."""

    arguments: JsonObject
    result: JsonObject


@dataclass(frozen=True)
class Heard:
    """A wish without its framing: as written, as folded tokens, and what each means ("" for nothing)."""

    text: str
    tokens: tuple[str, ...]
    meanings: tuple[str, ...]
    values: frozenset[str]
    examples: tuple[Example, ...]

    @staticmethod
    def of(wish: str, examples: Iterable[Example] = ()) -> Heard:
        text = unframed(wish)
        found = tuple(tokens(text))
        return Heard(text, found, tuple(map(meaning, found)), named_values(text), tuple(examples))

    @property
    def aside(self) -> frozenset[str]:
        """Said of what is at hand, as a numeral or as an afterthought."""
        return aside(self.text) | numerals(self.text)

    @property
    def restricting(self) -> frozenset[str]:
        """Said of what must hold of the things wished for."""
        return restricting(self.text)

    @property
    def words(self) -> frozenset[str]:
        """What is said, without order."""
        return frozenset(filter(None, self.meanings))

    def any(self, of: Iterable[str]) -> frozenset[str]:
        """Those of these words that are said."""
        return self.words & meant(frozenset(of))

    @property
    def opening(self) -> frozenset[str]:
        """The first word, unless the lexicon has it: mostly a verb, little beside its objects."""
        first = next(filter(None, self.meanings), "")
        return frozenset({first} - KNOWN)

    @property
    def units(self) -> tuple[str, ...]:
        """Units in their order, each once: by name, or by a symbol beside "to" and its like."""
        named = [word for word in self.meanings if word in _QUANTITY_OF]
        return tuple(dict.fromkeys(named if len(set(named)) > 1 else [*named, *self._symbols()]))

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies in their order, each once."""
        return tuple(dict.fromkeys(word for word in self.meanings if word in CURRENCIES))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Numbers as written, with a decimal point."""
        return tuple(number.replace(",", ".") for number in _NUMBER.findall(self.text))

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(url.rstrip(".,;:!?)") for url in URL.findall(self.text))

    def _symbols(self) -> Sequence[str]:
        """Symbols such as `C` in "from C to F"; a lone letter elsewhere is no unit."""
        pairs = re.findall(
            rf"{_SYMBOL.pattern}\s*(?:to|into|in|->|→|na|em|para|=)\s*{_SYMBOL.pattern}", self.text
        )
        known = [[_SYMBOLS.get(symbol.casefold()) for symbol in pair] for pair in pairs]
        return [symbol for pair in known if all(pair) for symbol in pair if symbol]


@lru_cache(512)
def meant(written: frozenset[str]) -> frozenset[str]:
    """Words and concepts as a reader writes them, and what they mean: `degree` is `degre` in a wish."""
    return (written | frozenset(map(meaning, written))) - {""}


def quantity_of(unit: str) -> str:
    """What a unit measures; empty for what is none."""
    return _QUANTITY_OF.get(unit, "")


def weight(word: str, values: frozenset[str]) -> float:
    """How much of a wish a word is: common words and values of arguments are little."""
    if word in values or word[:1].isdigit():
        return VALUE
    return LIGHT if word in COMMON else 1.0


def unspoken(text: str) -> str:
    """A text folded, without the characters nobody sees."""
    return folded("".join(c for c in text if c.isprintable() or c.isspace()))
