"""The most frequent of many things in bounded memory, and how many callers each has: Space-Saving.

Metwally, Agrawal and El Abbadi, "Efficient computation of frequent and top-k elements in data streams" (ICDT
2005). With k counters no count is too low, nor too high by more than its `error`, at most (things seen) / k.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COUNTERS, CALLERS = 1024, 32

Thing = tuple[str, ...]
Counts = Mapping[Thing, "Count"]
"""Things and how often they were seen: the most frequent `COUNTERS`."""


@dataclass(frozen=True)
class Count:
    """At least `count - error` times, at most `count`; by whom: the first `CALLERS` of them."""

    count: int
    error: int
    callers: frozenset[str]

    @property
    def sure(self) -> int:
        """How often it was seen for certain."""
        return self.count - self.error


def counted(
    before: Counts, seen: Iterable[tuple[Thing, str]], counters: int = COUNTERS
) -> dict[Thing, Count]:
    """The counts after more was seen: things, each with its caller, in their order."""
    counts = dict(before)
    least = [(each.count, thing) for thing, each in counts.items()]
    heapq.heapify(least)
    for thing, caller in seen:
        if thing not in counts:
            counts[thing] = _room(counts, least, counters)
        counts[thing] = _once_more(counts[thing], caller)
        heapq.heappush(least, (counts[thing].count, thing))
        if len(least) > 8 * counters:
            least = [(each.count, thing) for thing, each in counts.items()]
            heapq.heapify(least)
    return counts


def _once_more(count: Count, caller: str) -> Count:
    known = caller in count.callers or len(count.callers) >= CALLERS
    return Count(count.count + 1, count.error, count.callers if known else count.callers | {caller})


def _room(counts: dict[Thing, Count], least: list[tuple[int, Thing]], counters: int) -> Count:
    """A counter for a new thing: a free one, or the least frequent thing's, whose count is the error."""
    if len(counts) < counters:
        return Count(0, 0, frozenset())
    while True:
        count, thing = heapq.heappop(least)
        if thing in counts and counts[thing].count == count:  # else an older count of a thing counted since
            del counts[thing]
            return Count(count, count, frozenset())
