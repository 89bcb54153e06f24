"""The recent past in blocks: nothing is lost, and the newest is finest."""

from __future__ import annotations

import numpy as np

from cupel.control import ladder
from cupel.control.counts import CALLS, COLUMNS, SECONDS
from cupel.control.ladder import LEVELS, Ladder


def numbered(number: int, rows: int = 1) -> np.ndarray:
    """A look whose calls are a power that tells it from the other looks."""
    count = np.zeros((COLUMNS, rows))
    count[SECONDS], count[CALLS] = 1.0, number
    return count


def blocks(state: Ladder, row: int = 0) -> list[tuple[int, int]]:
    """Newest first: looks in a block, and the sum of their numbers."""
    found = [(int(b[SECONDS, row]), int(b[CALLS, row])) for level in state.levels for b in level]
    return [one for one in found if one[0]]


def climbed(looks: int) -> tuple[Ladder, float]:
    """So many looks numbered from 1; and the calls that left at the end."""
    state, left = ladder.blank(1), 0.0
    for number in range(1, looks + 1):
        state, merges = ladder.pushed(state, numbered(number), np.array([True]))
        left += sum(float((m.older + m.newer)[CALLS, 0]) for m in merges if m.level == LEVELS - 1)
    return state, left


def test_blocks_are_consecutive_looks_of_doubling_number_with_the_last_look_alone() -> None:
    for looks in (1, 2, 3, 7, 8, 100, 1000):
        newest = looks
        for length, total in blocks(climbed(looks)[0]):
            assert total == sum(range(newest - length + 1, newest + 1)), (looks, newest, length)
            newest -= length
        assert newest == 0
        lengths = [length for length, _ in blocks(climbed(looks)[0])]
        assert lengths[0] == 1 and lengths == sorted(lengths)
        assert all(lengths.count(length) <= 2 for length in lengths)


def test_a_block_begins_at_a_look_that_its_length_divides() -> None:
    """What prices stand on: a beginning lives as long as the power of two that divides it."""
    begun = 1000
    for length, _ in blocks(climbed(1000)[0]):
        begun -= length
        assert begun % length == 0


def test_what_leaves_is_handed_over_and_nothing_is_lost() -> None:
    looks = 2 ** (LEVELS + 1) + 5
    state, left = climbed(looks)

    assert left > 0
    assert left + float(state.total()[CALLS, 0]) == looks * (looks + 1) / 2
    assert not state.whole()[0]


def test_it_is_whole_until_the_first_block_leaves() -> None:
    state, left = climbed(2 ** (LEVELS + 1) - 2)

    assert left == 0.0 and state.whole()[0]


def test_rows_that_were_not_looked_at_stay_as_they_are() -> None:
    state = ladder.blank(2)
    for number in range(1, 50):
        state, _ = ladder.pushed(state, numbered(number, 2), np.array([True, number % 3 == 0]))

    assert list(state.looks) == [49, 16]
    assert sum(length for length, _ in blocks(state, 1)) == 16
    assert sum(total for _, total in blocks(state, 1)) == sum(range(3, 50, 3))


def test_the_levels_reached_hold_everything() -> None:
    for looks in (0, 1, 2, 3, 6, 7, 14, 15, 500):
        state, _ = climbed(looks)
        held = sum(float(b[CALLS, 0]) for level in state.reached() for b in level)
        assert held == looks * (looks + 1) / 2, looks
