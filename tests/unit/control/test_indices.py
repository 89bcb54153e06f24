"""omega_score, psi_index and beta_antifragile mean what docs/control.md says they mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cupel.control.belief import Belief
from cupel.control.indices import Resilience, omega_score, performance, psi_index, resilience
from cupel.control.rows import columns

NAN, INF = float("nan"), float("inf")

# fmt: off
OBJECTIVES = [
    # given                                   figures              at least      at most        weights     omega
    ("all met",                               [100.0, 5.0],        [-INF, 0],    [200, 10],     [1, 1],     1.0),
    ("none met",                              [300.0, 50.0],       [-INF, 0],    [200, 10],     [1, 1],     0.0),
    ("one of two",                            [100.0, 50.0],       [-INF, 0],    [200, 10],     [1, 1],     0.5),
    ("the heavier one",                       [100.0, 50.0],       [-INF, 0],    [200, 10],     [3, 1],     0.75),
    ("exactly at a bound",                    [200.0, 0.0],        [-INF, 0],    [200, 10],     [1, 1],     1.0),
    ("one is not measured: the other counts", [NAN, 5.0],          [-INF, 0],    [200, 10],     [3, 1],     1.0),
    ("nothing is measured",                   [NAN, NAN],          [-INF, 0],    [200, 10],     [1, 1],     NAN),
    ("there are no objectives",               [100.0, 5.0],        [-INF, 0],    [200, 10],     [0, 0],     NAN),
    ("a figure that is infinite",             [INF, 5.0],          [-INF, 0],    [200, 10],     [1, 1],     0.5),
    ("at least, missed",                      [100.0, -1.0],       [-INF, 0],    [INF, INF],    [1, 1],     0.5),
]
BELIEFS = [
    # given                                   nis     whiteness  steps  psi
    ("as it should be",                       1.0,    0.0,       100,   1.0),
    ("inside both bands",                     1.7,    -0.4,      100,   1.0),
    ("innovations four times as large",       6.92,   0.0,       100,   0.25),
    ("innovations a quarter as large",        0.1175, 0.0,       100,   0.25),
    ("innovations that follow each other",    1.0,    0.9,       100,   0.5),
    ("both",                                  3.46,   0.9,       100,   0.25),
    ("frozen: nothing is ever off",           0.0,    0.0,       100,   0.0),
    ("one sample only",                       1.0,    0.0,       1,     NAN),
]
# fmt: on


@pytest.mark.parametrize("row", [c[1:] for c in OBJECTIVES], ids=[c[0] for c in OBJECTIVES])
def test_omega_score(row: tuple[list[float], list[float], list[float], list[float], float]) -> None:
    *arguments, omega = row
    said = omega_score(*(np.array([argument], dtype=np.float64) for argument in arguments))
    assert said[0] == pytest.approx(omega, nan_ok=True)


@pytest.mark.parametrize(
    ("nis", "whiteness", "steps", "psi"), [c[1:] for c in BELIEFS], ids=[c[0] for c in BELIEFS]
)
def test_psi_index(nis: float, whiteness: float, steps: float, psi: float) -> None:
    fields = {"nis": nis, "whiteness": whiteness, "steps": steps}
    belief = replace(Belief.blank(1), **{name: np.array([float(value)]) for name, value in fields.items()})
    assert psi_index(belief)[0] == pytest.approx(psi, abs=1e-9, nan_ok=True)


def lived(performances: list[tuple[int, float]], shift_at: int = -1, dt: float = 5.0) -> Resilience:
    """Ticks of `dt` seconds: so many of each performance, with a jump of the load at one of them."""
    memory, tick = Resilience.blank(1), 0
    for ticks, value in performances:
        for _ in range(ticks):
            memory = resilience(memory, np.array([value]), np.array([tick == shift_at]), np.array([dt]))
            tick += 1
    return memory


CALM, OVER = 120, 100
# fmt: off
LIVES = [
    # given                                              performances                                     jump  beta
    ("never disturbed",                                  [(500, 0.8)],                                    -1,   NAN),
    ("a jump that is shrugged off",                      [(CALM, 0.8), (OVER, 0.8)],                      CALM, 1.0),
    ("a jump that it never recovers from",               [(CALM, 0.8), (OVER, 0.4)],                      CALM, 0.5),
    ("a jump that it learns from",                       [(CALM, 0.4), (10, 0.2), (OVER, 0.6)],           CALM, 1.5),
    ("a dip in time is forgiven",                        [(CALM, 0.8), (24, 0.1), (OVER, 0.8)],           CALM, 1.0),
    ("a fall without a jump is a disturbance",           [(CALM, 0.8), (OVER, 0.4)],                      -1,   0.5),
    ("a small fall is none",                             [(CALM, 0.8), (OVER, 0.7)],                      -1,   NAN),
    ("not over yet",                                     [(CALM, 0.8), (60, 0.4)],                        CALM, NAN),
    ("a jump where nothing ever worked says nothing",    [(CALM, 0.0), (OVER, 0.0)],                      CALM, NAN),
    ("a jump before anything is usual",                  [(OVER, 0.8)],                                   0,    NAN),
    ("gaps while it recovers do not count",              [(CALM, 0.8), (50, NAN), (OVER, 0.4)],           CALM, 0.5),
]
# fmt: on


@pytest.mark.parametrize(("performances", "jump", "beta"), [c[1:] for c in LIVES], ids=[c[0] for c in LIVES])
def test_beta_antifragile(performances: list[tuple[int, float]], jump: int, beta: float) -> None:
    assert lived(performances, jump).beta[0] == pytest.approx(beta, abs=0.01, nan_ok=True)


def test_the_latest_disturbances_weigh_most() -> None:
    memory = lived([(CALM, 0.8), (OVER, 0.4)], CALM)
    for k in range(OVER):
        memory = resilience(memory, np.array([0.4]), np.array([k == 0]), np.array([5.0]))
    assert memory.beta[0] == pytest.approx(0.5 + 0.3 * (1.0 - 0.5), abs=0.01)


def test_a_row_does_not_touch_another() -> None:
    memory = Resilience.blank(2)
    for k in range(CALM + OVER):
        memory = resilience(
            memory, np.array([0.8, 0.8 if k < CALM else 0.4]), np.array([False, k == CALM]), np.full(2, 5.0)
        )
    assert np.isnan(memory.beta[0]) and memory.beta[1] == pytest.approx(0.5, abs=0.01)


def test_performance_has_room_above() -> None:
    assert performance(np.array([1.0]), np.array([1.0]))[0] == 0.5
    assert performance(np.array([1.0]), np.array([0.5]))[0] > performance(np.array([1.0]), np.array([1.0]))[0]


@pytest.mark.filterwarnings("error")
def test_hostile_time_and_figures_leave_bounded_memory() -> None:
    rng, memory = np.random.default_rng(1), Resilience.blank(50)
    for _ in range(2000):
        now, dt = rng.choice([NAN, 0.0, 0.5, 1.0], 50), rng.choice([NAN, INF, -1.0, 0.0, 5.0, 1e308], 50)
        memory = resilience(memory, now, rng.random(50) < 0.05, dt)
        for column in columns(memory).values():
            assert not np.isinf(column).any() and np.all((column >= 0) | np.isnan(column))
    assert np.nanmax(memory.beta) <= 1 / 0.05
