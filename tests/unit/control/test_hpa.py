"""Our HPA against Kubernetes' own: golden vectors that tests/bench/golden/generate.sh drew from the real package."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.bench.baselines import hpa

GOLDEN = Path(__file__).parents[2] / "bench" / "golden" / "histories.jsonl.gz"
SELECT = {"Max": hpa.MAX, "Min": hpa.MIN, "Disabled": hpa.DISABLED}
KIND = {"Pods": hpa.PODS, "Percent": hpa.PERCENT}


def histories() -> list[dict[str, Any]]:
    with gzip.open(GOLDEN, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def rules(given: dict[str, Any]) -> hpa.Rules:
    policies = given["policies"]
    return hpa.Rules(
        np.array([float(given.get("stabilizationWindowSeconds", hpa.WINDOW))]),
        np.array([SELECT[given["selectPolicy"]]]),
        np.array([[KIND[p["type"]]] for p in policies]),
        np.array([[float(p["value"])] for p in policies]),
        np.array([[float(p["periodSeconds"])] for p in policies]),
    )


def flown(history: dict[str, Any]) -> list[int]:
    """What our HPA decides over the same steps."""
    behavior = history.get("behavior")
    given = hpa.Behavior(rules(behavior["scaleUp"]), rules(behavior["scaleDown"])) if behavior else None
    ours = hpa.Hpa(np.array([float(history["min"])]), np.array([float(history["max"])]), given)
    target, current, decided = float(history["target"]), float(history["first"]), []
    for pause, usage, ready, unready, missing, _ in history["steps"]:
        figures = [np.array([float(n)]) for n in (usage, ready, unready, missing)]
        now = np.array([current])
        if history["kind"] == "external":
            proposed = hpa.by_requests(figures[0], np.array([target * 10]), now)
        else:
            proposed = hpa.by_cpu(*figures, np.array([target]))
        current = float(ours.decide(proposed, now, float(pause))[0])
        decided.append(int(current))
    return decided


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
    chosen = [h for h in histories() if h["kind"] == kind and ("behavior" in h) == behavior]
    assert len(chosen) > 50

    different = [h for h in chosen if flown(h) != [step[5] for step in h["steps"]]]

    assert different == []


def test_the_golden_histories_hold_what_is_hard() -> None:
    steps = [step for history in histories() for step in history["steps"]]

    assert len(steps) > 5000
    assert sum(step[3] > 0 for step in steps) > 300  # Pods that are not ready
    assert sum(step[4] > 0 for step in steps) > 100  # Pods without a metric
    assert sum(step[0] > 300 for step in steps) > 20  # pauses beyond the stabilization window
