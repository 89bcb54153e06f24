"""Hearing wishes in free text: `NEED_INTEGRATION: ...` lines, and plain sentences that say what is lacking.

What comes out is a copy of the text's own words, as data: nothing in it is obeyed, here or later. RE2 reads
any text in linear time; at most `LONGEST` characters are read and `MOST` wishes returned.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

from .framing import FRAME, MARK, PLAIN, SENTENCE

LONGEST, MOST, LONGEST_WISH, SHORTEST_WISH = 65_536, 16, 500, 6


def needs(text: str) -> tuple[str, ...]:
    """The wishes in a text, in their order, each once: shortened, in plain characters, unframed."""
    found: dict[str, None] = {}
    for wish in _wishes(text[:LONGEST]):
        cleaned = _cleaned(wish)
        if len(cleaned) >= SHORTEST_WISH:
            found.setdefault(cleaned)
        if len(found) == MOST:
            break
    return tuple(found)


def unframed(wish: str) -> str:
    """A wish without "I need a tool to" and its like; as it is when nothing would be left."""
    frame = _compiled(FRAME).match(level(wish))
    rest = wish[frame.end() :] if frame else wish
    return rest if len(rest) >= SHORTEST_WISH else wish


def _wishes(text: str) -> Iterator[str]:
    fenced = False
    for line in text.splitlines():
        plain = level(line)
        if plain.lstrip().startswith("```"):
            fenced = not fenced
        elif marked := _compiled(MARK).match(plain):
            yield line[marked.start(1) :]
        elif not fenced and not plain.lstrip().startswith(">"):
            yield from _plain(line, plain)


def _plain(line: str, plain: str) -> Iterator[str]:
    """What plain sentences of a line lack; a quoted line (`>`) and code are somebody else's words."""
    for sentence in _compiled(SENTENCE).finditer(plain):
        if match := _compiled(PLAIN).match(sentence.group()):
            start, end = match.span(1) if match.start(1) >= 0 else match.span(2)
            yield line[sentence.start() + start : sentence.start() + end]


def _cleaned(wish: str) -> str:
    """One line of printable characters, at most `LONGEST_WISH`, without marks of emphasis around it."""
    plain = unicodedata.normalize("NFKC", wish[: 2 * LONGEST_WISH])
    seen = (c for c in plain if unicodedata.category(c) not in {"Cf", "Co", "Cn"})
    kept = "".join(c if c.isprintable() else " " for c in seen)
    return " ".join(kept.split()).strip("*_`\"' .!?;,").strip()[:LONGEST_WISH].strip()


class _Levels(dict[int, int]):
    """Each character without its accent, in lower case: one for one, so that places are the same."""

    def __missing__(self, code: int) -> int:
        letter = unicodedata.normalize("NFKD", chr(code))[0].lower()[0]
        self[code] = ord({"ł": "l", "’": "'", "：": ":"}.get(letter, letter))
        return self[code]


@lru_cache(1)
def _levels() -> _Levels:
    return _Levels()


def level(text: str) -> str:
    """A text without accents and capitals, every character in its place."""
    return text.translate(_levels())


@lru_cache(8)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
