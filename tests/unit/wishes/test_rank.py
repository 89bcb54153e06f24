"""What is missing or weak, and what is recommended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cupel.wishes.rank import HALF_LIFE, Gap, Outcomes, Tool, ranked, recency, surely

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
GOOD, BAD = Outcomes(calls=500, errors=2, ups=20), Outcomes(calls=500, errors=300)
GAP = Gap("gap-1", reports=20, callers=5, namespaces=2, last_at=NOW)
TOOL = Tool("csv-sum", GOOD, callers=5, namespaces=2, last_at=NOW)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


ROWS = [
    ("a wish nothing comes near to", GAP, "Build", "No tool comes near."),
    ("a wish a good tool answers", replace(GAP, nearest="csv-sum", score=0.9, outcomes=GOOD), "Reuse", "csv-sum answers it."),
    ("a wish a failing tool answers", replace(GAP, nearest="csv-sum", score=0.9, outcomes=BAD), "Extend", "of its calls fail"),
    ("a wish a tool nearly answers", replace(GAP, nearest="csv-sum", score=0.45), "Extend", "comes near"),
    ("a wish a tool is far from", replace(GAP, nearest="csv-sum", score=0.2), "Build", "No tool comes near."),
    ("a wish nobody repeats for months", replace(GAP, last_at=ago(days=91)), "Retire", "for 91 days"),
    ("a good tool", TOOL, "Reuse", "it works"),
    ("a failing tool", replace(TOOL, outcomes=BAD), "Extend", "of its calls fail"),
    ("a tool called wrongly", replace(TOOL, outcomes=Outcomes(calls=100, argument_failures=60)), "Extend", "refused for their arguments"),
    ("a tool people do not like", replace(TOOL, outcomes=Outcomes(calls=100, ups=2, downs=20)), "Extend", "not content"),
    ("a tool with one failure in one call", replace(TOOL, outcomes=Outcomes(calls=1, errors=1)), "Extend", "At least 27%"),
    ("a tool with one thumb down beside many up", replace(TOOL, outcomes=Outcomes(calls=9, ups=9, downs=1)), "Reuse", "it works"),
    ("a tool unused for a month", replace(TOOL, last_at=ago(days=31)), "Retire", "for 31 days"),
    ("an unused tool that answers gaps", replace(TOOL, last_at=ago(days=31), wished=2), "Reuse", "answers 2 open gaps"),
    ("a tool unused for a month, to the second", replace(TOOL, last_at=ago(days=30)), "Reuse", "it works"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "recommendation", "because"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_recommended(row: Gap | Tool, recommendation: str, because: str) -> None:
    (judged,) = ranked([row], NOW)

    assert judged.recommendation == recommendation
    assert because in judged.because


FIRST = [
    ("more reports come before fewer", replace(GAP, reports=80), GAP),
    ("more callers come before fewer", replace(GAP, callers=9), GAP),
    ("more namespaces come before fewer", replace(GAP, namespaces=9), GAP),
    ("what was asked for today comes before last month", GAP, replace(GAP, last_at=ago(days=30))),
    ("what nothing answers comes before what something does", GAP, replace(GAP, nearest="t", score=0.9, outcomes=GOOD)),
    ("a failing tool comes before a good one", replace(TOOL, outcomes=BAD), TOOL),
    ("one agent that repeats itself comes after five that ask once", replace(GAP, reports=5, callers=5), replace(GAP, reports=12, callers=1)),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), [r[1:] for r in FIRST], ids=[r[0] for r in FIRST])
def test_order(first: Gap | Tool, second: Gap | Tool) -> None:
    first, second = replace(first, name="z"), replace(second, name="a")

    assert [row.name for row in ranked([second, first], NOW)] == ["z", "a"]


def test_factors_and_priority_lie_between_0_and_1() -> None:
    much = replace(GAP, reports=10**9, callers=10**6, namespaces=10**6, last_at=NOW + timedelta(days=1))
    nothing = Gap("nothing", 0, 0, 0, NOW)
    most, least = ranked([nothing, much], NOW)

    assert most.priority == most.demand == most.failure == most.reach == 1
    assert least.priority == least.demand == 0


def test_the_documented_product() -> None:
    (row,) = ranked([GAP], NOW)

    assert row.priority == pytest.approx(row.demand**0.5 * row.failure**0.3 * row.reach**0.2)


def test_rows_of_equal_priority_come_by_name() -> None:
    rows = [replace(GAP, name=name) for name in "bca"]

    assert [row.name for row in ranked(rows, NOW)] == ["a", "b", "c"]


def test_a_second_look_at_once_changes_nothing_and_later_only_lowers() -> None:
    rows = [GAP, replace(GAP, name="gap-2", reports=3), replace(TOOL, outcomes=BAD)]
    soon, later = ranked(rows, NOW), ranked(rows, NOW + timedelta(hours=1))

    assert soon == ranked(rows, NOW)
    assert [row.name for row in soon] == [row.name for row in later]
    assert all(after.priority < before.priority for before, after in zip(soon, later, strict=True))


def test_recency_halves_with_every_half_life() -> None:
    assert [recency(n * HALF_LIFE) for n in (-1, 0, 1, 2)] == [1, 1, 0.5, 0.25]


SURELY = [(0, 0, 0.0), (0, 10, 0.0), (1, 1, 0.2699), (50, 100, 0.4187), (500, 1000, 0.4740), (10, 10, 0.7871)]


@pytest.mark.parametrize(("some", "of", "share"), SURELY)
def test_what_surely_fails(some: int, of: int, share: float) -> None:
    assert surely(some, of) == pytest.approx(share, abs=1e-3)
