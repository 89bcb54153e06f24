"""What keeps mutants from being judged is told apart: what lies in the tool, and what lies in time."""

import time

import pytest

from cupel_sandbox.proof import public
from cupel_sandbox.replay import Player
from cupel_sandbox.stand import CHUNK_CALLS, grouped
from cupel_sandbox.survival import Code, survival
from cupel_sandbox.trials import Bench

PLAIN = "def run(n):\n    return {'n': n + 1}\n"
DEEP = f"def run(n):\n    return {{'n': n + {' + '.join(['1'] * 990)}}}\n"
TRIAL = {"kind": "Example", "name": "one", "arguments": {"n": 1}, "result": {"n": 2}}
# fmt: off
HELD_UP = {
    # sentence: code, trials, seconds left, what is told as an obstacle, and as a matter of time
    "code that is none":        ("def run(", [TRIAL], 60, "the code cannot be read to change it: SyntaxError", ""),
    "code too deep to write":   (DEEP, [TRIAL], 60, "no change of the code can be written down (line 2: RecursionError)", ""),
    "no trial to judge by":     (PLAIN, [], 60, "it has no example or test of its own", ""),
    "no time":                  (PLAIN, [TRIAL], -1, "", "time for 0 of 4 chosen"),
    "nothing to change":        ("def run(n):\n    pass\n", [TRIAL], 60, "", ""),
}
# fmt: on


@pytest.mark.parametrize(("code", "trials", "left", "obstacle", "because"), HELD_UP.values(), ids=HELD_UP)
def test_held_up(code, trials, left, obstacle, because):
    nobody = Bench(0, 0, Player.__new__(Player), 5.0, 64)  # it comes to no call
    came = survival(Code(code, "sha256-a", False), 80, trials, nobody, time.monotonic() + left)

    assert (came.tried, came.survivors) == (0, [])
    assert came.obstacle.startswith(obstacle) and bool(came.obstacle) == bool(obstacle)
    assert came.because.startswith(because) and bool(came.because) == bool(because)
    assert len(came.told()["obstacle"]) <= 256


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [
        ("Example", "one", True),
        ("Test", "two", True),
        ("HeldOut", "two", False),
        ("Test", "check-1-two", False),
    ],
)
def test_an_author_is_told_of_what_comes_of(kind, name, shown):
    assert public({"kind": kind, "name": name}) is shown


def test_calls_that_do_not_go_together_go_alone():
    some = [TRIAL] * 40

    assert [len(each) for each in grouped(some)] == [CHUNK_CALLS, 40 - CHUNK_CALLS]
    assert [len(each) for each in grouped(some, 1)] == [1] * 40
