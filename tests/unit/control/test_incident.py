"""What befalls many at once is no revision's fault."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.control.revisions import accepted, known, look

from cupel.control import evidence, watch
from cupel.control.counts import FAILED
from cupel.control.incident import shared

# fmt: off
WHO = [
    #  how many times the usual errors       group           kin             shared, of those with an alarm
    ("it-alone",            [9, 1, 1, 1, 1],    [0, 0, 0, 0, 0], [0, 1, 2, 3, 4], [False]),
    ("all-of-them",         [9, 9, 9, 9, 9],    [0, 0, 0, 0, 0], [0, 1, 2, 3, 4], [True] * 5),
    ("it-and-half-of-others", [9, 9, 9, 1, 1],  [0, 0, 0, 0, 0], [0, 1, 2, 3, 4], [True] * 3),
    ("it-and-one-of-four",  [9, 9, 1, 1, 1],    [0, 0, 0, 0, 0], [0, 1, 2, 3, 4], [False] * 2),
    ("others-elsewhere",    [9, 9, 9, 1, 1],    [0, 1, 1, 0, 0], [0, 1, 2, 3, 4], [False] * 3),
    ("one-other-is-too-few", [9, 9],            [0, 0],          [0, 1],          [False] * 2),
    ("its-own-predecessor", [9, 9, 1, 1],       [0, 0, 0, 0],    [7, 7, 2, 3],    [True] * 2),
    ("its-predecessor-well", [9, 1, 1, 1],      [0, 0, 0, 0],    [7, 7, 2, 3],    [False]),
    ("nobody-to-ask",       [9],                [0],             [0],             [False]),
]
# fmt: on


@pytest.mark.parametrize(("times", "group", "kin", "expected"), [w[1:] for w in WHO], ids=[w[0] for w in WHO])
def test_others_are_asked(times: list[float], group: list[int], kin: list[int], expected: list[bool]) -> None:
    dice, rows = np.random.default_rng(3), len(times)
    state, everyone = known(rows), np.ones(rows, dtype=np.bool_)
    for _ in range(60):
        state = watch.counted_in(state, look(dice, rows, 20.0), everyone)
    for _ in range(12):
        count = look(dice, rows, 20.0)
        count[FAILED] *= np.array(times)
        state = watch.counted_in(state, count, everyone)
    found = evidence.weighed(state, accepted(rows))

    answer = shared(state, found, np.array(group), np.array(kin))

    assert list(answer[found.alarm]) == expected
    assert not answer[~found.alarm].any()


def test_others_who_made_no_calls_cannot_tell() -> None:
    dice = np.random.default_rng(3)
    state = known(5)
    for _ in range(12):
        state = watch.counted_in(
            state, look(dice, 5, 20.0, failed=9.0), np.array([True, False, False, False, False])
        )
    found = evidence.weighed(state, accepted(5))

    assert found.alarm[0]
    assert not shared(state, found, np.zeros(5, dtype=np.int64), np.arange(5)).any()
