"""Demand: each report counts, one a minute of each caller, and nobody who asked is ever taken off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cupel.api.capability_gap import CapabilityGap, Demand
from cupel.decide.demand import again, first, how_many_open, is_open
from cupel.decide.demand import counted as counted_all
from cupel.decide.gap_state import name_of, standing

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WISH = "Convert amounts of money between currencies"


def counted(*reports: tuple[str, timedelta]) -> Demand:
    """What these reports come to, after ann's first at noon."""
    demand = first("ann", NOON)
    for by, after in reports:
        demand = again(demand, by, NOON + after) or demand
    return demand


def gap(conditions: dict[str, tuple[str, str]] | None = None, **spec: Any) -> CapabilityGap:
    """A gap with these conditions: type to status and reason."""
    said = [
        {"type": t, "status": s, "reason": r, "message": "because\n\x1b[2J of it", "lastTransitionTime": "2026-11-27T12:00:00Z"}
        for t, (s, r) in (conditions or {}).items()
    ]  # fmt: skip
    return CapabilityGap.parse(
        {"metadata": {"name": "gap-0", "namespace": "tools"}, "spec": {"wish": WISH, **spec}, "status": {"conditions": said}}
    )  # fmt: skip


COUNTS: dict[str, tuple[list[tuple[str, timedelta]], int, dict[str, int]]] = {
    "one report": ([], 1, {"ann": 1}),
    "a repetition at once is no demand": ([("ann", MINUTE * 0.9)], 1, {"ann": 1}),
    "a repetition later is": ([("ann", MINUTE)], 2, {"ann": 2}),
    "another's counts at once": ([("bob", MINUTE * 0)], 2, {"ann": 1, "bob": 1}),
    "a clock that is behind counts nothing twice": ([("ann", -MINUTE)], 1, {"ann": 1}),
}


@pytest.mark.parametrize("what", COUNTS)
def test_what_counts(what: str) -> None:
    reports, times, callers = COUNTS[what]

    demand = counted(*reports)

    assert demand.reports == times
    assert {caller.by: caller.reports for caller in demand.callers} == callers


def test_of_more_callers_than_it_names_all_are_counted_and_the_first_stay() -> None:
    demand = counted(*((f"agent-{n}", MINUTE * n) for n in range(40)))

    assert (demand.reports, len(demand.callers)) == (41, 32)
    assert [caller.by for caller in demand.callers[:2]] == ["ann", "agent-0"]


def test_times_only_grow() -> None:
    demand = counted(("bob", -MINUTE), ("eve", MINUTE * 5))

    assert (demand.first_at, demand.last_at) == (NOON, NOON + MINUTE * 5)


def test_without_any_demand_it_begins() -> None:
    assert again(None, "ann", NOON) == first("ann", NOON)


STANDINGS: dict[str, tuple[CapabilityGap, str, bool]] = {
    "nobody looked": (gap(), "Reported", True),
    "at work": (gap({"Ready": ("Unknown", "AwaitingAuthor")}), "Working", True),
    "people must decide": (
        gap({"Ready": ("False", "X"), "Suspended": ("True", "X")}),
        "AwaitingPeople",
        True,
    ),
    "refused": (gap({"Ready": ("False", "X"), "Stalled": ("True", "X")}), "Refused", True),
    "a tool serves": (gap({"Ready": ("True", "Ready")}), "Serving", False),
    "a person said no": (gap({"Ready": ("False", "X")}, closed={"because": "no"}), "Closed", False),
}


@pytest.mark.parametrize("what", STANDINGS)
def test_how_far_it_is(what: str) -> None:
    seen, state, open_ = STANDINGS[what]

    assert (standing(seen).state, is_open(seen)) == (state, open_)
    assert all(c.isprintable() for c in standing(seen).message)


def test_open_gaps_are_counted_by_policy() -> None:
    gaps = [gap(), gap(policyRef={"name": "other"}), gap({"Ready": ("True", "Ready")})]

    assert how_many_open(gaps, "default") == 1


def test_names_are_of_the_words_or_of_the_exact_use_of_a_template() -> None:
    use = gap(template={"name": "statistics", "parameters": {"a": 1, "b": 2}}).spec.template
    same = gap(template={"name": "statistics", "parameters": {"b": 2, "a": 1}}).spec.template
    other = gap(template={"name": "statistics", "parameters": {"a": 1}}).spec.template

    assert name_of(WISH) == name_of("convert amounts of MONEY between currencies!")
    assert name_of(WISH, use) == name_of("anything else", same)
    assert len({name_of(WISH), name_of(WISH, use), name_of(WISH, other)}) == 3
    assert gap().name == "gap-0" and len(name_of(WISH)) == 14


def test_whom_calls_showed_asked_as_well_and_a_look_a_moment_later_counts_nobody_again() -> None:
    shown = counted_all(None, ["gateway", "ann", "bob", "ann"], NOON)

    assert shown is not None
    assert (shown.reports, [each.by for each in shown.callers]) == (3, ["gateway", "ann", "bob"])
    assert counted_all(shown, ["gateway", "bob"], NOON + MINUTE / 2) is None
    later = counted_all(shown, ["gateway", "eve"], NOON + MINUTE)
    assert later is not None
    assert (later.reports, len(later.callers)) == (5, 4)
