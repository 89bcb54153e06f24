"""A belief about a revision survives a restart, small, and a damaged one is no belief."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.control.revisions import accepted, alarms, known, look

from cupel.control import evidence, watch
from cupel.control.counts import COLUMNS
from cupel.control.watch_saved import VERSION, packed, unpacked

TEXT = packed(known(1), 0)


def changed(at: int, value: int) -> str:
    data = bytearray(base64.b64decode(TEXT))
    data[at] = value
    return base64.b64encode(bytes(data)).decode()


# fmt: off
DAMAGED = [
    ("empty",                 ""),
    ("no-base64",             "{}"),
    ("not-even-ascii",        "ä" * 40),
    ("cut",                   TEXT[: len(TEXT) // 2]),
    ("longer",                base64.b64encode(base64.b64decode(TEXT) + b"\0").decode()),
    ("one-bit-changed",       changed(100, base64.b64decode(TEXT)[100] ^ 1)),
    ("of-another-version",    changed(0, VERSION + 1)),
]
# fmt: on


@pytest.mark.parametrize("text", [d[1] for d in DAMAGED], ids=[d[0] for d in DAMAGED])
def test_what_was_not_written_by_us_is_no_belief(text: str) -> None:
    assert unpacked(text) is None


def test_it_is_small_however_much_was_seen() -> None:
    dice, state = np.random.default_rng(1), known(2, 1e9)
    for _ in range(3000):
        state = watch.counted_in(state, look(dice, 2, 5000.0), np.ones(2, dtype=np.bool_))

    assert len(packed(state, 1)) == len(TEXT) <= 1024


def test_a_blank_one_comes_back_blank() -> None:
    found = unpacked(packed(watch.blank(1), 0))

    assert found is not None
    assert found.marks.tolist() == [[-1], [-1]] and found.base.sum() == 0 and found.ladder.looks[0] == 0


def test_a_restart_changes_no_alarm_and_hardly_the_evidence() -> None:
    dice = np.random.default_rng(2)
    state, _, _ = alarms(known(8), dice, 200, 20.0)
    state, _, before = alarms(state, dice, 9, 20.0, failed=4.0)
    restarted = watch.blank(8)
    for row in range(8):
        one = unpacked(packed(state, row))
        assert one is not None
        restarted = restarted.put(np.array([row]), one)

    after = evidence.weighed(restarted, accepted(8))

    assert before.alarm.any()
    assert np.array_equal(after.alarm, before.alarm)
    assert after.since == pytest.approx(before.since, rel=1e-3)
    assert after.log_value == pytest.approx(before.log_value, rel=0.01, abs=0.02)


def test_what_was_saved_before_canaries_had_neighbours_is_read_on() -> None:
    state = replace(known(1), beside=np.full((COLUMNS, 1), 7.0))
    body = bytes([1]) + base64.b64decode(packed(state, 0))[1 : -4 - 2 * COLUMNS]
    older = base64.b64encode(body + hashlib.sha256(body).digest()[:4]).decode()

    now, before = unpacked(packed(state, 0)), unpacked(older)

    assert now is not None and before is not None
    assert np.array_equal(now.base, before.base) and np.array_equal(now.histogram, before.histogram)
    assert (now.beside == 7.0).all() and not before.beside.any()


def test_saving_at_every_look_does_not_let_counts_drift() -> None:
    dice, state = np.random.default_rng(3), known(1)
    saved: watch.Watch | None = state
    for _ in range(100):
        count = look(dice, 1, 20.0)
        state = watch.counted_in(state, count, np.array([True]))
        assert saved is not None
        saved = unpacked(packed(watch.counted_in(saved, count, np.array([True])), 0))

    assert saved is not None
    assert saved.ladder.total() == pytest.approx(state.ladder.total(), rel=2e-3)
    assert saved.base == pytest.approx(state.base, rel=2e-3)
