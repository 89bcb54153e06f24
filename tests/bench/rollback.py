"""The rollback replay: how soon a worse revision is seen, and how often a healthy one is rolled back.

    python -m tests.bench.rollback [--canaries 400] [--years 1000 --step 60 --rate 1] [--only detect|years] [--json OUT]

Pure simulation on one core, at the level of counts: what a look finds is drawn, and all rules get the same counts, batch by
batch in turn. Cupel's test is the shipped code. Part one: an hour of canary, looked at every 5 s. Part two: so many
tool-years of healthy revisions, a new one every week, looked at every `--step` seconds; every rollback is a false one.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.bench import rollback_rules as rules

from cupel.control import evidence, watch
from cupel.control.counts import (
    BUCKETS,
    CALLS,
    COLUMNS,
    FAILED,
    INVALID,
    LATENCY_EDGES,
    SECONDS,
    SLOW,
    SLOWEST,
    TIMED,
    Tick,
)  # fmt: skip

Array = NDArray[np.float64]
Looks = NDArray[np.int64]

LOOK = 5.0
HOUR = int(3600 / LOOK)
MINUTE = int(60 / LOOK)
SHARE = 0.01
INVALID_SHARE = 0.001
SIGMA = 0.5
"""Of the logarithm of latency, as calls through gVisor and the gateway were measured."""
WEEK = 7 * 86_400.0
BATCH = 100
A_YEAR = evidence.YEAR_SECONDS / LOOK


@dataclass(frozen=True)
class Hour:
    """An hour of some canaries, look by look: arrays (canaries, looks)."""

    calls: Array
    failed: Array
    control_failed: Array
    """Of a baseline that serves beside the canary as many calls; only Kayenta's rule looks at it."""
    before: watch.Watch
    """What Cupel knows when the canary takes over: a day of its predecessor."""


def hour(dice: np.random.Generator, rate: float, ratio: float, healthy_looks: int = 0) -> Hour:
    """A batch of canaries whose error share is `ratio` times the baseline's, at once or after some looks."""
    shape = (BATCH, HOUR + healthy_looks)
    calls = dice.poisson(rate * LOOK, shape)
    worse = np.where(np.arange(shape[1]) < healthy_looks, SHARE, SHARE * ratio)
    failed, control = dice.binomial(calls, worse), dice.binomial(calls, SHARE)
    return Hour(
        calls.astype(float), failed.astype(float), control.astype(float), known(dice, rate, BATCH, 86_400)
    )


def known(dice: np.random.Generator, rate: float, rows: int, seconds: float) -> watch.Watch:
    """What so many seconds of a healthy predecessor left."""
    base = np.zeros((COLUMNS, rows))
    calls = dice.poisson(rate * seconds, rows).astype(float)
    base[SECONDS], base[CALLS], base[TIMED] = seconds, calls, calls
    for column, part in ((FAILED, SHARE), (INVALID, INVALID_SHARE), (SLOW, 0.25), (SLOWEST, 0.04)):
        base[column] = dice.poisson(calls * part)
    marks = np.full((2, rows), 10, dtype=np.int64)
    return replace(watch.blank(rows), base=base, marks=marks, histogram=np.full((BUCKETS, rows), 100.0))


def settings(rows: int, period: float) -> evidence.Settings:
    """The defaults: one false rollback a year, 10 %."""
    return evidence.Settings(np.ones(rows), np.full(rows, period), np.full(rows, 0.1))


def cupel(given: Hour, dice: np.random.Generator, skip: int = 0) -> Looks:
    """The look at which Cupel would roll back, or -1. Validity and latency stay healthy and are watched too."""
    state, rows = given.before, given.calls.shape[0]
    alarm, everyone, accepted = np.full(rows, -1), np.ones(rows, dtype=np.bool_), settings(rows, LOOK)
    for look in range(given.calls.shape[1]):
        state = watch.counted_in(
            state, counts(given.calls[:, look], given.failed[:, look], dice, LOOK), everyone
        )
        if look >= skip:
            found = evidence.weighed(state, accepted).alarm
            alarm = np.where((alarm < 0) & found, look, alarm)
        if (alarm >= 0).all():
            break
    return alarm


def counts(calls: Array, failed: Array, dice: np.random.Generator, seconds: float) -> Array:
    """One look: what failed is given, the rest drawn."""
    count = np.zeros((COLUMNS, calls.size))
    count[SECONDS], count[CALLS], count[FAILED] = seconds, calls, failed
    count[INVALID] = dice.poisson(calls * INVALID_SHARE)
    count[TIMED] = np.maximum(calls - failed - count[INVALID], 0)
    count[SLOW] = dice.binomial(count[TIMED].astype(int), 0.25)
    count[SLOWEST] = dice.binomial(count[SLOW].astype(int), 0.16)
    return count


def detections(given: Hour, dice: np.random.Generator) -> dict[str, Looks]:
    """What each rule says of one batch."""
    minute = rules.share(rules.windows(given.failed, MINUTE), rules.windows(given.calls, MINUTE))
    control = rules.share(rules.windows(given.control_failed, MINUTE), rules.windows(given.calls, MINUTE))
    return {
        "Argo: 60 s, failureLimit 3": rules.argo(minute, 2 * SHARE, MINUTE),
        "Flagger: 60 s, threshold 5": rules.flagger(minute, 2 * SHARE, MINUTE),
        "Kayenta: each minute from 10": rules.kayenta(minute, control, MINUTE),
        "5-minute window over 2x": rules.window_rule(given.failed, given.calls, 2 * SHARE, 5 * MINUTE),
        "CUSUM, told all, 1 a year": rules.cusum(given.failed, given.calls, SHARE, 3 * SHARE, A_YEAR),
        "Cupel": cupel(given, dice),
    }


def row(name: str, looks: Looks, bad: Array, skip: int = 0) -> dict[str, Any]:
    """Delays in seconds from the onset, and bad calls served by then, of one rule."""
    seen = looks >= skip
    delays = np.where(seen, (looks - skip + 1) * LOOK, np.inf)
    last = np.where(seen, looks, bad.shape[1] - 1)
    served = np.array([bad[n, skip : end + 1].sum() for n, end in enumerate(last)])
    return {
        "rule": name,
        "detected_percent": 100.0 * float(seen.mean()),
        "median_seconds": quantile(delays, 0.5),
        "p95_seconds": quantile(delays, 0.95),
        "bad_calls_median": float(np.median(served)),
        "canaries": int(looks.size),
    }


def quantile(delays: Array, part: float) -> float | None:
    value = float(np.sort(delays)[min(int(part * delays.size), delays.size - 1)])
    return None if math.isinf(value) else value


def batches(canaries: int) -> Iterator[int]:
    yield from range(max(1, canaries // BATCH))


def errors(canaries: int, seed: int) -> list[dict[str, Any]]:
    """Error share 1 (healthy), 2, 3, 5 and 20 times, from the first call on."""
    found = []
    for rate in (5.0, 50.0):
        for ratio in (1.0, 2.0, 3.0, 5.0, 20.0):
            dice = np.random.default_rng(seed)
            looks: dict[str, list[Looks]] = {}
            bad: list[Array] = []
            for _ in batches(canaries):
                given = hour(dice, rate, ratio)
                bad.append(given.failed)
                for name, said in detections(given, dice).items():
                    looks.setdefault(name, []).append(said)
            about = {"rate": rate, "ratio": ratio, "bound_seconds": bound(rate, ratio)}
            found += [about | row(n, np.concatenate(s), np.concatenate(bad)) for n, s in looks.items()]
    return found


def bound(rate: float, ratio: float) -> float | None:
    """ln(ARL0)/KL in seconds, ARL0 a year of looks."""
    if ratio == 1.0:
        return None
    return math.log(A_YEAR) / rules.information(SHARE, SHARE * ratio) / rate


def later(canaries: int, seed: int) -> list[dict[str, Any]]:
    """A regression two and a half hours after the revision took over: nobody's canary runs any more."""
    found, skip = [], 1800
    for rate in (5.0, 50.0):
        for ratio in (2.0, 3.0, 5.0, 20.0):
            dice = np.random.default_rng(seed)
            given = [hour(dice, rate, ratio, skip) for _ in batches(canaries)]
            bad = np.concatenate([one.failed for one in given])
            calls = np.concatenate([one.calls for one in given])
            ways = {
                "Cupel": np.concatenate([cupel(one, dice, skip) for one in given]),
                "CUSUM, told all, 1 a year": rules.cusum(bad, calls, SHARE, 3 * SHARE, A_YEAR),
            }
            about = {"rate": rate, "ratio": ratio, "bound_seconds": bound(rate, ratio)}
            found += [about | row(name, looks, bad, skip) for name, looks in ways.items()]
    return found


def latency(canaries: int, seed: int) -> list[dict[str, Any]]:
    """Latency of every call 1.3 times (or as before), log-normal about a median between 20 and 300 ms."""
    found = []
    for rate in (5.0, 50.0):
        for ratio in (1.0, 1.3):
            dice = np.random.default_rng(seed)
            looks: dict[str, list[Looks]] = {}
            for _ in batches(canaries // 2):
                for name, said in slower(dice, rate, ratio).items():
                    looks.setdefault(name, []).append(said)
            for name, said in looks.items():
                joined = np.concatenate(said)
                bad = np.full((joined.size, HOUR), rate * LOOK)
                found.append({"rate": rate, "ratio": ratio} | row(name, joined, bad))
    return found


def slower(dice: np.random.Generator, rate: float, ratio: float) -> dict[str, Looks]:
    """One batch of canaries; the window rules look at the p95 of each minute."""
    rows, calls = BATCH, int(rate * LOOK)
    medians = np.exp(dice.uniform(math.log(0.02), math.log(0.3), rows))
    everyone, accepted = np.ones(rows, dtype=np.bool_), settings(rows, LOOK)
    state = watch.blank(rows)
    for _ in range(20):
        state = watch.looked(state, timed(medians[:, None] * drawn(dice, (rows, int(rate * 900)))))
    state = watch.succeeded(state, everyone)
    alarm, p95s, controls, minute = np.full(rows, -1), [], [], []
    for look in range(HOUR):
        times = medians[:, None] * ratio * drawn(dice, (rows, calls))
        minute.append(times)
        state = watch.looked(state, timed(times))
        alarm = np.where((alarm < 0) & evidence.weighed(state, accepted).alarm, look, alarm)
        if len(minute) == MINUTE:
            p95s.append(np.quantile(np.concatenate(minute, axis=1), 0.95, axis=1) / medians)
            controls.append(np.quantile(drawn(dice, (rows, calls * MINUTE)), 0.95, axis=1))
            minute = []
    figures, control, limit = (
        np.stack(p95s, axis=1),
        np.stack(controls, axis=1),
        1.2 * math.exp(1.645 * SIGMA),
    )
    return {
        "Argo: p95 of 60 s, failureLimit 3": rules.argo(figures, limit, MINUTE),
        "Flagger: p95 of 60 s, threshold 5": rules.flagger(figures, limit, MINUTE),
        "Kayenta: p95 each minute from 10": rules.kayenta(figures, control, MINUTE),
        "Cupel": alarm,
    }


def drawn(dice: np.random.Generator, shape: tuple[int, int]) -> Array:
    return dice.lognormal(0.0, SIGMA, shape)


def timed(times: Array) -> Tick:
    """A look at these latencies, (rows, calls)."""
    rows, calls = times.shape
    where = np.searchsorted(np.array(LATENCY_EDGES), times)
    flat = (where + BUCKETS * np.arange(rows)[:, None]).ravel()
    buckets = np.bincount(flat, minlength=BUCKETS * rows).reshape(rows, BUCKETS).T.astype(float)
    none = np.zeros(rows)
    return Tick(np.full(rows, LOOK), np.full(rows, float(calls)), none, none, buckets)


def years(wanted: float, step: float, rate: float, burst: float, seed: int) -> dict[str, Any]:
    """Rollbacks of healthy revisions in so many tool-years, with a new revision every week."""
    dice, rows = np.random.default_rng(seed), 1000
    looks = math.ceil(wanted * evidence.YEAR_SECONDS / step / rows)
    state, accepted = known(dice, rate, rows, 86_400), settings(rows, step)
    everyone, false, release = np.ones(rows, dtype=np.bool_), 0, 0
    began = time.process_time()
    weekly = max(1, round(WEEK / step))
    fresh_looks = 0
    for look in range(looks):
        if look % weekly == 0:
            state, fresh_looks = watch.succeeded(replace(state, fresh=state.histogram), everyone), 0
        calls = np.full(rows, rate * step)
        share = SHARE if burst <= 1 else SHARE * dice.gamma(1 / (burst - 1), burst - 1, rows)
        state = watch.counted_in(state, quick(calls, dice.poisson(calls * share), dice, step), everyone)
        alarm = evidence.weighed(state, accepted).alarm
        fresh_looks += 1
        if alarm.any():
            false += int(alarm.sum())
            release += int(alarm.sum()) if fresh_looks * step < 86_400 else 0
            state = watch.restored(state, alarm)
        if look % max(1, looks // 20) == 0:
            done = (look + 1) * step * rows / evidence.YEAR_SECONDS
            print(f"{done:.0f} tool-years, {false} false rollbacks", file=sys.stderr, flush=True)
    simulated = looks * step * rows / evidence.YEAR_SECONDS
    return {
        "tool_years": simulated, "step_seconds": step, "calls_per_second": rate, "burstiness": burst,
        "releases": rows * math.ceil(looks / weekly), "false_rollbacks": false, "of_those_on_the_first_day": release,
        "per_tool_year": false / simulated, "upper_95_percent": upper(false) / simulated,
        "processor_seconds": time.process_time() - began,
    }  # fmt: skip


def quick(calls: Array, failed: Array, dice: np.random.Generator, seconds: float) -> Array:
    """As `counts`, all Poisson."""
    count = np.empty((COLUMNS, calls.size))
    count[SECONDS], count[CALLS], count[TIMED], count[FAILED] = seconds, calls, calls, failed
    for column, part in ((INVALID, INVALID_SHARE), (SLOW, 0.25), (SLOWEST, 0.04)):
        count[column] = np.minimum(dice.poisson(calls[0] * part, calls.size), calls)
    return count


def upper(events: int, sure: float = 0.95) -> float:
    """The exact one-sided upper confidence bound of a Poisson mean (Garwood 1936), by bisection."""
    low, high = 0.0, 10.0 + 3.0 * events
    for _ in range(80):
        middle = (low + high) / 2
        term = total = math.exp(-middle)
        for n in range(1, events + 1):
            term *= middle / n
            total += term
        low, high = (middle, high) if total > 1 - sure else (low, middle)
    return high


def show(title: str, found: list[dict[str, Any]]) -> None:
    print(
        f"\n{title}\n| calls/s | times worse | rule | seen % | median s | p95 s | bad calls | bound s |\n"
        + "| --- " * 8
        + "|"
    )
    for one in found:
        cells = (
            f"{one['rate']:g}", f"{one['ratio']:g}", one["rule"], f"{one['detected_percent']:.1f}", cell(one["median_seconds"]),
            cell(one["p95_seconds"]), f"{one['bad_calls_median']:.0f}", cell(one.get("bound_seconds")),
        )  # fmt: skip
        print("| " + " | ".join(cells) + " |", flush=True)


def cell(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--canaries", type=int, default=400)
    parser.add_argument("--years", type=float, default=1000.0)
    parser.add_argument("--step", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument(
        "--burst", type=float, default=1.0, help="variance of bad calls over their mean, roughly"
    )
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--only", choices=("detect", "years"))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, Linux {platform.release()}, numpy {np.__version__}, load {os.getloadavg()[0]:.1f}"
    )
    result: dict[str, Any] = {"seed": given.seed}
    parts: dict[str, Callable[[int, int], list[dict[str, Any]]]] = {
        "errors": errors, "later": later, "latency": latency,
    }  # fmt: skip
    for name, part in parts.items() if given.only != "years" else ():
        result[name] = part(given.canaries, given.seed)
        show(name, result[name])
    if given.only != "detect":
        result["years"] = years(given.years, given.step, given.rate, given.burst, given.seed)
        print(json.dumps(result["years"], indent=1))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
