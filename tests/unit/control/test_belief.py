"""A belief outlives a restart as text; text that is damaged is no belief, and no exception."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.random import default_rng
from tests.unit.control.plants import SEED, draw, tuning_for

from cupel.control import belief as beliefs
from cupel.control import rows
from cupel.control.belief import Belief, pack, unpack
from cupel.control.kalman import step


@pytest.fixture(scope="module")
def lived() -> Belief:
    """A thousand beliefs after eighty looks at random loads."""
    plants = draw(SEED, 10, np.inf)
    tuning, belief = tuning_for(plants.period), Belief.blank(1000)
    for k in range(80):
        belief, _ = step(belief, plants.z[:, k], plants.dt[:, k], tuning)
    return belief


def same(one: Belief, other: Belief) -> bool:
    pairs = zip(rows.columns(one).values(), rows.columns(other).values(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def is_blank(belief: Belief) -> bool:
    return same(belief, Belief.blank(1))


def test_every_lived_belief_comes_back_to_the_bit(lived: Belief) -> None:
    assert beliefs.possible(lived).all()
    for row in range(0, 1000, 10):
        assert same(unpack(pack(lived, row)), lived.take(np.array([row])))


def test_it_fits_a_status(lived: Belief) -> None:
    assert len(pack(lived, 0)) <= 1024
    assert set(pack(lived, 0)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def test_a_blank_belief_comes_back() -> None:
    assert is_blank(unpack(pack(Belief.blank(3), 1)))


def sealed(body: bytes) -> str:
    return base64.b64encode(body + hashlib.sha256(body).digest()[: rows.CHECK_BYTES]).decode()


def told(**lie: float) -> str:
    """A well-formed text that says what filtering cannot come to."""
    return pack(replace(Belief.blank(1), **{name: np.array([value]) for name, value in lie.items()}), 0)


WHOLE = pack(Belief.blank(1), 0)
# fmt: off
DAMAGED = [
    ("nothing",                            ""),
    ("no Base64",                          "not a belief!"),
    ("no ASCII",                           "żółw"),
    ("cut short",                          WHOLE[:-4]),
    ("cut to no whole group",              WHOLE[:-1]),
    ("doubled",                            WHOLE + WHOLE),
    ("one letter changed",                 WHOLE[:40] + ("A" if WHOLE[40] != "A" else "B") + WHOLE[41:]),
    ("another version",                    sealed(bytes([beliefs.VERSION + 1]) + bytes(8 * len(fields(Belief))))),
    ("version alone",                      sealed(bytes([beliefs.VERSION]))),
    ("all zeros, sealed",                  sealed(bytes([beliefs.VERSION]) + bytes(8 * len(fields(Belief))))),
    ("a NaN, sealed",                      told(level=np.nan)),
    ("an infinite variance, sealed",       told(p00=np.inf)),
    ("a negative variance, sealed",        told(p00=-1.0)),
    ("an impossible covariance, sealed",   told(p00=1.0, p11=1.0, p01=2.0)),
    ("an absurd level, sealed",            told(level=1e300)),
    ("an absurd noise, sealed",            told(scale=1e300)),
    ("no evidence, sealed",                told(shape=0.0)),
    ("noise that cannot be, sealed",       told(signal_to_noise=1e6)),
]
# fmt: on


@pytest.mark.parametrize("text", [row[1] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_damaged_text_is_a_blank_belief(text: str) -> None:
    assert is_blank(unpack(text))


def test_any_flipped_bit_is_noticed(lived: Belief) -> None:
    raw = base64.b64decode(pack(lived, 7))
    for bit in default_rng(3).choice(8 * len(raw), 200, replace=False):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << (bit % 8)
        assert is_blank(unpack(base64.b64encode(flipped).decode()))


def test_rows_are_taken_and_put_without_touching_the_others(lived: Belief) -> None:
    which = np.array([3, 998, 3])
    assert same(lived.take(which).take(np.array([1])), lived.take(np.array([998])))
    changed = lived.put(np.array([5, 6]), Belief.blank(2))
    assert is_blank(changed.take(np.array([5]))) and is_blank(changed.take(np.array([6])))
    others = np.setdiff1d(np.arange(1000), [5, 6])
    assert same(changed.take(others), lived.take(others))
    assert not is_blank(lived.take(np.array([5])))
