"""Counters become growth, or a sentence why nobody can say."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from cupel.control.counting import Growth, Look, Tally, growth


@dataclass(frozen=True)
class Row:
    before: dict[str, Tally]
    now: dict[str, Tally]
    amounts: Tally = ()
    problem: str = ""
    fresh: frozenset[str] = field(default_factory=frozenset)
    seconds: float = 5.0


ROWS = {
    "one Pod counts on": Row({"a": (100.0,)}, {"a": (150.0,)}, (50.0,)),
    "nothing was counted, and that is known": Row({"a": (100.0,)}, {"a": (100.0,)}, (0.0,)),
    "two Pods are summed": Row({"a": (1.0,), "b": (2.0,)}, {"a": (4.0,), "b": (6.0,)}, (7.0,)),
    "a Pod that started to serve since counts from zero": Row(
        {"a": (1.0,)}, {"a": (2.0,), "b": (9.0,)}, (10.0,), fresh=frozenset({"b"})
    ),
    "a Pod that was only not seen before is waited for": Row(
        {"a": (1.0,)}, {"a": (2.0,), "b": (9.0,)}, problem="b was looked at for the first time"
    ),
    "a Pod that went took the end of its count along": Row(
        {"a": (1.0,), "b": (1.0,)}, {"a": (2.0,)}, problem="b is gone"
    ),
    "a container that was started again is no negative rate": Row(
        {"a": (100.0,)}, {"a": (3.0,)}, problem="the counters of a began anew"
    ),
    "one counter of many that fell spoils the look": Row(
        {"a": (5.0, 5.0)}, {"a": (9.0, 4.0)}, problem="the counters of a began anew"
    ),
    "NaN is no count": Row({"a": (5.0,)}, {"a": (float("nan"),)}, problem="the counters of a began anew"),
    "a counter that is new in a known Pod began at zero": Row({"a": (5.0,)}, {"a": (6.0, 2.0)}, (1.0, 2.0)),
    "a counter that vanished began anew": Row(
        {"a": (5.0, 2.0)}, {"a": (6.0,)}, problem="the counters of a began anew"
    ),
    "no Pod is ready": Row({}, {}, problem="nobody counts"),
    "no time has passed": Row({"a": (1.0,)}, {"a": (2.0,)}, problem="no time has passed", seconds=0.0),
    "a clock went back": Row({"a": (1.0,)}, {"a": (2.0,)}, problem="no time has passed", seconds=-3.0),
}


def grown(row: Row) -> Growth:
    return growth(Look(10.0, row.before), Look(10.0 + row.seconds, row.now), row.fresh)


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_growth(row: Row) -> None:
    found = grown(row)

    assert found.problem.startswith(row.problem)
    assert bool(found.problem) == bool(row.problem)
    assert found.amounts == row.amounts


def test_a_rate_is_growth_over_its_own_seconds() -> None:
    assert grown(Row({"a": (100.0,)}, {"a": (150.0,)}, seconds=2.5)).per_second() == 20.0
