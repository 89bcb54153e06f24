"""`python -m tests.bench.golden.compare FILE`: our HPA over golden histories of Kubernetes' own, thousands at once.

Prints how many there were and how many differ, and ends with 1 where any does. `generate.sh` draws the file.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tests.bench.baselines import hpa

Floats = npt.NDArray[np.float64]
History = dict[str, Any]
SELECT = {"Max": hpa.MAX, "Min": hpa.MIN, "Disabled": hpa.DISABLED}
KIND = {"Pods": hpa.PODS, "Percent": hpa.PERCENT}
BATCH = 4096


def histories(file: Path) -> Iterator[History]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def different(chosen: Sequence[History]) -> list[History]:
    """Those in which ours decides otherwise at any step."""
    wrong = []
    ordered = sorted(chosen, key=_group)
    for _, group in groupby(ordered, key=_group):
        alike = list(group)
        decided = _flown(alike)
        for row, history in enumerate(alike):
            expected = [step[5] for step in history["steps"]]
            if decided[: len(expected), row].tolist() != expected:
                wrong.append(history)
    return wrong


def _group(history: History) -> tuple[str, bool]:
    return history["kind"], "behavior" in history


def _flown(alike: Sequence[History]) -> Floats:
    """Pods (steps, histories) that ours decides; beyond a history's end they mean nothing."""
    steps = _steps(alike)
    behavior = None
    if "behavior" in alike[0]:
        up, down = ([h["behavior"][way] for h in alike] for way in ("scaleUp", "scaleDown"))
        behavior = hpa.Behavior(rules(up), rules(down))
    ours = hpa.Hpa(_column(alike, "min"), _column(alike, "max"), behavior)
    target, current, decided = _column(alike, "target"), _column(alike, "first"), []
    for pause, usage, ready, unready, missing, _ in steps:
        if alike[0]["kind"] == "external":
            proposed = hpa.by_requests(usage, target * 10, current)
        else:
            proposed = hpa.by_cpu(usage, ready, unready, missing, target)
        current = ours.decide(proposed, current, pause)
        decided.append(current)
    return np.stack(decided)


def _steps(alike: Sequence[History]) -> Floats:
    """(steps, figures of a step, histories); a history that has ended repeats its last one."""
    longest = max(len(history["steps"]) for history in alike)
    padded = [h["steps"] + h["steps"][-1:] * (longest - len(h["steps"])) for h in alike]
    return np.array(padded, np.float64).transpose(1, 2, 0)


def _column(alike: Sequence[History], name: str) -> Floats:
    return np.array([float(history[name]) for history in alike])


def rules(given: Sequence[dict[str, Any]]) -> hpa.Rules:
    """One direction of every history's `behavior`; a policy that one lacks is kind 0."""
    most = max(len(one["policies"]) for one in given)
    kind = np.zeros((most, len(given)), np.int64)
    value, period = np.zeros(kind.shape), np.zeros(kind.shape)
    for row, one in enumerate(given):
        for place, policy in enumerate(one["policies"]):
            kind[place, row] = KIND[policy["type"]]
            value[place, row], period[place, row] = policy["value"], policy["periodSeconds"]
    window = np.array([float(one.get("stabilizationWindowSeconds", hpa.WINDOW)) for one in given])
    return hpa.Rules(window, np.array([SELECT[one["selectPolicy"]] for one in given]), kind, value, period)


def main(file: Path) -> int:
    began, count, steps, wrong = time.monotonic(), 0, 0, 0
    source = histories(file)
    while batch := list(islice(source, BATCH)):
        count += len(batch)
        steps += sum(len(history["steps"]) for history in batch)
        wrong += len(different(batch))
    took = time.monotonic() - began
    sys.stdout.write(f"{count} histories of {steps} syncs: {wrong} differ ({took:.0f} s)\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
