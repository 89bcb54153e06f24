"""`python -m tests.bench.replay_made DIR --seed 2`: the synthetic traces of docs/benchmarks.md, a count a second, as `.csv.gz`.

Each is a Poisson process about a rate that is known: `FAMILIES` gives the rates, so that a bound can be told them.
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BEGIN = datetime(2026, 1, 5)  # a trace has a clock of its own
HOUR = 3600


def wandering(seconds: int, deviation: float, memory: float, rng: np.random.Generator) -> Floats:
    """An Ornstein-Uhlenbeck process of this stationary deviation, forgotten in `memory` seconds."""
    kept = np.exp(-1.0 / memory)
    pushes = rng.normal(size=seconds) * deviation * np.sqrt(1 - kept * kept)
    path = np.zeros(seconds)
    for at in range(1, seconds):
        path[at] = kept * path[at - 1] + pushes[at]
    return path


def llm(seconds: int, rng: np.random.Generator) -> Floats:
    """Few requests a second, about a rate that walks by a quarter in some minutes."""
    return 5.5 * np.exp(wandering(seconds, 0.25, 200, rng) - 0.03)


def diurnal(seconds: int, rng: np.random.Generator) -> Floats:
    """A day in four hours."""
    day = 60 * (1.2 + np.sin(2 * np.pi * np.arange(seconds) / (4 * HOUR)))
    return day * np.exp(wandering(seconds, 0.08, 300, rng))


def bursts(seconds: int, rng: np.random.Generator) -> Floats:
    """Twice to three times the rate for 10 to 120 s, every seven minutes or so."""
    rate, at = np.full(seconds, 20.0), 0
    while True:
        at += int(rng.exponential(400))
        lasts = int(rng.uniform(10, 120))
        if at >= seconds:
            return rate
        rate[at : at + lasts] += rng.uniform(10, 40)
        at += lasts


def ramps(seconds: int, rng: np.random.Generator) -> Floats:
    """From rate to rate in straight lines of 2 to 15 minutes."""
    knots = np.cumsum(rng.integers(120, 900, 200))
    rates = np.exp(rng.uniform(np.log(10), np.log(100), 200))
    return np.interp(np.arange(seconds), knots, rates)


def steps(seconds: int, rng: np.random.Generator) -> Floats:
    """Another rate at once, every quarter of an hour or so."""
    rate, at, level = np.zeros(seconds), 0, 20.0
    while at < seconds:
        lasts = int(rng.exponential(900)) + 60
        rate[at : at + lasts] = level
        at += lasts
        level = np.exp(rng.uniform(np.log(10), np.log(60)))
    return rate


def flash(seconds: int, rng: np.random.Generator) -> Floats:
    """A crowd an hour: three to six times the rate within 20 to 180 s, and gone in ten minutes after three."""
    rate = np.full(seconds, 30.0)
    for begin in range(HOUR // 2, seconds, HOUR):
        since = np.arange(seconds - begin)
        height = 30 * rng.uniform(2, 5)
        rises = np.minimum(1, since / rng.uniform(20, 180))
        rate[begin:] += height * rises * np.exp(-np.maximum(0, since - 180) / 600)
    return rate * np.exp(wandering(seconds, 0.06, 120, rng))


FAMILIES: dict[str, Callable[[int, np.random.Generator], Floats]] = {
    made.__name__: made for made in (llm, diurnal, bursts, ramps, steps, flash)
}


def drawn(family: str, seed: int, hours: int = 2) -> tuple[Floats, Floats]:
    """Rates and counts (seconds,) of one trace; every family is drawn by itself."""
    rng = np.random.default_rng(seed)
    rate = FAMILIES[family](hours * HOUR, rng)
    return rate, rng.poisson(rate).astype(np.float64)


def written(path: Path, counts: Floats) -> None:
    """These counts a second (seconds,), as a trace."""
    lines = ["time,count"]
    lines += [f"{(BEGIN + timedelta(seconds=at)).isoformat()},{int(n)}" for at, n in enumerate(counts)]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def write(folder: Path, seed: int, hours: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for family in FAMILIES:
        written(folder / f"synthetic-{family}.csv.gz", drawn(family, seed, hours)[1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--hours", type=int, default=2)
    given = parser.parse_args()
    write(given.folder, given.seed, given.hours)


if __name__ == "__main__":
    main()
