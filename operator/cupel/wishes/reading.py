"""What the reader of one template makes of a wish: the words that decide, and the parameters they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cupel.api.common import JsonObject

from .heard import Heard


@dataclass(frozen=True)
class Read:
    """A wish as one template would answer it: parameters, the words that decided, those accounted for."""

    parameters: JsonObject
    decided: tuple[str, ...]
    explained: frozenset[str] = frozenset()
    sure: float = 1.0
    """Below 1 when the template does only the nearest thing to what was said."""


Reader = Callable[[Heard], Read | None]


@dataclass(frozen=True)
class Operation:
    """One thing a template does: each group must be said at least once, none of `never`."""

    name: str
    groups: tuple[frozenset[str], ...]
    never: frozenset[str] = frozenset()
    also: frozenset[str] = field(default_factory=frozenset)
    """Words that fit in without deciding."""

    def said(self, heard: Heard) -> frozenset[str]:
        """The words that decide for it; empty when a group is missing or something speaks against it."""
        met = [heard.any(group) for group in self.groups]
        if heard.any(self.never) or not all(met):
            return frozenset()
        return frozenset().union(*met)


def operation(name: str, *groups: str, never: str = "", also: str = "") -> Operation:
    """An operation, its groups of words written as texts."""
    return Operation(
        name, tuple(frozenset(g.split()) for g in groups), frozenset(never.split()), frozenset(also.split())
    )


def first_said(operations: Iterable[Operation], heard: Heard) -> tuple[Operation, frozenset[str]] | None:
    """The first operation that the wish asks for, and the words that decided."""
    for each in operations:
        if said := each.said(heard):
            return each, said
    return None


def in_order(words: Iterable[str], heard: Heard) -> tuple[str, ...]:
    """Words in the order in which the wish says them."""
    wanted = set(words)
    return tuple(dict.fromkeys(word for word in heard.meanings if word in wanted))
