"""Counters become growth: what several sources counted between two looks, or why nobody can say.

A source is one Pod that keeps a count since its own start. Nothing here reads a clock: a look carries its
moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from itertools import zip_longest
from operator import sub

Tally = tuple[float, ...]
"""Counts of one source, in an order the caller knows.

What a shorter one lacks was not counted yet: it is zero.
"""
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Look:
    """What every source had counted at one moment.

    `at` is in seconds on a steady clock. A source that was there and had not counted yet has zeros.
    """

    at: float
    counts: Mapping[str, Tally]


@dataclass(frozen=True)
class Growth:
    """What each source counted in `seconds`; with a `problem`, in words, nothing is known."""

    seconds: float = 0.0
    by_source: Mapping[str, Tally] = field(default_factory=dict)
    problem: str = ""

    @property
    def amounts(self) -> Tally:
        """Summed over all sources."""
        tallies = tuple(self.by_source.values())
        return tallies[0] if len(tallies) == 1 else tuple(map(sum, zip_longest(*tallies, fillvalue=0.0)))

    def per_second(self, place: int = 0) -> float:
        return self.amounts[place] / self.seconds


def _less(late: Tally, early: Tally) -> Tally:
    """Place by place, without a call of Python's where they are of a length, as they nearly always are."""
    if len(late) == len(early):
        return tuple(map(sub, late, early))
    return tuple(after - before for before, after in zip_longest(early, late, fillvalue=0.0))


def growth(before: Look, now: Look, fresh: Set[str] = NOBODY) -> Growth:
    """The sum over all sources of what each counted since.

    `fresh` names sources that started to serve between the two looks: what they counted is all of that time.
    Any other source that is new, gone or counts less than before leaves a part of the time unknown, so that
    all of it is.
    """
    seconds = now.at - before.at
    if seconds <= 0:
        return Growth(problem="no time has passed since the last look")
    if gone := sorted(before.counts.keys() - now.counts.keys()):
        return Growth(problem=f"{gone[0]} is gone, and with it what it counted last")
    grown: dict[str, Tally] = {}
    for source, tally in sorted(now.counts.items()):
        known = before.counts.get(source)
        if known is None:
            if source not in fresh:
                return Growth(
                    problem=f"{source} was looked at for the first time: its growth is known next time"
                )
            known = ()
        grown[source] = _less(tally, known)
        if not all(map((0.0).__le__, grown[source])):
            return Growth(problem=f"the counters of {source} began anew")
    return Growth(seconds, grown) if grown else Growth(problem="nobody counts: no Pod is ready")


def gained(before: Look, now: Look) -> Growth:
    """What those sources counted that are in both looks and went on counting: evidence, and no rate.

    A Pod that comes, goes or begins anew takes its part away, good and bad calls alike, so that what is left
    is still a fair sample; it is not taken for all there was.
    """
    seconds = now.at - before.at
    if seconds <= 0:
        return Growth(problem="no time has passed since the last look")
    grown: dict[str, Tally] = {}
    for source in sorted(before.counts.keys() & now.counts.keys()):
        pairs = zip_longest(before.counts[source], now.counts[source], fillvalue=0.0)
        amounts = tuple(late - early for early, late in pairs)
        if all(amount >= 0 for amount in amounts):
            grown[source] = amounts
    return Growth(seconds, grown) if grown else Growth(problem="no Pod was counted at two looks in a row yet")
