"""Which queries go in one request, beside one that takes too much."""

from __future__ import annotations

from itertools import pairwise

from cupel.signals.groups import APART_SECONDS, MOST_HALVED, TOGETHER, Groups

QUERIES = [(n, f"q{n}") for n in range(2 * TOGETHER)]


def look(groups: Groups, steady: float, *heavy: int) -> list[list[int]]:
    """One look: groups with one of these take too much."""
    parts = groups.parts(QUERIES, steady)
    for part in parts:
        if set(part) & set(heavy):
            groups.took_too_much([f"q{n}" for n in part], steady)
    return parts


def test_as_many_as_can_go_together() -> None:
    assert [len(part) for part in look(Groups(), 0.0)] == [TOGETHER, TOGETHER]


def test_halves_find_the_one() -> None:
    groups = Groups()
    for steady in range(7):
        look(groups, float(steady), 3)
    parts = look(groups, 7.0, 3)

    assert [3] in parts
    assert sorted(n for part in parts for n in part) == [n for n, _ in QUERIES]
    assert len(parts) <= 9, "the others go together as far as they can"


def test_it_stays_apart_as_long_as_it_takes_too_much_and_comes_back_later() -> None:
    groups = Groups()
    for steady in range(8):
        look(groups, float(steady), 3)

    assert [3] in look(groups, APART_SECONDS - 1, 3)
    assert [3] in look(groups, APART_SECONDS + 100)
    assert [len(part) for part in look(groups, 3 * APART_SECONDS)] == [TOGETHER, TOGETHER]


def test_where_all_is_slow_few_requests_more_are_made() -> None:
    groups, every = Groups(), range(2 * TOGETHER)
    counts = [len(look(groups, float(steady), *every)) for steady in range(6)]

    assert all(after - before <= MOST_HALVED for before, after in pairwise(counts))
