"""Wishes nobody says: tools called in a row again and again, unknown names, arguments that keep failing.

Pure functions over a bounded log. What is counted between two looks is a value (`Watched`, `Counts`) that its
keeper hands back. What comes out is built of names of a checked form, never of text that a caller wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .frequent import COUNTERS, Count, Counts, Thing, counted

SHORTEST, LONGEST = 2, 4
PAUSE = 600.0
"""Seconds after which the next call of a caller begins a new chain."""
TIMES, BY = 10, 3
"""A chain, name or failure becomes a wish when seen so often for certain, by so many callers."""
PART_OF = 0.8
"""A chain is not told when a longer one that holds it is seen at least this share as often."""
_NAME = re.compile(r"^[a-z][a-z0-9_.\-]{0,62}$", re.IGNORECASE | re.ASCII)


class Call(NamedTuple):
    """Somebody called a tool, at a time in seconds."""

    caller: str
    tool: str
    at: float


class Failure(NamedTuple):
    """Somebody's call was refused: no tool has the name, or `argument` broke `rule` (JSON Schema's)."""

    caller: str
    tool: str
    argument: str = ""
    rule: str = ""


class Candidate(NamedTuple):
    """A wish that the counts speak for."""

    wish: str
    times: int
    callers: int
    tools: tuple[str, ...]
    by: tuple[str, ...] = ()
    """The callers that are known by name, in order."""


@dataclass(frozen=True)
class Watched:
    """Chains counted so far, and each caller's last calls, so that a chain may cross two looks."""

    counts: Counts = field(default_factory=dict)
    open: Mapping[str, tuple[Call, ...]] = field(default_factory=dict)


def watched(before: Watched, log: Iterable[Call]) -> Watched:
    """The chains after more calls, in order of time. Of callers, the last `COUNTERS` are remembered."""
    open_ = dict(before.open)
    counts = counted(before.counts, _chains(log, open_))
    return replace(before, counts=counts, open=open_)


def chains(seen: Watched, times: int = TIMES, by: int = BY) -> tuple[Candidate, ...]:
    """The chains seen often by several callers, the most frequent first; none that another one tells."""
    often = {chain: count for chain, count in seen.counts.items() if _often(count, times, by)}
    whole = [(chain, count) for chain, count in often.items() if not _told(chain, count, often)]
    return tuple(
        Candidate(
            f"one tool that does what {', then '.join(chain)} do",
            count.sure,
            len(count.callers),
            chain,
            tuple(sorted(count.callers)),
        )
        for chain, count in sorted(whole, key=lambda item: (-item[1].sure, item[0]))
    )


def failed(before: Counts, log: Iterable[Failure]) -> dict[Thing, Count]:
    """The failures after more of them; those whose names are no names are not counted."""
    named = (each for each in log if each.tool and all(not part or _NAME.match(part) for part in each[1:]))
    return counted(before, ((each[1:], each.caller) for each in named))


def failures(seen: Counts, times: int = TIMES, by: int = BY) -> tuple[Candidate, ...]:
    """What fails the same way over and over, the most frequent first."""
    often = [(thing, count) for thing, count in seen.items() if _often(count, times, by)]
    return tuple(
        Candidate(_said(*thing), count.sure, len(count.callers), (thing[0],), tuple(sorted(count.callers)))
        for thing, count in sorted(often, key=lambda item: (-item[1].sure, item[0]))
    )


def _said(tool: str, argument: str, rule: str) -> str:
    if not argument and not rule:
        return (
            f"a tool for {' '.join(re.split('[-_.]+', tool)).strip()} (called as {tool}, a name no tool has)"
        )
    given = argument or "its arguments"
    return f"{tool}, with {given} as callers give it: it breaks {rule or 'the schema'} over and over"


def _chains(log: Iterable[Call], last: dict[str, tuple[Call, ...]]) -> Iterator[tuple[Thing, str]]:
    """Every chain that a call completes; a tool called twice in a row is one link. Updates `last`."""
    for call in log:
        if not _NAME.match(call.tool):
            continue
        before = last.pop(call.caller, ())
        if before and not 0 <= call.at - before[-1].at <= PAUSE:
            before = ()
        if before and before[-1].tool == call.tool:
            last[call.caller] = (*before[:-1], call)
            continue
        now = (*before, call)[-LONGEST:]
        last[call.caller] = now
        if len(last) > COUNTERS:
            del last[next(iter(last))]
        for length in range(SHORTEST, len(now) + 1):
            links = tuple(each.tool for each in now[-length:])
            if len(set(links)) == length:  # a loop tells no more than one of its rounds
                yield links, call.caller


def _often(count: Count, times: int, by: int) -> bool:
    return count.sure >= times and len(count.callers) >= by


def _told(chain: Thing, count: Count, often: Mapping[Thing, Count]) -> bool:
    """True for a part of a longer chain, and for a loop that begins elsewhere more often."""
    for other, theirs in often.items():
        if len(other) > len(chain) and theirs.sure >= PART_OF * count.sure and _holds(other, chain):
            return True
        turned = len(other) == len(chain) and other != chain and _holds(other * 2, chain)
        if turned and (-theirs.sure, other) < (-count.sure, chain):
            return True
    return False


def _holds(longer: Thing, chain: Thing) -> bool:
    return any(longer[at : at + len(chain)] == chain for at in range(len(longer) - len(chain) + 1))
