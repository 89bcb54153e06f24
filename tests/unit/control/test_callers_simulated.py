"""Simulated canaries that several call: nobody condemns a good one alone, and a bad one is seen as soon as before.

The families of tests/bench/rollback_callers.py, a few of each, with the same seed at every run.
"""

from __future__ import annotations

import pytest
from tests.bench import rollback_callers as bench

from cupel.control.one_caller import PATIENCE_SECONDS

MANY = 5
MINUTE = int(60 / bench.LOOK)
ALIKE = {one.name: one for one in bench.ALIKE if "20 times" in one.name}
ALL_ITS_CALLS = {
    one.name: one for one in bench.ONE if "all its calls" in one.name or "as often as all" in one.name
}


@pytest.mark.parametrize("family", ALIKE.values(), ids=list(ALIKE))
def test_what_fails_for_all_alike_is_seen_as_soon_as_without_the_table(family: bench.Family) -> None:
    found = bench.row(family, MANY, 3, MINUTE)

    assert found["condemned_percent"] == found["condemned_before_percent"] == 100
    assert found["median_seconds"] <= found["median_before_seconds"] + bench.LOOK
    assert found["p95_seconds"] <= found["p95_before_seconds"] + PATIENCE_SECONDS


@pytest.mark.parametrize("family", ALL_ITS_CALLS.values(), ids=list(ALL_ITS_CALLS))
def test_one_caller_that_fails_alone_condemns_nothing(family: bench.Family) -> None:
    found = bench.row(family, MANY, 3, MINUTE)

    assert found["condemned_before_percent"] >= 80, "as it was, while nobody asked who calls"
    assert found["condemned_percent"] == 0


def test_what_all_find_worse_later_is_condemned_though_one_failed_before() -> None:
    found = bench.row(bench.BOTH[1], MANY, 3, bench.FIRST + MINUTE)

    assert found["condemned_percent"] == 100
    assert bench.FIRST * bench.LOOK < found["p95_seconds"]
