"""One tick of the autopilot's estimator for many policies, beside filterpy in a loop and simdkalman in a batch.

    PYTHONPATH=operator:. python -m tests.bench.control [--policies 10000] [--rounds 15] [--json OUT]

The three filter the same samples with the same matrices, each row its own Q and R, taken in turn; their beliefs must
agree to 1e-9 at the end or nothing is reported. filterpy and simdkalman hold the noise still; ours is given with the
noise held and with everything it does (gate, both noises, windows). Ours has the NIS in it, theirs not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from filterpy.kalman import KalmanFilter
from numpy.random import Generator, default_rng
from simdkalman import primitives

from cupel.control import kalman
from cupel.control.belief import Belief
from cupel.control.capacity import Busy, Capacity, observe
from cupel.control.indices import Resilience, performance, psi_index, resilience
from cupel.control.kalman import motion
from cupel.control.retune import Evidence, Trial, note, retune
from cupel.control.rows import Floats, Table, columns
from cupel.control.tuning import Bounds, Tuning

SEED, PERIOD, CLOSE = 20261126, 5.0, 1e-9
OBSERVED = np.array([[1.0, 0.0]])
Way = Callable[[Floats], None]


def start(n: int, rng: Generator) -> tuple[Belief, Tuning]:
    """Gauges of random noise, so that Q and R of a row stay what they are while the noise is held."""
    R, ratio = rng.uniform(1, 100, n), rng.uniform(0.1, 10, n)
    tuning = replace(Tuning.default(n, PERIOD), counts=np.zeros(n, dtype=np.bool_))
    known = {
        "level": rng.uniform(100, 1000, n),
        "trend": np.zeros(n),
        "steps": np.ones(n),
        "signal_to_noise": ratio,
    }
    spread = {"p00": R, "p11": 0.01 * R, "shape": np.full(n, 10.0), "scale": 10 * R}
    return replace(Belief.blank(n), **known, **spread), tuning


class Ours:
    """The batch; `eta` 0 holds the noise."""

    def __init__(self, belief: Belief, tuning: Tuning, eta: float) -> None:
        n = len(belief)
        self.belief, self.tuning, self.dt = belief, replace(tuning, eta=np.full(n, eta)), np.full(n, PERIOD)
        self.doubted = 0

    def __call__(self, z: Floats) -> None:
        self.belief, seen = kalman.step(self.belief, z, self.dt, self.tuning)
        self.doubted += int(seen.doubted.sum())


def matrices(belief: Belief, tuning: Tuning) -> tuple[Floats, Floats, Floats, Floats]:
    """F, Q, R and P of every row."""
    m = motion(belief, np.full(len(belief), PERIOD), tuning)
    F = np.stack([np.ones_like(m.f), m.f, np.zeros_like(m.f), m.e], axis=1).reshape(-1, 2, 2)
    Q = np.stack([m.q00, m.q01, m.q01, m.q11], axis=1).reshape(-1, 2, 2)
    P = np.stack([belief.p00, belief.p01, belief.p01, belief.p11], axis=1).reshape(-1, 2, 2)
    return F, Q, (belief.scale / belief.shape).reshape(-1, 1, 1), P


class Simdkalman:
    def __init__(self, belief: Belief, tuning: Tuning) -> None:
        self.F, self.Q, self.R, self.P = matrices(belief, tuning)
        self.x = np.stack([belief.level, belief.trend], axis=1)[..., np.newaxis]
        self.H = OBSERVED[np.newaxis]

    def __call__(self, z: Floats) -> None:
        x, P = primitives.predict(self.x, self.P, self.F, self.Q)
        self.x, self.P = primitives.update(x, P, self.H, self.R, z.reshape(-1, 1, 1))


class Filterpy:
    def __init__(self, belief: Belief, tuning: Tuning) -> None:
        F, Q, R, P = matrices(belief, tuning)
        self.filters = [self.filter(belief, F[i], Q[i], R[i], P[i], i) for i in range(len(belief))]

    @staticmethod
    def filter(belief: Belief, F: Floats, Q: Floats, R: Floats, P: Floats, i: int) -> KalmanFilter:
        made = KalmanFilter(dim_x=2, dim_z=1)
        made.x = np.array([[belief.level[i]], [belief.trend[i]]])
        made.F, made.Q, made.R, made.P, made.H = F, Q, R, P.copy(), OBSERVED
        return made

    def __call__(self, z: Floats) -> None:
        for row, figure in zip(self.filters, z, strict=True):
            row.predict()
            row.update(figure)


def samples(belief: Belief, ticks: int, rng: Generator) -> Iterator[Floats]:
    """A load that hardly moves: nothing for the gate, of which the others know nothing."""
    deviation = np.sqrt(belief.scale / belief.shape)
    for _ in range(ticks):
        yield belief.level + deviation * rng.uniform(-0.5, 0.5, len(belief))


def milliseconds(way: Way, z: Floats) -> tuple[float, float]:
    """By the clock, and of the processor, which other work on the machine does not lengthen much."""
    began, worked = time.perf_counter(), time.process_time()
    way(z)
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


def furthest(ours: Ours, filterpy: Filterpy, simdkalman: Simdkalman) -> float:
    """Largest difference of any belief, in its deviation plus its size."""
    x = np.stack([ours.belief.level, ours.belief.trend], axis=1)
    P = np.stack([ours.belief.p00, ours.belief.p11], axis=1)
    size = np.abs(x) + np.sqrt(P)
    loop_x = np.array([row.x[:, 0] for row in filterpy.filters])
    loop_P = np.array([np.diag(row.P) for row in filterpy.filters])
    batch_x, batch_P = simdkalman.x[..., 0], simdkalman.P[:, [0, 1], [0, 1]]
    return float(
        max(
            np.max(np.abs(loop_x - x) / size),
            np.max(np.abs(batch_x - x) / size),
            np.max(np.abs(loop_P - P) / P),
            np.max(np.abs(batch_P - P) / P),
        )
    )


def bytes_a_row(*tables: Table) -> float:
    held = [column for table in tables for column in columns(table).values()]
    return sum(column.nbytes for column in held) / len(held[0])


def peak_bytes_a_row(way: Way, z: Floats) -> float:
    tracemalloc.start()
    way(z)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / len(z)


class Estimator:
    """All of a tick that is not choosing: filter, capacity, retuning and the indices."""

    def __init__(self, belief: Belief, tuning: Tuning) -> None:
        n = len(belief)
        self.belief, self.tuning, self.dt, self.bounds = belief, tuning, np.full(n, PERIOD), Bounds.default(n)
        self.capacity, self.trial, self.resilience = Capacity.blank(n), Trial.blank(n), Resilience.blank(n)
        self.pods, self.omega = np.full(n, 5.0), np.full(n, 0.9)

    def __call__(self, z: Floats) -> None:
        self.belief, seen = kalman.step(self.belief, z, self.dt, self.tuning)
        busy = Busy(z, self.pods, 1000.0 * self.pods / z, self.pods, 10 * self.pods)
        self.capacity = observe(self.capacity, busy, self.dt)
        evidence = Evidence(z, 1 - self.omega, self.tuning.tau)
        self.trial = note(self.trial, seen, evidence)
        self.trial, self.tuning, _ = retune(self.trial, self.tuning, self.bounds, evidence)
        now = performance(self.omega, self.trial.error_ratio)
        self.resilience = resilience(self.resilience, now, seen.shifted, self.dt)
        psi_index(self.belief)

    def tables(self) -> tuple[Table, ...]:
        return self.belief, self.tuning, self.bounds, self.capacity, self.trial, self.resilience


def measured(n: int, rounds: int) -> dict[str, object]:
    rng = default_rng(SEED)
    belief, tuning = start(n, rng)
    held, full, whole = Ours(belief, tuning, 0.0), Ours(belief, tuning, 0.1), Estimator(belief, tuning)
    loop, batch = Filterpy(belief, tuning), Simdkalman(belief, tuning)
    ways: dict[str, Way] = {
        "ours, noise held": held,
        "ours, adaptive": full,
        "ours, whole estimator": whole,
        "simdkalman": batch,
        "filterpy in a loop": loop,
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for z in samples(belief, rounds + 2, rng):
        for name, way in ways.items():
            times[name].append(milliseconds(way, z))
    apart = furthest(held, loop, batch)
    if apart > CLOSE or held.doubted:
        raise SystemExit(
            f"the filters differ by {apart:.1e}, and {held.doubted} samples were gated: no figures"
        )
    rows = {name: series[2:] for name, series in times.items()}
    return {
        "policies": n,
        "apart": apart,
        "milliseconds": rows,
        "state bytes a policy": bytes_a_row(*whole.tables()),
        "peak bytes a policy in a tick": bytes_a_row(*whole.tables()) + peak_bytes_a_row(whole, z),
    }


def shown(result: dict[str, object]) -> None:
    rows: dict[str, list[tuple[float, float]]] = result["milliseconds"]  # type: ignore[assignment]
    slowest = [cpu for _, cpu in rows["filterpy in a loop"]]
    print("| way | p50 ms | least ms | processor p50 ms | least | filterpy takes so many times that, p50 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, series in rows.items():
        clock, cpu = ([pair[i] for pair in series] for i in (0, 1))
        ratio = statistics.median(theirs / own for own, theirs in zip(cpu, slowest, strict=True))
        middle, worked = statistics.median(clock), statistics.median(cpu)
        print(f"| {name} | {middle:.1f} | {min(clock):.1f} | {worked:.2f} | {min(cpu):.2f} | {ratio:.0f} |")
    print(
        f"\nlargest difference {result['apart']:.1e}; state {result['state bytes a policy']:.0f} bytes a policy,"
    )
    print(f"with all that a tick allocates {result['peak bytes a policy in a tick']:.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--policies", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    print(
        f"numpy {np.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}"
    )
    result = measured(given.policies, given.rounds)
    shown(result)
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    if given.json:
        given.json.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
