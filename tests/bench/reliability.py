"""`python -m tests.bench.reliability --traces DIR`: of the decisions taken at each confidence, how many proved right.

Right, judged by the trace over the 600 s after the decision: a ScaleUp when a period's demand was above what the Pods before it carry well; a
ScaleDown when none was above what the Pods it left carry for a period. Measured surges are certain, and not judged.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.bench import replay_traces as traces

from cupel.control.carry import BAND, load_for, peak_for
from cupel.control.fleet import ACTIONS, REASONS, Outcome, Settings
from cupel.control.forecast import WATCH
from cupel.control.pilot import Pilot
from cupel.control.plant import Plant, Seen, fly
from cupel.control.policy import USE

Floats = npt.NDArray[np.float64]
PERIOD, LEAD = 2, 10
AFTER = int(WATCH) // PERIOD
EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001)
Judged = tuple[str, float, bool]


def decisions(arrivals: Floats, capacity: float, sureness: float) -> list[Judged]:
    """(action, confidence, right) of every forecast action over one trace."""
    found: list[Judged] = []
    clock = [0]
    means = arrivals[: len(arrivals) // PERIOD * PERIOD].reshape(-1, PERIOD).mean(axis=1)

    def told(seen: Seen, outcome: Outcome) -> None:
        clock[0] += 1
        action, reason = ACTIONS[int(outcome.action[0])], REASONS[int(outcome.reason[0])]
        if clock[0] + AFTER > len(means) or reason not in ("ForecastAbovePods", "ForecastBelowPods"):
            return
        highest = float(means[clock[0] :][:AFTER].max())
        if reason == "ForecastAbovePods":
            pods = np.array([seen.wanted[0]])
            well = min(float(load_for(pods, np.array([capacity]))[0]), BAND * USE * float(pods[0]) * capacity)
            right = highest > well
        else:
            able = peak_for(outcome.replicas, np.array([float(PERIOD)]), np.array([capacity]))
            right = highest <= float(able[0])
        found.append((action, float(outcome.confidence[0]), right))

    settings = Settings.default(
        1, period=float(PERIOD), lead=float(LEAD), capacity=capacity, most=1e5, sureness=sureness
    )
    first = np.maximum(1.0, np.ceil(arrivals[:60].mean() / (0.7 * capacity)))
    fly(
        Plant(np.array([capacity]), LEAD), arrivals[:, None], np.array([first]), PERIOD, Pilot(settings, told)
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--traces", type=Path, required=True)
    parser.add_argument("--sureness", type=float, default=0.7)
    given = parser.parse_args()
    flown, _ = traces.folder(given.traces, 1, 0.0)
    judged = [
        one
        for trace in flown
        for leg in trace.legs
        for one in decisions(leg.arrivals.astype(np.float64), trace.capacity, given.sureness)
    ]
    print("| confidence | ScaleUp, right of all | ScaleDown, right of all |\n| --- | --- | --- |")
    for low, high in pairwise(EDGES):
        cells = []
        for action in ("ScaleUp", "ScaleDown"):
            chosen = [right for kind, sure, right in judged if kind == action and low <= sure < high]
            cells.append(f"{np.mean(chosen):.2f} of {len(chosen)}" if chosen else "none")
        print(f"| {low:g} to {min(high, 1):g} | {cells[0]} | {cells[1]} |")


if __name__ == "__main__":
    main()
