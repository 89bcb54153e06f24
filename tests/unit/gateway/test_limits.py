"""How much one caller and one tool may use."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cupel.decide.limits import MOST_CALLERS, Allowance, Crowd


def test_a_burst_then_the_rate() -> None:
    allowance = Allowance(rate=2, burst=3)

    waits = [allowance.wait("a", 0.0) for _ in range(4)]

    assert waits == [0, 0, 0, 0.5]
    assert allowance.wait("a", 0.4) > 0
    assert allowance.wait("a", 0.6) == 0


def test_callers_do_not_share() -> None:
    allowance = Allowance(rate=1, burst=1)

    assert [allowance.wait(caller, 0.0) for caller in ("a", "b", "a")][:2] == [0, 0]
    assert allowance.wait("a", 0.0) > 0


def test_callers_beyond_number_are_forgotten() -> None:
    allowance = Allowance(rate=1, burst=1)
    for number in range(MOST_CALLERS + 10):
        allowance.wait(str(number), 0.0)

    assert len(allowance._buckets) == MOST_CALLERS


@given(st.lists(st.floats(0, 0.2), max_size=200), st.integers(1, 5), st.floats(0.5, 20))
def test_nobody_gets_more_than_burst_and_rate(gaps: list[float], burst: int, rate: float) -> None:
    allowance, now, allowed = Allowance(rate, burst), 0.0, 0
    for gap in gaps:
        now += gap
        allowed += allowance.wait("a", now) == 0

    assert allowed <= burst + rate * now + 1e-6


def test_a_crowd_lets_in_so_many_and_forgets_who_left() -> None:
    crowd, tool = Crowd(2), ("tools", "x")

    assert [crowd.enter(tool) for _ in range(3)] == [True, True, False]
    crowd.leave(tool)
    assert crowd.enter(tool)
    crowd.leave(tool)
    crowd.leave(tool)
    assert crowd._inside == {}
