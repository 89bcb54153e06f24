"""How many steps Python's `re` may take at a pattern of RE2's, which knows none that takes long.

A pattern has one way to match when each next character leaves one place in it to go on (Glushkov's automaton
is deterministic, and no repetition is reached by two paths). Others are counted by what their repetitions try
in turn.
"""

from __future__ import annotations

import math
from collections.abc import Set
from dataclasses import dataclass, field
from functools import lru_cache
from re import _parser as parser  # type: ignore[attr-defined]  # the only way to a pattern's parts
from typing import Any

COPIES = 20
MOST_PLACES = 500
ASCII = range(128)
DIGITS, WORD, SPACE = (
    frozenset("0123456789"),
    frozenset("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    frozenset(" \t\n\r\f\v"),
)
CLASSES = {"DIGIT": DIGITS, "WORD": WORD, "SPACE": SPACE}
Characters = frozenset[str]


class Several(Exception):
    """There may be several ways to match the same text."""


class Unknown(Exception):
    """A part that RE2 does not have, or that nobody counts here."""


@dataclass
class Part:
    """A part of a pattern as places: where it begins, where it may end, and whether it may be empty."""

    first: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    empty: bool = True


@dataclass
class Places:
    """Each character or class of a pattern, and which may come after it."""

    alphabet: tuple[str, ...]
    characters: list[Characters] = field(default_factory=list)
    follow: list[set[int]] = field(default_factory=list)

    def sequence(self, items: Any) -> Part:
        whole = Part()
        for op, given in items:
            whole = self.joined(whole, self.part(str(op), given))
        return whole

    def joined(self, one: Part, other: Part) -> Part:
        self.link(one.last, other.first)
        first = one.first | other.first if one.empty else one.first
        last = one.last | other.last if other.empty else other.last
        return Part(first, last, one.empty and other.empty)

    def part(self, op: str, given: Any) -> Part:
        match op:
            case "AT":
                return Part()
            case "SUBPATTERN":
                return self.sequence(given[3])
            case "BRANCH":
                parts = [self.sequence(each) for each in given[1]]
                if sum(each.empty for each in parts) > 1:
                    raise Several
                return Part(
                    frozenset().union(*(each.first for each in parts)),
                    frozenset().union(*(each.last for each in parts)),
                    any(each.empty for each in parts),
                )
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self.repeated(*given)
        return self.place(_characters(op, given, self.alphabet))

    def place(self, characters: Characters) -> Part:
        if len(self.characters) >= MOST_PLACES:
            raise Unknown
        self.characters.append(characters)
        self.follow.append(set())
        here = frozenset({len(self.characters) - 1})
        return Part(here, here, empty=False)

    def repeated(self, least: int, most: int, items: Any) -> Part:
        """So many copies one after the other, then what may come besides: once, or again and again."""
        copies = least if least <= COPIES else 0
        whole = Part()
        for _ in range(copies):
            whole = self.joined(whole, self.sequence(items))
        if most > copies:
            more = self.sequence(items)
            if more.empty:
                raise Several
            if most > copies + 1:
                self.link(more.last, more.first)
            whole = self.joined(whole, Part(more.first, more.last, empty=True))
        return whole

    def link(self, ends: frozenset[int], begins: frozenset[int]) -> None:
        """Raises Several where that way is there already."""
        for each in ends:
            if self.follow[each] & begins:
                raise Several
            self.follow[each] |= begins

    def one_way(self, items: Any) -> bool:
        try:
            whole = self.sequence(items)
        except Several:
            return False
        return all(map(self._apart, (whole.first, *self.follow)))

    def _apart(self, some: Set[int]) -> bool:
        seen: set[str] = set()
        for each in some:
            if seen & self.characters[each]:
                return False
            seen |= self.characters[each]
        return True


def _characters(op: str, given: Any, alphabet: tuple[str, ...]) -> Characters:
    """What a place takes, of the alphabet. Letters count in either case: a pattern may not care for it."""
    match op:
        case "LITERAL":
            taken = {chr(given)}
        case "NOT_LITERAL":
            return frozenset(alphabet) - {chr(given)}
        case "ANY":
            return frozenset(alphabet)
        case "IN":
            taken = set().union(*(_member(str(kind), value, alphabet) for kind, value in given))
            if str(given[0][0]) == "NEGATE":
                return frozenset(alphabet) - taken
        case _:
            raise Unknown
    return frozenset(other for each in taken for other in (each, each.lower(), each.upper()))


def _member(kind: str, value: Any, alphabet: tuple[str, ...]) -> set[str]:
    match kind:
        case "LITERAL":
            return {chr(value)}
        case "RANGE":
            return {each for each in alphabet if value[0] <= ord(each) <= value[1]}
        case "CATEGORY":
            name = str(value).removeprefix("CATEGORY_")
            known = CLASSES[name.removeprefix("NOT_")]
            return set(alphabet) - known if name.startswith("NOT_") else set(known)
    return set()


def _alphabet(items: Any) -> tuple[str, ...]:
    """ASCII, and where classes begin and end: two classes that share a character share one of these."""
    points = {n for each in _numbers(items) for n in (each - 1, each, each + 1) if 0 <= n <= 0x10FFFF}
    named = {chr(n) for n in (*ASCII, *points)}
    return tuple({other for each in named for other in (each, each.lower(), each.upper()) if len(other) == 1})


def _numbers(items: Any) -> list[int]:
    if isinstance(items, int):
        return [int(items)]
    if isinstance(items, list | tuple | parser.SubPattern):
        return [number for each in items for number in _numbers(each)]
    return []


def steps(pattern: str, flags: int, length: int) -> float:
    """The most steps to look for the pattern in a text so long; infinite where that is not known."""
    several, factors, tries = _counted(pattern, flags)
    if several and not factors:
        return math.inf
    ways = math.prod(min(each, length + 1) for each in factors) if several else 1
    return (length + 1) * ways * (length + 1 if tries else 1)


@lru_cache(maxsize=256)
def _counted(pattern: str, flags: int) -> tuple[bool, tuple[float, ...], bool]:
    """Whether there may be several ways; by what each part multiplies them; whether each place is tried."""
    items = parser.parse(pattern, flags)
    begins = [str(given) for op, given in items[:1] if str(op) == "AT"]
    tries = begins not in (["AT_BEGINNING"], ["AT_BEGINNING_STRING"])
    try:
        if Places(_alphabet(items)).one_way(items):
            return False, (), tries
        return True, (1, *_factors(items)), tries
    except (Unknown, RecursionError):
        return True, (), tries


def _factors(items: Any) -> list[float]:
    """What is tried in turn. Raises Unknown where a choice is repeated: that grows without bound."""
    found: list[float] = []
    for op, given in items:
        match str(op):
            case "SUBPATTERN":
                found += _factors(given[3])
            case "BRANCH":
                found += [len(given[1]), *(each for branch in given[1] for each in _factors(branch))]
            case "MAX_REPEAT" | "MIN_REPEAT":
                least, most, body = given
                inner = _factors(body)
                if inner and most > 1:
                    raise Unknown
                found += [*inner, *([float(most - least) + 1] if most > least else [])]
    return found
