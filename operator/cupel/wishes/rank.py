"""Capability analysis: what is missing or weak, by demand, failure and reach, and what to do about it.

priority = demand^0.5 * failure^0.3 * reach^0.2: a product, so that what nobody asks for, or what never
fails, comes to 0 however great the rest is. docs/gaps-matching.md explains every term.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from .search import FITS

DEMAND, FAILURE, REACH = 0.5, 0.3, 0.2
"""Weights: exponents of the product; they sum to 1."""
HALF_LIFE = timedelta(days=14)
"""After so long without a report, what was asked for counts half."""
MANY_REPORTS, MANY_CALLERS, MANY_NAMESPACES = 100, 32, 16
"""From here on more makes no difference."""
NEARLY = 0.4
"""A tool from this score on is near enough to a wish to be extended."""
WEAK = 0.2
"""A tool of which surely more than this share fails is weak."""
UNUSED, FORGOTTEN = timedelta(days=30), timedelta(days=90)
"""A tool without calls, and a gap without reports, for so long may go."""
Z = 1.6449
"""One-sided 95 % quantile of the normal distribution."""


class Recommendation(StrEnum):
    """What to do about a row."""

    REUSE = "Reuse"
    EXTEND = "Extend"
    BUILD = "Build"
    RETIRE = "Retire"


class Outcomes(NamedTuple):
    """What became of a tool's calls, in counts: failed, refused for their arguments, and the thumbs."""

    calls: int = 0
    errors: int = 0
    argument_failures: int = 0
    ups: int = 0
    downs: int = 0


NONE = Outcomes()


@dataclass(frozen=True)
class Gap:
    """A wish as it was reported, and the tool nearest to it (score 0..1, and what became of its calls)."""

    name: str
    reports: int
    callers: int
    namespaces: int
    last_at: datetime
    nearest: str = ""
    score: float = 0.0
    outcomes: Outcomes = NONE


@dataclass(frozen=True)
class Tool:
    """A tool as it was used; `last_at` is its last call, or when it was made."""

    name: str
    outcomes: Outcomes
    callers: int
    namespaces: int
    last_at: datetime
    wished: int = 0
    """How many open gaps it answers."""


@dataclass(frozen=True)
class Ranked:
    """One row of the list: its three factors and their product, 0..1, and what to do, with the reason."""

    name: str
    priority: float
    demand: float
    failure: float
    reach: float
    recommendation: Recommendation
    because: str


def ranked(rows: Iterable[Gap | Tool], now: datetime) -> tuple[Ranked, ...]:
    """The rows, those first that matter most; equal ones by name."""
    return tuple(sorted((_row(row, now) for row in rows), key=lambda row: (-row.priority, row.name)))


def _row(row: Gap | Tool, now: datetime) -> Ranked:
    reports = row.reports if isinstance(row, Gap) else row.outcomes.calls
    fresh = recency(now - row.last_at)
    demand = 0.6 * _scaled(reports * fresh, MANY_REPORTS) + 0.4 * _scaled(row.callers * fresh, MANY_CALLERS)
    reach = 0.5 * _scaled(row.namespaces, MANY_NAMESPACES) + 0.5 * _scaled(row.callers, MANY_CALLERS)
    failure, way = _missing(row) if isinstance(row, Gap) else weakness(row.outcomes)
    judge = (
        _judge_gap(row, now - row.last_at)
        if isinstance(row, Gap)
        else _judge_tool(row, now - row.last_at, way)
    )
    priority = demand**DEMAND * failure**FAILURE * reach**REACH
    return Ranked(row.name, priority, demand, failure, reach, *judge)


def recency(age: timedelta) -> float:
    """1 now, a half after one half-life; a time in the future is now."""
    return math.pow(0.5, max(age, timedelta()) / HALF_LIFE)


def weakness(outcomes: Outcomes) -> tuple[float, str]:
    """The share that surely fails, 0..1, by what fails most, and that in words."""
    ways = (
        (surely(outcomes.errors, outcomes.calls), "of its calls fail"),
        (surely(outcomes.argument_failures, outcomes.calls), "of its calls are refused for their arguments"),
        (
            surely(outcomes.downs, outcomes.ups + outcomes.downs),
            "of those who said something are not content",
        ),
    )
    return max(ways, key=lambda way: way[0])


def surely(some: int, of: int) -> float:
    """The lower end of Wilson's interval (one-sided, 95 %): one failure in one call proves little."""
    if of <= 0 or some <= 0:
        return 0.0
    share, square = min(some, of) / of, Z * Z
    middle = share + square / (2 * of)
    spread = Z * math.sqrt((share * (1 - share) + square / (4 * of)) / of)
    return max(0.0, (middle - spread) / (1 + square / of))


def _scaled(count: float, many: int) -> float:
    """0..1 by the logarithm: the second caller says more than the twentieth."""
    return min(1.0, math.log1p(max(0.0, count)) / math.log1p(many))


def _missing(gap: Gap) -> tuple[float, str]:
    """All of a wish that nothing comes near to; of one that a tool meets, what the tool fails at."""
    if gap.score >= FITS:
        return weakness(gap.outcomes)
    return 1.0 - gap.score, ""


def _judge_gap(gap: Gap, age: timedelta) -> tuple[Recommendation, str]:
    failing, way = weakness(gap.outcomes)
    if age > FORGOTTEN:
        return Recommendation.RETIRE, f"Nobody has asked for {age.days} days."
    if gap.score >= FITS and failing > WEAK:
        return Recommendation.EXTEND, f"{gap.nearest} answers it, but at least {failing:.0%} {way}."
    if gap.score >= FITS:
        return Recommendation.REUSE, f"{gap.nearest} answers it."
    if gap.score >= NEARLY:
        return Recommendation.EXTEND, f"{gap.nearest} comes near, and does not do all of it."
    return Recommendation.BUILD, "No tool comes near."


def _judge_tool(tool: Tool, age: timedelta, way: str) -> tuple[Recommendation, str]:
    failing, _ = weakness(tool.outcomes)
    if age > UNUSED and not tool.wished:
        return (
            Recommendation.RETIRE,
            f"Nobody has called it for {age.days} days, and it answers no open gap.",
        )
    if failing > WEAK:
        return Recommendation.EXTEND, f"At least {failing:.0%} {way}."
    if age > UNUSED:
        return Recommendation.REUSE, f"Nobody calls it, yet it answers {tool.wished} open gaps."
    return Recommendation.REUSE, "It is called, and it works."
