"""Our HPA against Kubernetes' own: golden vectors that tests/bench/golden/generate.sh drew from the real package."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from tests.bench.baselines import hpa
from tests.bench.golden.compare import different, histories

FOLDER = Path(__file__).parents[2] / "bench" / "golden"
GOLDEN, FORGOTTEN = FOLDER / "histories.jsonl.gz", FOLDER / "forgotten.jsonl.gz"


@pytest.mark.parametrize(
    ("says", "figures", "target", "pods"),
    [
        ("ScaleUp", (1500, 3, 0, 0), 30, 5),
        ("ScaleUpUnreadyLessScale", (1200, 2, 1, 0), 30, 4),
        ("ScaleUpUnreadyNoScale", (400, 1, 2, 0), 30, 3),
        ("ScaleDown", (1400, 5, 0, 0), 50, 3),
        ("MissingMetricsNoChangeEq", (1000, 1, 0, 1), 100, 2),
        ("MissingMetricsNoChangeGt", (1900, 1, 0, 1), 100, 2),
        ("MissingMetricsNoChangeLt", (600, 1, 0, 1), 100, 2),
        ("MissingMetricsUnreadyChange", (450, 1, 1, 1), 50, 3),
        ("MissingMetricsUnreadyScaleUp", (2000, 1, 1, 1), 50, 4),
        ("MissingMetricsUnreadyScaleDown", (200, 2, 1, 1), 50, 3),
    ],
)
def test_the_cases_of_kubernetes_own_tests(
    says: str, figures: tuple[int, ...], target: int, pods: int
) -> None:
    """Cases of replica_calculator_test.go, by their names: (use of the ready Pods, ready, unready, missing)."""
    arrays = [np.array([float(figure)]) for figure in figures]

    assert hpa.by_cpu(*arrays, np.array([float(target)]))[0] == pods


@pytest.mark.parametrize("kind", ["external", "cpu"])
@pytest.mark.parametrize("behavior", [False, True])
def test_our_hpa_decides_as_kubernetes_does(kind: str, behavior: bool) -> None:
    chosen = [h for h in histories(GOLDEN) if h["kind"] == kind and ("behavior" in h) == behavior]
    assert len(chosen) > 50

    assert different(chosen) == []


def test_it_forgets_what_kubernetes_forgets_too_early() -> None:
    """Of 100,000 histories those 23 in which it matters that an event older than its own direction's longest period may be lost to
    the other direction, whose period is longer."""
    chosen = list(histories(FORGOTTEN))

    assert len(chosen) == 23
    for history in chosen:
        up, down = (history["behavior"][way]["policies"] for way in ("scaleUp", "scaleDown"))
        assert max(one["periodSeconds"] for one in up) != max(one["periodSeconds"] for one in down)
    assert different(chosen) == []


def test_a_history_that_ours_does_not_follow_is_found() -> None:
    one, *rest = islice(histories(GOLDEN), 20)
    one["steps"][-1][5] += 1

    assert different([one, *rest]) == [one]


def test_the_golden_histories_hold_what_is_hard() -> None:
    steps = [step for history in histories(GOLDEN) for step in history["steps"]]

    assert len(steps) > 5000
    assert sum(step[3] > 0 for step in steps) > 300  # Pods that are not ready
    assert sum(step[4] > 0 for step in steps) > 100  # Pods without a metric
    assert sum(step[0] > 300 for step in steps) > 20  # pauses beyond the stabilization window
