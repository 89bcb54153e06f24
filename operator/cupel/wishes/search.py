"""Which tool answers a wish: BM25 over weighted fields, scaled to the share of the wish that a tool meets.

Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields" (CIKM 2004). Formula, and
what FITS was measured on: docs/gaps-matching.md. An index is a value; one tool more copies its words' lists.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, TypeVar

from .lexicon import ACTIONS, COMMON, STOP
from .words import KNOWN, meaning, tokens, words

FITS = 0.53
"""From this score on a tool is said to answer the wish."""

K1, B = 1.0, 0.4
NAME, KEYWORDS, PROPERTIES, DESCRIPTION = 3.0, 2.0, 1.5, 1.5
"""Weights of a word's occurrence by field."""
LIGHT, UNHEARD, VALUE = 0.45, 0.7, 0.25
"""Weights of a wish's word: common; known to neither lexicon nor tools; a name or number (`Porto`)."""
OTHERS = 200
"""So many other tools are supposed to exist, so that a word's rarity means something among three."""
NAMELESS, OTHER_ACTION = 0.6, 0.65
"""What is left of a score when the wish says nothing of the tool's name; when it asks for another action."""
MOST_WORDS, SHORTLIST, TAIL = 32, 64, 0.25


T = TypeVar("T")


class Document(NamedTuple):
    """A tool as its callers see it."""

    name: str
    description: str
    properties: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class Hit(NamedTuple):
    """A tool and how far it answers the wish, 0..1."""

    name: str
    score: float


@dataclass(frozen=True)
class Entry:
    """What is kept of a tool: its words with their weight, those that name it, its length."""

    weights: Mapping[str, float]
    naming: frozenset[str]
    actions: frozenset[str]
    length: float


@dataclass(frozen=True)
class Index:
    """Tools by their words."""

    entries: Mapping[str, Entry]
    postings: Mapping[str, Mapping[str, float]]
    length: float

    @staticmethod
    def of(documents: Iterable[Document]) -> Index:
        """An index of these tools; of two with one name the later counts."""
        entries = {each.name: entry(each) for each in documents}
        postings: dict[str, dict[str, float]] = {}
        for name, made in entries.items():
            for word, weight in made.weights.items():
                postings.setdefault(word, {})[name] = weight
        return Index(entries, postings, sum(made.length for made in entries.values()))

    def with_(self, document: Document) -> Index:
        """The index with a tool added, or in place of the one of its name."""
        rest, made = self.without(document.name), entry(document)
        postings = dict(rest.postings)
        for word, weight in made.weights.items():
            postings[word] = {**postings.get(word, {}), document.name: weight}
        return Index({**rest.entries, document.name: made}, postings, rest.length + made.length)

    def without(self, name: str) -> Index:
        """The index without a tool."""
        gone = self.entries.get(name)
        if gone is None:
            return self
        postings = dict(self.postings)
        for word in gone.weights:
            postings[word] = _except(postings[word], name)
            if not postings[word]:
                del postings[word]
        entries = _except(self.entries, name)
        return replace(self, entries=entries, postings=postings, length=self.length - gone.length)

    def search(self, wish: str, limit: int = 5) -> tuple[Hit, ...]:
        """The tools that come nearest to a wish, best first; those that share no word are not among them."""
        wanted = self._wanted(wish)
        whole = sum(wanted.values())
        if not whole:
            return ()
        scores = self._scores(wanted, whole)
        near = heapq.nlargest(max(limit, SHORTLIST), scores.items(), key=lambda item: (item[1], item[0]))
        hits = [Hit(name, score / whole * self._meant(name, wanted)) for name, score in near]
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.name))[:limit])

    def _scores(self, wanted: Mapping[str, float], whole: float) -> dict[str, float]:
        """What each tool meets, the heaviest words first; the last `TAIL` of a wish finds none by itself."""
        scores: dict[str, float] = {}
        rest = whole
        for word, weight in wanted.items():
            having = self.postings.get(word, {})
            for name in having if rest > TAIL * whole else scores.keys() & having.keys():
                scores[name] = scores.get(name, 0.0) + weight * self._met(name, having[name])
            rest -= weight
        return scores

    def rarity(self, word: str) -> float:
        """How much a word tells, 0..1: BM25's inverse document frequency beside the greatest possible one."""
        everything, having = len(self.entries) + OTHERS, len(self.postings.get(word, ()))
        return math.log1p((everything - having + 0.5) / (having + 0.5)) / math.log1p((everything + 0.5) / 0.5)

    def _wanted(self, wish: str) -> dict[str, float]:
        """The wish's words and how much each matters, the heaviest first, at most `MOST_WORDS`."""
        values = named_values(wish)
        weights = {word: self._matters(word, values) for word in dict.fromkeys(words(wish))}
        return dict(heapq.nlargest(MOST_WORDS, weights.items(), key=lambda item: item[1]))

    def _matters(self, word: str, values: frozenset[str]) -> float:
        if word in self.postings:
            kind = LIGHT if word in COMMON else 1.0
        elif word in values or word.isdigit():
            kind = VALUE
        else:
            kind = LIGHT if word in COMMON else 1.0 if word in KNOWN else UNHEARD
        return kind * self.rarity(word)

    def _met(self, name: str, times: float) -> float:
        """BM25's saturation, 1 for a word that stands in the name of a tool of middling length."""
        relative = self.entries[name].length * len(self.entries) / self.length
        held = times / (times + K1 * (1 - B + B * relative))
        return min(1.0, held * (NAME + K1) / NAME)

    def _meant(self, name: str, wanted: Mapping[str, float]) -> float:
        """How far the tool is meant: "JSON" alone asks for no linter, "close an issue" for no search."""
        naming = {
            word: self.rarity(word) * (LIGHT if word in COMMON else 1.0) for word in self.entries[name].naming
        }
        whole = math.fsum(naming.values())
        shared = math.fsum(weight for word, weight in naming.items() if word in wanted)
        named = NAMELESS + (1 - NAMELESS) * (shared / whole if whole else 1.0)
        actions = {ACTIONS[word] for word in wanted if word in ACTIONS}
        return named * (OTHER_ACTION if actions and not actions & self.entries[name].actions else 1.0)


def _except(table: Mapping[str, T], name: str) -> Mapping[str, T]:
    """A copy without one name; much faster than leaving it out while copying."""
    rest = dict(table)
    del rest[name]
    return rest


def entry(document: Document) -> Entry:
    """A tool's words: how often they occur, by what their field weighs."""
    weights: Counter[str] = Counter()
    fields = (
        (NAME, (document.name,)),
        (DESCRIPTION, (document.description,)),
        (PROPERTIES, document.properties),
        (KEYWORDS, document.keywords),
    )
    for weight, texts in fields:
        for text in texts:
            for word in words(text):
                weights[word] += weight  # type: ignore[assignment]  # a Counter holds any number
    actions = frozenset(ACTIONS[word] for word in weights if word in ACTIONS)
    return Entry(dict(weights), frozenset(words(document.name)), actions, float(sum(weights.values())))


@lru_cache(256)
def named_values(wish: str) -> frozenset[str]:
    """Words with a capital inside a sentence: mostly the value of an argument, not what is wished for."""
    written = wish[:2000].split()
    inside = [
        word for before, word in itertools.pairwise(written) if not before.endswith((".", "!", "?", ":"))
    ]
    capital = " ".join(word for word in inside if word[:1].isupper() and not word.isupper())
    return frozenset(
        meant for token in tokens(capital) if token not in STOP and (meant := meaning(token)) not in KNOWN
    )
