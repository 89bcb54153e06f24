"""`python -m tests.bench.replay_zoo DIR --seed 2`: traces of kinds that nothing here was made for, as `.csv.gz`.

Each is a count a second about a rate that is known, or batches of calls at once. Kinds with a figure in their
name are drawn at several: `square-300` changes every 150 s, `onoff-60` stays on, and off, for about a minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tests.bench.replay_made import HOUR, wandering, written

Floats = npt.NDArray[np.float64]
Dice = np.random.Generator
Draw = Callable[[Dice], Floats]
"""The counts (seconds,) of one trace."""


def poisson(rate: Floats, rng: Dice) -> Floats:
    return rng.poisson(np.maximum(rate, 0.0)).astype(np.float64)


def flat(rate: float, rng: Dice) -> Floats:
    """One rate all the time."""
    return poisson(np.full(2 * HOUR, rate), rng)


def scattered(rate: float, rng: Dice) -> Floats:
    """A negative binomial of six times Poisson's variance, every second by itself."""
    return poisson(rng.gamma(rate / 5.0, 5.0, 2 * HOUR), rng)


def gusty(rate: float, rng: Dice) -> Floats:
    """A rate that doubles or halves in some seconds, and forgets it in half a minute."""
    return poisson(rate * np.exp(wandering(2 * HOUR, 0.5, 30, rng) - 0.125), rng)


def square(period: float, rng: Dice) -> Floats:
    """10 a second and 40, in turn."""
    high = (np.arange(2 * HOUR) + rng.uniform(0, period)) % period < period / 2
    return poisson(np.where(high, 40.0, 10.0), rng)


def saw(period: float, rng: Dice) -> Floats:
    """From 5 to 60 a second in a straight line, and down at once."""
    return poisson(5 + 55 * ((np.arange(2 * HOUR) + rng.uniform(0, period)) % period) / period, rng)


def dwelling(rates: Floats, dwell: float, seconds: int, rng: Dice) -> Floats:
    """These rates in turn, each for an exponential time (a Markov-modulated Poisson process of two)."""
    lasts = np.ceil(rng.exponential(dwell, int(4 * seconds / dwell) + 8)).astype(int)
    return np.repeat(np.resize(rates, len(lasts)), lasts)[:seconds]


def modulated(dwell: float, rng: Dice) -> Floats:
    """6 a second and 60."""
    return poisson(dwelling(np.array([6.0, 60.0]), dwell, 2 * HOUR, rng), rng)


def onoff(dwell: float, rng: Dice) -> Floats:
    """Nothing, and 50 a second."""
    return poisson(dwelling(np.array([0.0, 50.0]), dwell, 2 * HOUR, rng), rng)


def cron(every: float, rng: Dice) -> Floats:
    """Little, and the same batch of calls within two seconds, by the clock."""
    counts = poisson(np.full(3 * HOUR, 0.2), rng)
    for at in np.arange(rng.uniform(0, every), 3 * HOUR - 2, every).astype(int):
        counts[at : at + 2] += rng.poisson(2 * every / 2)
    return counts


def jobs(every: float, rng: Dice) -> Floats:
    """Nothing, and now and then a job of one to three minutes at 5 to 30 a second."""
    rate, at = np.zeros(4 * HOUR), int(rng.uniform(60, every))
    while at < len(rate):
        lasts = int(rng.uniform(60, 180))
        rate[at : at + lasts] = rng.uniform(5, 30)
        at += lasts + int(rng.exponential(every))
    return poisson(rate, rng)


def sessions(mean: float, rng: Dice) -> Floats:
    """People who come by chance and each make a heavy-tailed number of calls (Pareto, 1.5), some seconds apart."""
    counts = np.zeros(2 * HOUR)
    begins = rng.uniform(-600, 2 * HOUR, rng.poisson(mean / 3.0 * (2 * HOUR + 600)))
    for begin, calls in zip(begins, np.ceil(rng.pareto(1.5, len(begins)) + 1e-9), strict=True):
        at = (begin + np.cumsum(rng.exponential(4.0, int(min(calls, 2000))))).astype(int)
        np.add.at(counts, at[(at >= 0) & (at < len(counts))], 1.0)
    return counts


def outbursts(rate: float, rng: Dice) -> Floats:
    """Bursts whose height and length are heavy-tailed (Pareto, 1.3), every five minutes or so."""
    rates, at = np.full(2 * HOUR, float(rate)), 0
    while (at := at + int(rng.exponential(300)) + 1) < len(rates):
        lasts = int(min(5 * (1 + rng.pareto(1.3)), 900))
        rates[at : at + lasts] += rate * min(rng.pareto(1.3), 20.0)
    return poisson(rates, rng)


def day(rate: float, rng: Dice) -> Floats:
    """A day and its night in 24 hours, with a walk about it."""
    at = np.arange(24 * HOUR)
    return poisson(
        rate * (1.1 - np.cos(2 * np.pi * at / at.size)) * np.exp(wandering(at.size, 0.1, 900, rng)), rng
    )


def crowd(at: float, rng: Dice) -> Floats:
    """One crowd of eight times the rate, after this share of two hours; it stays ten minutes."""
    since = np.arange(2 * HOUR) - at * 2 * HOUR
    rises = np.clip(since / rng.uniform(5, 60), 0, 1) * np.where(
        since < 600, 1.0, np.exp(-(since - 600) / 120)
    )
    return poisson(15 * (1 + 7 * np.where(since > 0, rises, 0.0)), rng)


def outage(lasts: float, rng: Dice) -> Floats:
    """Nothing arrives for so long, after which half as much again does for five minutes."""
    rate = 40 * np.exp(wandering(3 * HOUR, 0.1, 300, rng))
    begin, end = HOUR, HOUR + int(lasts)
    rate[begin:end] = 0.0
    rate[end : end + 300] *= 1.5
    return poisson(rate, rng)


def functions(many: int, rng: Dice) -> Floats:
    """Functions, most of them called rarely: some by a clock of 1 to 60 minutes, some by chance."""
    counts = np.zeros(4 * HOUR)
    for size in rng.pareto(1.2, many):
        if rng.random() < 0.5:
            every = rng.choice([60, 300, 600, 900, 3600])
            counts[int(rng.uniform(0, every)) :: every] += np.ceil(5 * size)
        else:
            counts += rng.poisson(min(0.02 * size, 20.0), len(counts))
    return counts


def gamma_gaps(mean: float, rng: Dice) -> Floats:
    """Calls whose gaps scatter four times as much as Poisson's (a gamma of shape 1/4), at a rate that walks: as of language models."""
    gaps = rng.gamma(0.25, 4.0, int(3 * mean * 2 * HOUR))
    busy = np.cumsum(mean * np.exp(wandering(2 * HOUR, 0.4, 900, rng) - 0.08))
    at = np.searchsorted(busy, np.cumsum(gaps))
    return np.bincount(at[at < 2 * HOUR], minlength=2 * HOUR).astype(np.float64)


def smooth(rate: float, rng: Dice) -> Floats:
    """Many readers: a large rate that hardly scatters and drifts by some percent, with one event that doubles it in ten minutes."""
    at = np.arange(4 * HOUR)
    event = np.clip((at - 2 * HOUR) / 600, 0, 1) * np.exp(-np.maximum(at - 2 * HOUR - 600, 0) / 2400)
    return poisson(
        rate
        * (1 + event + 0.2 * np.sin(2 * np.pi * at / (6 * HOUR)))
        * np.exp(wandering(at.size, 0.03, 60, rng)),
        rng,
    )


def spiky(every: float, rng: Dice) -> Floats:
    """Microservices: a noisy rate, and by the clock three times as much for half a minute."""
    rate = 300 * np.exp(wandering(2 * HOUR, 0.1, 20, rng))
    rate[np.arange(2 * HOUR) % every < 30] *= 3
    return poisson(rate, rng)


def walk(rate: float, rng: Dice) -> Floats:
    """A rate that wanders by half within some minutes."""
    return poisson(rate * np.exp(wandering(2 * HOUR, 0.4, 300, rng) - 0.08), rng)


def cliff(period: float, rng: Dice) -> Floats:
    """Up tenfold within half of it, there for a quarter, and nothing but a tenth after."""
    at = ((np.arange(2 * HOUR) + rng.uniform(0, period)) % period) / period
    return poisson(np.where(at < 0.5, 6 * 10 ** (2 * at), np.where(at < 0.75, 60.0, 6.0)), rng)


def short(rate: float, rng: Dice) -> Floats:
    """Five minutes, of which the last two are twice as busy."""
    return poisson(np.where(np.arange(300) < 180, rate, 2 * rate), rng)


_KINDS: tuple[tuple[Callable[..., Floats], tuple[float, ...]], ...] = (
    (flat, (0.05, 0.5, 5, 50, 500, 5000)),
    (scattered, (5, 50, 500)),
    (gusty, (5, 50, 500)),
    (square, (30, 60, 120, 300, 600, 1200)),
    (saw, (60, 120, 600, 1800)),
    (modulated, (5, 20, 60, 300)),
    (onoff, (20, 60, 300, 1200)),
    (cron, (60, 300, 3600)),
    (jobs, (300, 1200)),
    (sessions, (2, 20)),
    (outbursts, (5, 50)),
    (day, (20,)),
    (crowd, (0.02, 0.5, 0.97)),
    (outage, (300, 3600)),
    (functions, (30, 300)),
    (gamma_gaps, (2, 20)),
    (smooth, (200, 2000)),
    (spiky, (300, 1800)),
    (walk, (0.5, 50, 2000)),
    (cliff, (240, 1200)),
    (short, (3, 100)),
)
ZOO: dict[str, Draw] = {
    f"{kind.__name__}-{figure:g}": partial(kind, figure) for kind, figures in _KINDS for figure in figures
}


def drawn(name: str, seed: int) -> Floats:
    """Counts (seconds,) of one trace; every kind is drawn by itself."""
    return ZOO[name](np.random.default_rng([seed, list(ZOO).index(name)]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for name in ZOO:
        written(given.folder / f"zoo-{name}.csv.gz", drawn(name, given.seed))


if __name__ == "__main__":
    main()
