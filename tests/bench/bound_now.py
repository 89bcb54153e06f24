"""`python -m tests.bench.bound_now --seed 2`: how few requests could be late at the HPA's cost, for who knows the true rate of now.

`bound` tells its policies of a mean half of which is still to come. This one is told, of the synthetic traces, the rate they were drawn
from, at the moment it changes and not before; what waits it works off within 3 or 10 s of Pods. It acts every second, keeps what it had in
the last 0, 150 or 600 s, and chooses afterwards the best head-room, in deviations of a Poisson process and as a use. What it is late for is
what arrives while Pods start: no policy without foresight avoids that, but by having the Pods before.
"""

from __future__ import annotations

import argparse
from itertools import product

import numpy as np
import numpy.typing as npt
from tests.bench import replay_made as made
from tests.bench.baselines import hpa
from tests.bench.replay_traces import round_figure

from cupel.control.plant import Plant, Policy, Score, Seen, fly

Floats = npt.NDArray[np.float64]
DEVIATIONS, USES = np.arange(0.0, 3.01, 0.25), (1.0, 0.9, 0.8, 0.7, 0.6)
KEPT, WORKED_OFF = (0, 150, 600), (3.0, 10.0)
START, SPARE, PODS = 10, 0.3, 6.0
"""Seconds to a ready Pod; part of a Pod by which it may be too few; Pods that the mean load takes."""
HEADROOM = np.array(list(product(DEVIATIONS, USES)))


def told(rate: Floats, capacity: float, kept: int, worked_off: float) -> Policy:
    """Pods for the rate of now and what waits, a column for each of HEADROOM."""
    clock = [0]
    deviations, uses = HEADROOM.T
    before = np.zeros((max(kept, 1), len(HEADROOM)))

    def policy(seen: Seen) -> Floats:
        clock[0] += 1
        now = rate[min(clock[0], len(rate) - 1)]
        load = np.maximum(now + deviations * np.sqrt(now), now / uses) + seen.waiting / worked_off
        before[clock[0] % len(before)] = np.maximum(1.0, np.ceil(load / capacity - SPARE))
        most: Floats = before.max(axis=0)
        return most

    return policy


def flown(counts: Floats, capacity: float, rows: int, period: int, policy: Policy) -> Score:
    first = np.full(rows, max(1.0, np.ceil(counts[:60].mean() / (0.7 * capacity))))
    arrivals = np.repeat(counts[:, None], rows, axis=1)
    return fly(Plant(np.full(rows, capacity), START), arrivals, first, period, policy)


def best(rate: Floats, counts: Floats, capacity: float, cost: float) -> float:
    """The least percent late at no more than this cost, over all head-rooms, times kept and ways to work off."""
    found: list[float] = []
    for kept, worked_off in product(KEPT, WORKED_OFF):
        score = flown(counts, capacity, len(HEADROOM), 1, told(rate, capacity, kept, worked_off))
        found += score.violation_percent[score.cost_ratio <= cost].tolist()
    return min(found, default=np.nan)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--hours", type=int, default=2)
    given = parser.parse_args()
    print("| trace | HPA, 70 % | told the rate of now | share of the HPA's |\n| --- | --- | --- | --- |")
    for family in ("llm", "bursts", "steps", "flash"):
        rate, counts = made.drawn(family, given.seed, given.hours)
        capacity = round_figure(counts.mean() / PODS)
        policy = hpa.Requests(np.array([capacity]), np.array([0.7]), np.array([1e6]))
        standard = flown(counts, capacity, 1, hpa.Requests.period, policy)
        late, cost = float(standard.violation_percent[0]), float(standard.cost_ratio[0])
        least = best(rate, counts, capacity, cost)
        print(
            f"| {family} | {late:.2f} at {cost:.2f} | {least:.2f} | {100 * least / late:.0f} % |", flush=True
        )


if __name__ == "__main__":
    main()
