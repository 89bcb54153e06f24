"""The table of who spoils a revision's runs: who stays in it, what is forgotten, and how large it gets."""

from __future__ import annotations

import pytest

from cupel.gateway.heaviest import BLOCK_SECONDS, FAILED, HEAVIEST, INVALID, LEVELS, OK, TIMED, Heaviest

NOON = 1_000_000.0


def runs(table: Heaviest, caller: str, many: int, verdict: int = OK, at: float = NOON) -> None:
    for _ in range(many):
        table.ran(caller, verdict, 5, at)


def test_runs_are_counted_by_caller_verdict_and_bucket() -> None:
    table = Heaviest()
    runs(table, "ann", 3)
    runs(table, "ann", 2, FAILED)
    runs(table, "bob", 1, INVALID)

    found = table.of_the_last(60, NOON)

    ann, bob = found.callers["ann"], found.callers["bob"]
    assert (ann[OK], ann[FAILED], ann[INVALID], ann[TIMED + 5]) == (3, 2, 0, 3)
    assert (bob[OK], bob[FAILED], bob[INVALID]) == (0, 0, 1)
    assert not any(found.rest)


def test_whoever_fails_most_stays_however_many_others_call() -> None:
    table = Heaviest()
    for number in range(500):
        runs(table, f"crowd-{number}", 3)
        runs(table, f"crowd-{number}", number % 2, FAILED)
        runs(table, "mallory", 4, FAILED)

    found = table.of_the_last(60, NOON)

    assert len(found.callers) == HEAVIEST
    assert found.callers["mallory"][FAILED] == 2000
    everyone = [*found.callers.values(), found.rest]
    assert sum(one[OK] for one in everyone) == 1500, "whoever is not named is counted with the rest"
    assert sum(one[FAILED] for one in everyone) == 2250


PAST = [
    ("a minute", 60.0, {"ann"}),
    ("five minutes", 300.0, {"ann", "bob"}),
    ("an hour", 3600.0, {"ann", "bob", "carl"}),
]


@pytest.mark.parametrize(("seconds", "who"), [one[1:] for one in PAST], ids=[one[0] for one in PAST])
def test_so_much_of_the_past_is_told_as_was_asked_for(seconds: float, who: set[str]) -> None:
    table = Heaviest()
    for caller, ago in (("carl", 1800.0), ("bob", 180.0), ("ann", 20.0)):
        runs(table, caller, 5, at=NOON - ago)

    assert set(table.of_the_last(seconds, NOON).callers) == who


def test_after_two_hours_nothing_is_left() -> None:
    table = Heaviest()
    runs(table, "ann", 5)

    assert not table.of_the_last(1e9, NOON + BLOCK_SECONDS * 2 ** (LEVELS + 1)).callers


def test_nothing_is_lost_and_nothing_grows_while_it_ages() -> None:
    table = Heaviest()
    for second in range(2400):
        runs(table, f"caller-{second % 30}", 1, FAILED if second % 7 == 0 else OK, at=NOON + second)
        if second % 100 == 0:
            found = table.of_the_last(3600, NOON + second)
            assert sum(one[OK] + one[FAILED] for one in (*found.callers.values(), found.rest)) == second + 1
            assert len(table._blocks) <= 3 * LEVELS
            assert all(len(one.callers) <= HEAVIEST for one in table._blocks.values())
