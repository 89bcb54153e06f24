"""The reader of the template that keeps amounts day by day: what is tracked, in which unit, to which goal."""
# ruff: noqa: E501  # tables of words

from __future__ import annotations

import re

from cupel.api.common import JsonObject

from .heard import Heard, quantity_of
from .lexicon import PHRASES
from .measures import CURRENCIES
from .reading import Read, in_order
from .words import folded, words

_KEEPING = frozenset({"track", "remember", "running"})
_TIME = frozenset("day week month year time date monday sunday current".split())
_DOING = frozenset(
    "drink read run keep tell total many much number count add amount calculate each per value goal spend".split()
)
_NEVER = frozenset(
    """
    price stock order temperature weather url http html csv json xml text file image link email phone card word letter list
    validate translate send extract find compare convert split sort filter person location position code error parcel
    packag shipm deliver flight train bus issue repositor deploym server
    """.split()
)
"""What has to be fetched from somewhere, or is no amount."""
_COUNTER = frozenset("counter tally tallies licznik licznika licznikiem contador contadores".split())
_IN_PHRASES = frozenset(
    word for phrase, instead in PHRASES.items() if instead == "track" for word in phrase.split()
)
"""Words that say to track only together: "note down", "keep tabs"."""
_WRITTEN = re.compile(r"[^\W\d_][\w'-]*")
_BY_ME = re.compile(
    r"\b(?:I|we) (?!want|need)([a-z]+)\b|\b([^\W\d_]{2,}(?:łem|łam|liśmy|łyśmy|lem|lam))\b|\b(?:eu |nós )([^\W\d_]+)\b|\bque ([^\W\d_]+)\s*$"
)
"""What somebody does or did themselves: "I read", "zrobiłem", "eu corro"."""
_GOAL = re.compile(r"\b(?:goal|target|cel|celem|meta|objetivo)\b")
MOST_WORDS = 2


def tracker(heard: Heard) -> Read | None:
    """What follows the word for tracking, at most two words of it; its unit, or itself where things are counted."""
    keeping = heard.any(_KEEPING) or (heard.any({"count"}) if _COUNTER & set(heard.tokens) else frozenset())
    if not keeping or heard.any(_NEVER) or heard.urls:
        return None
    if keeping == {"remember"} and not heard.any({"many", "total", "count"}):
        return None
    units = tuple(unit for unit in (*heard.units, *heard.currencies) if unit not in _TIME)
    thing = _thing(heard, keeping, frozenset(units))
    if len(units) > 1 or not (thing or units):
        return None
    unit = units[0] if units else thing[-1][:20]
    what = " ".join([_said(heard, unit), *thing] if quantity_of(unit) == "time" else thing) or _said(
        heard, unit
    )
    explained = frozenset(word for each in (*thing, *_by_me(heard.text)) for word in words(each))
    parameters: JsonObject = {"what": what[:60], "unit": unit}
    if not units:
        parameters["wholeNumbers"] = True
    if _GOAL.search(heard.text) and len(heard.numbers) == 1 and float(heard.numbers[0]) > 0:
        parameters["goal"] = _number(heard.numbers[0])
    decided = (*in_order(keeping, heard), what)
    return Read(
        parameters, decided, explained | _KEEPING | _TIME | _DOING | frozenset(units) | frozenset(CURRENCIES)
    )


def _by_me(text: str) -> tuple[str, ...]:
    return tuple(verb for match in _BY_ME.finditer(text) for verb in match.groups() if verb)


def _thing(heard: Heard, keeping: frozenset[str], units: frozenset[str]) -> list[str]:
    """The first words after the one for tracking, as written, that are neither doing nor time nor unit."""
    written = [(word, frozenset(words(word))) for word in _WRITTEN.findall(heard.text)]
    start = next((place for place, (_, said) in enumerate(written) if said & keeping), 0)
    skipped = _IN_PHRASES | frozenset(map(folded, _by_me(heard.text)))
    found: list[str] = []
    for word, said in written[start:]:
        if folded(word) in skipped:
            continue
        if said - _KEEPING - _TIME - _DOING - units:
            found.append(word)
        elif found and said:
            break
    return found[:MOST_WORDS]


def _said(heard: Heard, unit: str) -> str:
    """The word that the wish has for a unit."""
    return next((word for word in _WRITTEN.findall(heard.text) if unit in words(word)), unit)


def _number(written: str) -> int | float:
    return int(written) if written.isdigit() else float(written)
