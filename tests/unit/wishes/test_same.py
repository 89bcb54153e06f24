"""When two wishes are one."""

from __future__ import annotations

import pytest
from tests.unit.wishes.pairs import ONE, TWO

from cupel.wishes.same import SAME, fingerprint, likeness


@pytest.mark.parametrize(("a", "b"), ONE)
def test_one_wish_in_two_ways_of_saying_it(a: str, b: str) -> None:
    assert likeness(a, b) >= SAME


@pytest.mark.parametrize(("a", "b"), TWO)
def test_two_wishes(a: str, b: str) -> None:
    assert likeness(a, b) < SAME


@pytest.mark.parametrize(("a", "b"), ONE + TWO)
def test_likeness_is_symmetric_and_lies_between_0_and_1(a: str, b: str) -> None:
    assert likeness(a, b) == likeness(b, a)
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, a) == 1


@pytest.mark.parametrize(("a", "b"), ONE + TWO)
def test_wishes_of_one_fingerprint_are_one(a: str, b: str) -> None:
    assert fingerprint(a) != fingerprint(b) or likeness(a, b) == 1


SAID = [
    ("in another order", "e-mail validation", "validate an e-mail"),
    ("in another language", "przelicz euro na dolary", "convert EUR to USD"),
    ("with politeness", "please, I need a tool that converts EUR into USD", "convert EUR to USD"),
    ("in capitals", "CONVERT EUR TO USD", "convert eur to usd"),
]


@pytest.mark.parametrize(("a", "b"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_a_fingerprint_stays_when_a_wish_is_said(a: str, b: str) -> None:
    assert fingerprint(a) == fingerprint(b)


def test_a_fingerprint_is_ten_hexadecimal_digits() -> None:
    assert len(fingerprint("")) == len(fingerprint("水" * 2000)) == 10
    assert int(fingerprint("anything"), 16) >= 0


def test_wishes_of_no_known_words_are_told_apart() -> None:
    assert fingerprint("水 火") != fingerprint("木 金")
    assert likeness("水 火", "木 金") < SAME
