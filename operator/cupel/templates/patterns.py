"""Patterns of strangers, made safe: a part of regular expressions in which no match takes long.

A pattern is a row of characters and classes, each with at most one quantifier, and at most one group in round
brackets around what is wanted. What may repeat must not share a character with what may follow it, so that
there is only one way to match and nothing to try again. No alternatives, no repeated groups, no look-around.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ATOM = r"\\[dDwWsS]|\\[^A-Za-z0-9]|\[\^?(?:\\[dDwWsS]|\\[^A-Za-z0-9]|[^\[\]\\^])+\]|[^\\()\[\]{}*+?|^$]"
TOKEN = re.compile(
    rf"(?P<edge>\\b|\^|\$)|(?P<open>\()|(?P<close>\))|(?P<atom>{ATOM})(?P<times>\{{\d{{1,3}}(?:,\d{{0,3}})?\}}|[*+?])?"
)
ALPHABET = tuple(map(chr, [*range(9, 14), *range(32, 0x530), 0x2013, 0x20AC, 0x3042, 0x4E00]))
"""Enough to tell apart what classes can: what two of them share, they share here."""
MOST_ATOMS = 40


class Unsafe(ValueError):
    """The pattern is not of the safe kind; the text says why, and what would make it right."""


@dataclass(frozen=True)
class Atom:
    """One character or class, and how often it may come."""

    source: str
    characters: frozenset[str]
    least: int
    most: int | None

    @property
    def alike(self) -> frozenset[str]:
        """The characters in either case: whoever uses the pattern may not care for it."""
        return frozenset(one for each in self.characters for one in (each.lower(), each.upper()))

    @property
    def fixed(self) -> bool:
        return self.least == self.most


def atoms_of(pattern: str) -> tuple[Atom, ...]:
    """The atoms of a safe pattern. Raises Unsafe."""
    atoms: list[Atom] = []
    groups, place = "", 0
    while place < len(pattern):
        found = TOKEN.match(pattern, place)
        if found is None:
            raise Unsafe(f"{pattern[place : place + 10]!r} cannot be used here: {ALLOWED}")
        groups += "(" if found["open"] else ")" if found["close"] else ""
        if found["atom"]:
            atoms.append(_atom(found["atom"], found["times"] or ""))
        place = found.end()
    if groups not in ("", "()"):
        raise Unsafe("must have at most one group in round brackets, opened and closed")
    _refuse_several_ways(atoms)
    return tuple(atoms)


ALLOWED = (
    r"characters, classes such as \d \w \s [a-z], the quantifiers ? * + {2,4}, ^ $ \b, and one group (...)"
)


def _atom(source: str, times: str) -> Atom:
    try:
        characters = frozenset(filter(re.compile(source).fullmatch, ALPHABET))
    except re.error:
        raise Unsafe(f"{source} is no class of characters; write it such as [a-z0-9]") from None
    if not characters and not (len(source) == 1 and source.isprintable()):
        raise Unsafe(f"{source} matches nothing")
    least, most = _bounds(times)
    return Atom(source, characters or frozenset(source), least, most)


def _bounds(times: str) -> tuple[int, int | None]:
    if times in SHORT:
        return SHORT[times]
    low, comma, high = times[1:-1].partition(",")
    least = int(low)
    most = least if not comma else int(high) if high else None
    if most is not None and (most < least or most == 0):
        raise Unsafe(f"{times} cannot be satisfied; the second number must not be below the first")
    return least, most


SHORT: dict[str, tuple[int, int | None]] = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}


def _refuse_several_ways(atoms: list[Atom]) -> None:
    if not any(atom.least for atom in atoms):
        raise Unsafe("must match at least one character")
    if len(atoms) > MOST_ATOMS:
        raise Unsafe(f"must have at most {MOST_ATOMS} parts")
    for place, atom in enumerate(atoms):
        for after in atoms[place + 1 :] if not atom.fixed else ():
            if shared := atom.alike & after.alike:
                raise Unsafe(
                    f"{atom.source} may repeat, {after.source} may follow, and both match {min(shared)!r}: "
                    "let them share no character"
                )
            if after.least:
                break


def sample(pattern: str, turn: int) -> str:
    """A text the pattern matches, made of its own classes; another for another turn."""
    return "".join(_sampled(atom, turn + place) for place, atom in enumerate(atoms_of(pattern)))


def _sampled(atom: Atom, turn: int) -> str:
    plain = sorted(each for each in atom.characters if each.isascii() and each.isalnum())
    choice = plain or sorted(atom.characters)
    times = max(atom.least, 1) if atom.most is None or atom.most >= 1 else 0
    return "".join(choice[(turn * 7 + each * 3) % len(choice)] for each in range(times))
