"""RETUNE moves for a reason, inside its bounds, one thing at a time, and takes back what did not help."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.control.truth import Truth

from cupel.control import retune as tuner
from cupel.control.belief import Belief
from cupel.control.kalman import step
from cupel.control.retune import PATIENCE, REASONS, TRIAL, Evidence, Trial, note, retune
from cupel.control.rows import columns
from cupel.control.tuning import Bounds, Tuning

NAN = float("nan")
FOLLOW, LARGE, ON_TAU = (
    float(REASONS.index(r)) for r in ("InnovationsFollowEachOther", "InnovationsTooLarge", "PodsStartSlower")
)


def trial(**fields: float) -> Trial:
    """One row; a move before it was from eta 0.05, gamma 0.9, tau 7."""
    given = {"age": PATIENCE, "eta": 0.05, "gamma": 0.9, "tau": 7.0} | fields
    return replace(Trial.blank(1), **{name: np.array([value]) for name, value in given.items()})


def answered(
    given: Trial, lead: float, bounds: Bounds | None = None, **tuned: float
) -> tuple[str, Tuning, Trial]:
    tuning = replace(Tuning.default(1), **{name: np.array([value]) for name, value in tuned.items()})
    evidence = Evidence(z=np.array([NAN]), missed=np.array([NAN]), lead=np.array([lead]))
    after, moved, reason = retune(given, tuning, bounds or Bounds.default(1), evidence)
    return REASONS[int(reason[0])], moved, after


# fmt: off
CASES = [
    # given                                            trial                                   lead   tuned              reason                        eta    gamma  tau
    ("nothing is strange",                             {"nis": 1.2},                           10.0,  {},                "",                           0.10,  0.97,  10),
    ("innovations follow each other",                  {"chain": 0.4},                         10.0,  {},                "InnovationsFollowEachOther", 0.15,  0.97,  10),
    ("and eta is near its most",                       {"chain": 0.4},                         10.0,  {"eta": 0.4},      "InnovationsFollowEachOther", 0.50,  0.97,  10),
    ("and eta is at its most",                         {"chain": 0.4},                         10.0,  {"eta": 0.5},      "",                           0.50,  0.97,  10),
    ("innovations alternate",                          {"chain": -0.4},                        10.0,  {"eta": 0.15},     "InnovationsAlternate",       0.10,  0.97,  10),
    ("innovations are too large",                      {"nis": 1.5},                           10.0,  {},                "InnovationsTooLarge",        0.10,  0.955, 10),
    ("innovations are too small",                      {"nis": 0.5},                           10.0,  {},                "InnovationsTooSmall",        0.10,  0.955, 10),
    ("memory is at its least",                         {"nis": 0.5},                           10.0,  {"gamma": 0.5},    "",                           0.10,  0.50,  10),
    ("all fits, not for long",                         {"nis": 1.0},                           10.0,  {},                "",                           0.10,  0.97,  10),
    ("all fits, for long",                             {"nis": 1.0, "age": 800},               10.0,  {},                "InnovationsFit",             0.10,  0.98,  10),
    ("Pods start slower than tau",                     {},                                     20.0,  {},                "PodsStartSlower",            0.10,  0.97,  20),
    ("Pods start faster than tau",                     {},                                     6.0,   {},                "PodsStartFaster",            0.10,  0.97,  6),
    ("Pods start a little slower",                     {},                                     11.0,  {},                "",                           0.10,  0.97,  10),
    ("Pods take longer than tau may be",               {},                                     500.0, {},                "PodsStartSlower",            0.10,  0.97,  120),
    ("nobody knows how Pods start",                    {},                                     NAN,   {},                "",                           0.10,  0.97,  10),
    ("tau first, where two reasons hold",              {"chain": 0.4},                         20.0,  {},                "PodsStartSlower",            0.10,  0.97,  20),
    ("too soon after the last move",                   {"chain": 0.4, "age": 199},             10.0,  {},                "",                           0.10,  0.97,  10),
    ("too soon after one that did not help",           {"chain": 0.4, "patience": 2},          10.0,  {},                "",                           0.10,  0.97,  10),
    ("a trial that goes on",                           {"moved": FOLLOW, "age": 199,
                                                        "error_then": 0.5},                    10.0,  {},                "",                           0.10,  0.97,  10),
    ("a move that changed nothing is taken back",      {"moved": FOLLOW, "error_then": 1.0},   10.0,  {},                "DidNotHelp",                 0.05,  0.90,  7),
    ("a move that did harm is taken back",             {"moved": LARGE, "error_then": 0.7},    10.0,  {},                "DidNotHelp",                 0.05,  0.90,  7),
    ("a move that helped stays",                       {"moved": FOLLOW, "error_then": 1.2},   10.0,  {},                "",                           0.10,  0.97,  10),
    ("a horizon that cost objectives is taken back",   {"moved": ON_TAU, "missed": 0.2},       10.0,  {},                "DidNotHelp",                 0.05,  0.90,  7),
    ("a horizon that cost none stays",                 {"moved": ON_TAU, "missed": 0.01},      10.0,  {},                "",                           0.10,  0.97,  10),
]
# fmt: on


@pytest.mark.parametrize(
    ("given", "lead", "tuned", "reason", "eta", "gamma", "tau"),
    [c[1:] for c in CASES],
    ids=[c[0] for c in CASES],
)
def test_reasons(
    given: dict[str, float],
    lead: float,
    tuned: dict[str, float],
    reason: str,
    eta: float,
    gamma: float,
    tau: float,
) -> None:
    said, moved, after = answered(trial(**given), lead, **tuned)
    assert said == reason
    assert (moved.eta[0], moved.gamma[0], moved.tau[0]) == pytest.approx((eta, gamma, tau))
    assert said in REASONS and (said == "" or after.age[0] == 0)


@pytest.mark.parametrize("given", [c[1] for c in CASES], ids=[c[0] for c in CASES])
def test_a_policy_that_does_not_allow_it_is_left_alone(given: dict[str, float]) -> None:
    bounds = replace(Bounds.default(1), enabled=np.zeros(1, dtype=np.bool_))
    said, moved, _ = answered(trial(**given), 20.0, bounds)
    assert said == ""
    assert all(
        np.array_equal(a, b)
        for a, b in zip(columns(moved).values(), columns(Tuning.default(1)).values(), strict=True)
    )


@pytest.mark.parametrize("given", [c[1] for c in CASES], ids=[c[0] for c in CASES])
def test_the_second_look_moves_nothing(given: dict[str, float]) -> None:
    _, moved, after = answered(trial(**given), 11.0)
    said, again, _ = answered(after, 11.0, eta=moved.eta[0], gamma=moved.gamma[0], tau=moved.tau[0])
    assert said == "" and (again.eta[0], again.gamma[0], again.tau[0]) == (
        moved.eta[0],
        moved.gamma[0],
        moved.tau[0],
    )


def test_what_did_not_help_is_tried_ever_more_seldom() -> None:
    given, waits = trial(chain=0.4), []
    for _ in range(8):
        said, tuning, given = answered(given, 10.0)
        assert said == "InnovationsFollowEachOther"
        given = replace(given, age=np.array([TRIAL]))
        said, _, given = answered(given, 10.0, eta=tuning.eta[0])
        assert said == "DidNotHelp"
        waits.append(float(given.patience[0]))
        given = replace(given, age=given.patience * PATIENCE, chain=np.array([0.4]))
    assert waits == [2, 4, 8, 16, 32, 64, 64, 64]


def followed(
    truth: Truth, belief: Belief, tuning: Tuning, steps: int, *, allowed: bool = True
) -> tuple[list[np.ndarray], Tuning, Trial]:
    """The filter and RETUNE together: the reasons of each tick, and the tuning and trial at the end."""
    n, reasons = len(belief), []
    memory, bounds = Trial.blank(n), replace(Bounds.default(n), enabled=np.full(n, allowed))
    for _, z in truth.loads(steps):
        belief, seen = step(belief, z, tuning.period, tuning)
        evidence = Evidence(z, np.zeros(n), tuning.tau)
        memory, tuning, reason = retune(note(memory, seen, evidence), tuning, bounds, evidence)
        assert np.all((tuning.eta >= bounds.least_eta) & (tuning.eta <= bounds.most_eta))
        assert np.all((tuning.gamma >= bounds.least_gamma) & (tuning.gamma <= bounds.most_gamma))
        reasons.append(reason)
    return reasons, tuning, memory


def test_a_right_filter_is_hardly_ever_retuned_for_what_is_strange() -> None:
    truth = Truth(150, (0.2, 5.0), seed=21)
    held = replace(truth.tuning, eta=np.full(150, 0.01))
    reasons, _, memory = followed(truth, truth.known, held, 600)
    strange = np.isin(
        np.array(reasons),
        [FOLLOW, LARGE, REASONS.index("InnovationsTooSmall"), REASONS.index("InnovationsAlternate")],
    )
    assert np.mean(strange.any(axis=0)) < 0.1
    assert np.mean((memory.error_ratio > 0.4) & (memory.error_ratio < 1.05)) > 0.95


def test_a_filter_that_adapts_too_slowly_is_retuned_and_gets_better() -> None:
    """A load that walks a thousand times more than believed, and noise that hardly adapts."""
    truth = Truth(150, (20.0, 60.0), seed=22)
    wrong = replace(truth.known, signal_to_noise=np.full(150, 0.09))
    slow = replace(truth.tuning, eta=np.full(150, 0.0105))
    reasons, tuning, memory = followed(truth, wrong, slow, 700)
    assert np.mean((np.array(reasons) > 0).any(axis=0)) > 0.9
    assert np.mean(tuning.eta > slow.eta) > 0.5
    _, _, left = followed(Truth(150, (20.0, 60.0), seed=22), wrong, slow, 700, allowed=False)
    assert np.mean(memory.error_ratio) < np.mean(left.error_ratio)
    assert np.all(np.isfinite(np.stack(list(columns(memory).values()))))


def test_missing_and_doubted_samples_teach_nothing() -> None:
    n, tuning, belief = 4, Tuning.default(4), Belief.blank(4)
    memory = Trial.blank(n)
    for z in (100.0, 101.0, 99.0, 100.0):
        belief, seen = step(belief, np.full(n, z), tuning.period, tuning)
        memory = note(memory, seen, Evidence(np.full(n, z), np.zeros(n), tuning.tau))
    for z in (NAN, 1e9):
        _, seen = step(belief, np.full(n, z), tuning.period, tuning)
        after = note(memory, seen, Evidence(np.full(n, z), np.full(n, NAN), tuning.tau))
        for name in ("nis", "chain", "error", "naive", "missed"):
            assert np.array_equal(getattr(after, name), getattr(memory, name))


def test_every_reason_has_its_word_once() -> None:
    assert len(set(REASONS)) == len(REASONS) == tuner.UNDONE + 1
