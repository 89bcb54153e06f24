"""Forty wishes in plain words and what answers them; the accuracy that docs/gaps-matching.md publishes."""

from __future__ import annotations

import pytest
from tests.unit.wishes.accuracy import answer, right, wrong
from tests.unit.wishes.hostile_held_out import HELD_OUT_HOSTILE
from tests.unit.wishes.told import BEYOND, FAMILIES, HELD_OUT, HOSTILE, WISHES, Told

from cupel.templates.catalogue import TEMPLATES

HELD_OUT_RIGHT = 15
"""Of 20, as measured and published; may rise."""


@pytest.mark.parametrize("told", WISHES, ids=[told.wish for told in WISHES])
def test_answered_by(told: Told) -> None:
    given = answer(told.wish)

    assert right(told, *given), given


def test_the_tables_are_as_large_as_promised() -> None:
    spoken = [told.language for told in WISHES]

    assert (len(spoken), spoken.count("en"), spoken.count("pl"), spoken.count("pt")) == (40, 24, 8, 8)
    assert len(HELD_OUT) == 20
    assert {told.wish for told in WISHES} & {told.wish for told in HELD_OUT} == set()


def test_the_held_out_wishes_are_answered_as_often_as_published() -> None:
    missed = wrong(HELD_OUT)

    assert len(HELD_OUT) - len(missed) >= HELD_OUT_RIGHT, missed


def test_no_held_out_wish_is_answered_by_something_else() -> None:
    """A wish without an answer waits; one with a wrong answer misleads."""
    misled = [row for row in wrong(HELD_OUT) if row[1] and row[1] not in FAMILIES.get(row[0].answer, ())]

    assert misled == []


@pytest.mark.parametrize("wish", (*HOSTILE, *HELD_OUT_HOSTILE))
def test_nothing_answers_a_hostile_wish(wish: str) -> None:
    assert answer(wish)[0] in ("", "refused")


@pytest.mark.parametrize("wish", BEYOND)
def test_nothing_answers_what_nothing_can_do(wish: str) -> None:
    assert answer(wish) == ("", "")


def test_families_name_templates_that_exist() -> None:
    assert {name for names in FAMILIES.values() for name in names} <= set(TEMPLATES)
