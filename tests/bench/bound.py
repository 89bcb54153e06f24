"""`python -m tests.bench.bound --traces DIR`: how few requests could be late at the HPA's cost, for who knows more than anybody can.

Two policies are told the mean demand of W seconds around a moment, and keep Pods for it and L deviations of a Poisson process, swept:
`foresight`, around the moment when Pods ordered now are ready; `rate`, around now, half of which is still to come. They act every second,
as often as they like. What they are not told is each single request. The figures are the best over L at no more than the HPA's
cost. The smaller W, the more of single requests is in the mean: the bound is that of the W at which demand is a rate, and noise about it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.bench import replay_traces as traces
from tests.bench.baselines import hpa

from cupel.control.plant import Plant, Policy, Seen, fly

Floats = npt.NDArray[np.float64]
WIDTHS = (20, 60, 200)
DEVIATIONS = np.arange(0.0, 4.01, 0.1)
START, SPARE = 10, 0.3
"""Seconds to a ready Pod; part of a Pod by which it may be too few, for Pods are whole."""


def around(arrivals: Floats, width: int) -> Floats:
    """The mean of `width` seconds around each, (steps,); fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(arrivals)])
    steps = np.arange(len(arrivals))
    low, high = np.maximum(steps - width // 2, 0), np.minimum(steps + width // 2, len(arrivals))
    return (sums[high] - sums[low]) / (high - low)


def told(means: Floats, capacity: float, ahead: int) -> Policy:
    """Pods for what it is told of `ahead` seconds from now, a column for each of DEVIATIONS."""
    clock = [0]

    def policy(_: Seen) -> Floats:
        clock[0] += 1
        mean = means[min(clock[0] + ahead, len(means) - 1)]
        return np.maximum(1.0, np.ceil((mean + DEVIATIONS * np.sqrt(mean)) / capacity - SPARE))

    return policy


def best(trace: traces.Flown, width: int, ahead: int, cost: float) -> float:
    """The least percent late at no more than this cost; NaN where all are dearer."""
    arrivals = np.concatenate([leg.arrivals[leg.warm :] for leg in trace.legs]).astype(np.float64)
    capacity = np.full(len(DEVIATIONS), trace.capacity)
    means = around(arrivals, width)
    first = np.maximum(1.0, np.ceil(means[0] / (0.7 * capacity)))
    rows = np.repeat(arrivals[:, None], len(DEVIATIONS), axis=1)
    score = fly(Plant(capacity, START), rows, first, 1, told(means, trace.capacity, ahead))
    return float(min(score.violation_percent[score.cost_ratio <= cost], default=np.nan))


def standard(trace: traces.Flown) -> tuple[float, float]:
    """What is late, and the cost, of the HPA at 70 %."""
    arrivals = np.concatenate([leg.arrivals[leg.warm :] for leg in trace.legs]).astype(np.float64)
    capacity = np.array([trace.capacity])
    policy = hpa.Requests(capacity, np.array([0.7]), np.array([1e6]))
    first = np.maximum(1.0, np.ceil(arrivals[:60].mean() / (0.7 * capacity)))
    score = fly(Plant(capacity, START), arrivals[:, None], first, hpa.Requests.period, policy)
    return float(score.violation_percent[0]), float(score.cost_ratio[0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--traces", type=Path, required=True)
    given = parser.parse_args()
    flown, _ = traces.folder(given.traces, 1, 0.0)
    widths = ", ".join(map(str, WIDTHS))
    print(
        f"| trace | HPA, 70 % | foresight, W = {widths} s | rate, W = {widths} s |\n| --- | --- | --- | --- |"
    )
    for trace in flown:
        late, cost = standard(trace)
        cells = [
            ", ".join(f"{best(trace, width, ahead, cost):.2f}" for width in WIDTHS) for ahead in (START, 0)
        ]
        print(f"| {trace.name} | {late:.2f} at {cost:.2f} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
