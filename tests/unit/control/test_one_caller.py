"""Whether an alarm rests on one caller alone: who called, and what follows."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.control.revisions import accepted, known, look

from cupel.control import evidence, watch
from cupel.control.counting import Tally
from cupel.control.counts import BUCKETS, CALLS, FAILED, INVALID, TIMED
from cupel.control.one_caller import Alone, Heard, alone

NOBODY: Tally = ()


def tally(calls: float, failed: float = 0, invalid: float = 0, slow: float = 0) -> Tally:
    """So many calls of somebody; the good ones took 20 ms, or a second."""
    timed = [0.0] * BUCKETS
    timed[5], timed[15] = calls - failed - invalid - slow, slow
    return (calls - failed - invalid, failed, invalid, *timed)


# fmt: off
WHO = [
    # sentence                                     by caller                                               the rest          whom it rests on
    ("one fails, two are fine",                    {"m": tally(40, 40), "a": tally(30), "b": tally(30)},   NOBODY,           "m"),
    ("one fails, one is fine",                     {"m": tally(40, 40), "a": tally(60)},                   NOBODY,           "m"),
    ("one fails, many nameless ones are fine",     {"m": tally(40, 40)},                                   tally(60),        "m"),
    ("... and fail as usual",                      {"m": tally(400, 400), "a": tally(600, 6)},             NOBODY,           "m"),
    ("one answers what it may not, others do not", {"m": tally(40, 0, 40), "a": tally(60)},                NOBODY,           "m"),
    ("one calls alone",                            {"m": tally(100, 40)},                                  NOBODY,           "Unknown"),
    ("others called twice, and too seldom",        {"m": tally(98, 40), "a": tally(2)},                    NOBODY,           "Unknown"),
    ("all fail alike",                             {"m": tally(40, 16), "a": tally(30, 12), "b": tally(30, 12)}, NOBODY,     "Others"),
    ("one fails more, another as well",            {"m": tally(40, 40), "a": tally(30, 9), "b": tally(30)}, NOBODY,          "Others"),
    ("one fails, and many nameless ones do",       {"m": tally(40, 40)},                                   tally(60, 20),    "Others"),
    ("nobody fails any more",                      {"m": tally(40), "a": tally(60)},                       NOBODY,           "Unknown"),
    ("no gateway knows of any call",               {},                                                     NOBODY,           "Unknown"),
]
# fmt: on


@pytest.mark.parametrize(
    ("callers", "rest", "whom"), [case[1:] for case in WHO], ids=[case[0] for case in WHO]
)
def test_who_called(callers: dict[str, Tally], rest: Tally, whom: str) -> None:
    state, found = alarmed(callers, rest, looks=12)

    said = alone(state, found, 0, Heard(callers, rest))

    assert (said.name if isinstance(said, Alone) else said) == whom


def alarmed(callers: dict[str, Tally], rest: Tally, looks: int) -> tuple[watch.Watch, evidence.Evidence]:
    """A revision of which a minute counted what these did, or were that not enough: that four in ten fail."""
    dice, state, everyone = np.random.default_rng(5), known(1), np.ones(1, dtype=np.bool_)
    total = np.array([tally(0), *[(*one, *(0.0,) * (3 + BUCKETS - len(one))) for one in callers.values()]])
    failed, invalid = total[:, 1].sum(), total[:, 2].sum()
    calls = max(total[:, :3].sum() + sum(rest[:3]), 100.0)
    for _ in range(looks):
        count = look(dice, 1, calls / 5 / looks)
        count[CALLS], count[TIMED] = calls / looks, 0
        count[FAILED] = max(failed, 0 if invalid else 40) / looks
        count[INVALID] = invalid / looks
        state = watch.counted_in(state, count, everyone)
    found = evidence.weighed(state, accepted(1))
    assert found.alarm[0]
    return state, found


def test_others_who_call_often_enough_are_waited_for_half_a_minute() -> None:
    """A burst raises the alarm before the others have called often enough to tell."""
    callers = {"m": tally(98, 98), "a": tally(2)}
    soon, late = alarmed(callers, NOBODY, looks=1), alarmed(callers, NOBODY, looks=12)

    assert isinstance(alone(*soon, 0, Heard(callers, NOBODY)), Alone)
    assert alone(*late, 0, Heard(callers, NOBODY)) == "Unknown"


def test_of_latency_the_slow_calls_count() -> None:
    state = known(1)
    state = watch.counted_in(state, slow(60), np.ones(1, dtype=np.bool_))
    found = evidence.weighed(state, accepted(1))
    callers = {"m": tally(100, slow=100), "a": tally(100)}

    assert found.alarm[0]
    said = alone(state, found, 0, Heard(callers, NOBODY))

    assert isinstance(said, Alone)
    assert (said.name, said.bad, said.others_bad) == ("m", 100, 0)


def slow(share: float) -> np.ndarray:
    count = look(np.random.default_rng(1), 1, 40.0, failed=0.0, invalid=0.0)
    count[5:] = count[TIMED] * share / 100
    return count
