"""Template text-measure: how long a text is, how long it takes to read, which words come often."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StrictInt

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .schemas import closed, listing, number, text, whole
from .template import Made, Template
from .trials import Metamorphic, fails, gives
from .words import Parameters, phrases

Measure = Literal[
    "words", "characters", "characters_without_spaces", "lines", "sentences", "paragraphs", "unique_words",
    "reading_seconds", "average_word_length", "longest_word", "frequent_words",
]  # fmt: skip
EVERYTHING: tuple[Measure, ...] = get_args(Measure)
LONGEST = 100_000


class TextMeasure(Parameters):
    """What is measured, and by which figures."""

    measures: Annotated[tuple[Measure, ...], Field(min_length=1, max_length=11)] = Field(
        default=EVERYTHING, description="What the result tells, in this order."
    )
    words_per_minute: Annotated[StrictInt, Field(ge=50, le=1000)] = Field(
        default=200, description="How fast the reader reads."
    )
    most_frequent: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        default=5, description="How many of the most frequent words are told."
    )


CODE = '''
"""Measures a text."""

import math
from collections import Counter

# parameters

PUNCTUATION = ".,;:!?\\"'()[]{}<>«»“”„‘’…-–—/"


def words(pieces):
    """The pieces without punctuation around them and without case."""
    return [word for word in (piece.strip(PUNCTUATION).casefold() for piece in pieces) if word]


def sentences(pieces):
    """How many pieces end a sentence; what follows the last end is one more."""
    ends = [piece.rstrip("\\"')]»”’").endswith((".", "!", "?", "…")) for piece in pieces]
    return sum(ends) + (1 if ends and not ends[-1] else 0)


def paragraphs(lines):
    """How many runs of lines that are not empty."""
    filled = [bool(line.strip()) for line in lines]
    return sum(here and not before for here, before in zip(filled, [False, *filled]))


def average_length(words):
    return round(sum(len(word) for word in words) / len(words), 2) if words else 0


def frequent(words):
    often = sorted(Counter(words).items(), key=lambda item: (-item[1], item[0]))
    return [{"word": word, "count": count} for word, count in often[:MOST_FREQUENT]]


def run(text: str) -> dict:
    if "\\x00" in text:
        raise ValueError("the text holds a NUL character: it is no plain text")
    pieces = text.split()
    return {
        # measures
    }
'''

MEASURED = {
    "words": "len(pieces)",
    "characters": "len(text)",
    "characters_without_spaces": "sum(len(piece) for piece in pieces)",
    "lines": "len(text.splitlines())",
    "sentences": "sentences(pieces)",
    "paragraphs": "paragraphs(text.splitlines())",
    "unique_words": "len(set(words(pieces)))",
    "reading_seconds": "math.ceil(len(pieces) * 60 / WORDS_PER_MINUTE)",
    "average_word_length": "average_length(words(pieces))",
    "longest_word": 'max(words(pieces), key=len, default="")',
    "frequent_words": "frequent(words(pieces))",
}

FACTS: tuple[tuple[str, str, tuple[object, ...]], ...] = (
    (
        "one-sentence",
        "The cat saw the other cat.",
        (6, 26, 21, 1, 1, 1, 4, 3.33, "other", "cat 2 the 2 other 1 saw 1"),
    ),
    ("nothing", "", (0, 0, 0, 0, 0, 0, 0, 0, "", "")),
    (
        "two-paragraphs",
        "First line.\nSecond line!\n\nNew paragraph, is it? Yes",
        (
            9,
            51,
            42,
            4,
            4,
            2,
            8,
            4.22,
            "paragraph",
            "line 2 first 1 is 1 it 1 new 1 paragraph 1 second 1 yes 1",
        ),
    ),
    ("no-spaces", "word", (1, 4, 4, 1, 1, 1, 1, 4, "word", "word 1")),
    ("spaces-only", "  \t \n ", (0, 6, 0, 2, 0, 0, 0, 0, "", "")),
    ("punctuation-alone", "a - (b)", (3, 7, 5, 1, 1, 1, 2, 1, "a", "a 1 b 1")),
    (
        "accents",
        "Ação e reação. Źródło?",
        (4, 22, 19, 1, 2, 1, 4, 4.25, "reação", "ação 1 e 1 reação 1 źródło 1"),
    ),
    ("quoted-end", '"Go!" he said.', (3, 14, 12, 1, 2, 1, 3, 2.67, "said", "go 1 he 1 said 1")),
    ("long", "one two " * 100, (200, 800, 600, 1, 1, 1, 2, 3, "one", "one 100 two 100")),
)
"""name, text, and the measures but reading time."""


def _result(p: TextMeasure, facts: tuple[object, ...]) -> JsonObject:
    *plain, average, longest, often = facts
    seconds = -(-int(str(plain[0])) * 60 // p.words_per_minute)
    pairs = str(often).split()
    frequent = [
        {"word": word, "count": int(count)} for word, count in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    values = [*plain, seconds, average, longest, frequent[: p.most_frequent]]
    found = dict(zip(EVERYTHING, values, strict=True))
    return {name: found[name] for name in p.measures}


def _trials(p: TextMeasure) -> tuple[Trial, ...]:
    return tuple(gives(name, {"text": content}, _result(p, facts)) for name, content, facts in FACTS)


def _fields() -> dict[str, JsonObject]:
    counts: dict[str, JsonObject] = {name: whole() for name in EVERYTHING[:8]}
    frequent = closed({"word": text(longest=LONGEST), "count": whole(lowest=1)})
    return counts | {
        "average_word_length": number(lowest=0, highest=LONGEST),
        "longest_word": text(longest=LONGEST),
        "frequent_words": listing(frequent, 50),
    }


def build(p: TextMeasure) -> Made:
    trials = _trials(p)
    upper = Metamorphic("capitals-do-not-count", trials[0], {"text": "THE CAT SAW THE OTHER CAT."})
    fields = _fields()
    return Made(
        description=f"Measure a text: {', '.join(p.measures).replace('_', ' ')}.",
        arguments=closed({"text": text("The text to measure.", LONGEST)}),
        result=closed({name: fields[name] for name in p.measures}),
        code=CODE,
        constants={
            "WORDS_PER_MINUTE": p.words_per_minute,
            "MOST_FREQUENT": p.most_frequent,
        },
        lines={"# measures": [f'"{name}": {MEASURED[name]},' for name in p.measures]},
        examples=trials[:3],
        tests=(*trials[3:], upper.test(), fails("no-plain-text", {"text": "a\x00b"}, "NUL character")),
    )


TEXT_MEASURE = Template(
    name="text-measure",
    title="Measure a text",
    summary="Counts words, characters, lines, sentences of a text; its reading time and frequent words.",
    keywords=phrases(
        """
        count, word, words, characters, letters, lines, sentences, length, reading time, frequency,
        text statistics, policz, słowa, znaki, litery, wiersze, zdania, długość, czas czytania,
        częstość, contar, palavras, caracteres, letras, linhas, frases, comprimento, tempo de
        leitura, frequência
        """
    ),
    parameters=TextMeasure,
    build=build,
    example={},
    variants=(
        {"measures": ["words"]},
        {"measures": ["reading_seconds", "frequent_words"], "most_frequent": 1},
    ),
)
