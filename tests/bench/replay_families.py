"""Who flies: each family with the parameters it is swept over. All traces and parameters of a family are rows of one flight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tests.bench.baselines import hpa, kpa, oracle, percentile, phpa
from tests.bench.replay_traces import Flown

from cupel.control import policy
from cupel.control.fleet import Settings
from cupel.control.pilot import Pilot
from cupel.control.plant import Flight, Plant, Policy

Floats = npt.NDArray[np.float64]
TARGETS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
START_USE = 0.7
"""All families begin with the Pods that the first minute takes at this use."""
CUPEL = (
    (0.7, 0.6),
    (0.7, 0.65),
    (0.7, 0.7),
    (0.7, 0.76),
    (0.7, 0.84),
    (0.5, 0.7),
    (0.5, 0.76),
    (0.5, 0.84),
    (0.85, 0.7),
)
"""Sureness and use, which between them are the policy's price."""
SURE, USE = 0.7, policy.USE
PERIOD = 2
"""The kind's defaults, for every trace."""


@dataclass(frozen=True)
class Rows:
    """What a policy is made for; arrays (N,)."""

    capacity: Floats
    most: Floats
    parameter: npt.NDArray[np.intp]
    start: int


def cupel(rows: Rows) -> Policy:
    """The autopilot's own tick, fed with what the plant shows."""
    sure, use = np.array(CUPEL).T
    settings = Settings.default(
        len(rows.capacity), period=float(PERIOD), lead=float(rows.start), capacity=rows.capacity, most=rows.most,
        sureness=sure[rows.parameter], use=use[rows.parameter],
    )  # fmt: skip
    return Pilot(settings)


def _at(kind: Callable[..., Policy], **given: object) -> Callable[[Rows], Policy]:
    return lambda rows: kind(rows.capacity, np.array(TARGETS)[rows.parameter], rows.most, **given)


@dataclass(frozen=True)
class Family:
    """`make` builds the policy of all rows; `names` are its parameters, `standard` the one it is known by."""

    make: Callable[[Rows], Policy]
    names: Sequence[str]
    standard: str
    period: int


_TARGET_NAMES = tuple(f"target={target:g}" for target in TARGETS)
FAMILIES = {
    "cupel": Family(cupel, tuple(f"sureness={s:g},use={u:g}" for s, u in CUPEL), f"sureness={SURE:g},use={USE:g}", PERIOD),
    "hpa": Family(_at(hpa.Requests), _TARGET_NAMES, "target=0.7", hpa.Requests.period),
    "hpa-behavior": Family(_at(hpa.Requests, behavior=True), _TARGET_NAMES, "target=0.7", hpa.Requests.period),
    "hpa-cpu": Family(_at(hpa.Cpu), _TARGET_NAMES, "target=0.7", hpa.Cpu.period),
    "kpa": Family(_at(kpa.Kpa), _TARGET_NAMES, "target=0.7", kpa.Kpa.period),
    "percentile": Family(_at(percentile.Percentile), _TARGET_NAMES, "target=0.7", percentile.Percentile.period),
    "phpa-linear": Family(_at(phpa.Phpa), _TARGET_NAMES, "target=0.7", phpa.Phpa.period),
    "oracle": Family(lambda rows: oracle.Oracle(np.zeros((1, 1))), tuple(f"use={u:g}" for u in (0.6, 0.7, 0.8, 0.9, 1.0)), "use=1", 1),
}  # fmt: skip
ORACLE_USE = (0.6, 0.7, 0.8, 0.9, 1.0)
COLUMNS = ("total", "missed", "pod_seconds", "least_seconds", "actions", "reversals", "turns")


def fly(name: str, flown: list[Flown], start: int, objective: float) -> list[dict[str, object]]:
    """The rows of one family."""
    family = FAMILIES[name]
    swept = len(family.names)
    legs = [(index, leg) for index, trace in enumerate(flown) for leg in trace.legs]
    of_leg = np.repeat(np.arange(len(legs)), swept)
    capacity = np.array([flown[index].capacity for index, _ in legs])[of_leg]
    lengths = np.array([len(leg.arrivals) for _, leg in legs])
    arrivals = np.zeros((lengths.max(), len(legs)), np.float32)
    for column, (_, leg) in enumerate(legs):
        arrivals[: lengths[column], column] = leg.arrivals
    parameter = np.tile(np.arange(swept), len(legs))
    peak = arrivals.max(axis=0)[of_leg]
    rows = Rows(capacity, np.ceil(4 * peak / capacity) + 10, parameter, start)
    first = np.maximum(1.0, np.ceil(arrivals[:60].mean(axis=0)[of_leg] / (START_USE * capacity)))
    plan = _plan(name, arrivals, capacity, of_leg, parameter, start)
    policy = family.make(rows) if plan is None else oracle.Oracle(plan)
    warm = np.array([leg.warm for _, leg in legs])[of_leg]
    counted = _flown(
        Plant(capacity, start, objective),
        arrivals,
        of_leg,
        first,
        policy,
        family.period,
        warm,
        lengths[of_leg],
    )
    return [
        _row(name, family, flown, index, p, counted, _rows_of(legs, index, of_leg, parameter, p))
        for index in range(len(flown))
        for p in range(swept)
    ]


def _plan(
    name: str,
    arrivals: Floats,
    capacity: Floats,
    of_leg: npt.NDArray[np.intp],
    parameter: npt.NDArray[np.intp],
    start: int,
) -> Floats | None:
    if name != "oracle":
        return None
    needed = oracle.plan(arrivals[:, of_leg], capacity, start)
    return np.ceil(needed / np.array(ORACLE_USE)[parameter] - 1e-9)


def _rows_of(
    legs: list[tuple[int, object]],
    index: int,
    of_leg: npt.NDArray[np.intp],
    parameter: npt.NDArray[np.intp],
    p: int,
) -> npt.NDArray[np.bool_]:
    mine = np.array([trace == index for trace, _ in legs])
    return mine[of_leg] & (parameter == p)


def _flown(
    plant: Plant,
    arrivals: Floats,
    of_leg: npt.NDArray[np.intp],
    first: Floats,
    policy: Policy,
    period: int,
    warm: npt.NDArray[np.intp],
    ends: npt.NDArray[np.intp],
) -> dict[str, Floats]:
    """What each row counted between its warm-up and its own end."""
    flight = Flight(plant, first)
    begun = {name: np.zeros_like(first) for name in COLUMNS}
    counted = {name: np.zeros_like(first) for name in COLUMNS}
    marks, lasts = set(warm.tolist()) - {0}, set(ends.tolist())
    for step in range(len(arrivals)):
        if step in marks:
            now = flight.score()
            for name in COLUMNS:
                begun[name] = np.where(warm == step, getattr(now, name), begun[name])
        if step and step % period == 0:
            flight.want(policy(flight.seen()))
        flight.advance(arrivals[step].astype(np.float64)[of_leg])
        if step + 1 in lasts:
            now = flight.score()
            for name in COLUMNS:
                counted[name] = np.where(ends == step + 1, getattr(now, name) - begun[name], counted[name])
    return counted


def _row(
    name: str,
    family: Family,
    flown: list[Flown],
    index: int,
    p: int,
    counted: dict[str, Floats],
    mine: npt.NDArray[np.bool_],
) -> dict[str, object]:
    trace = flown[index]
    sums = {column: float(values[mine].sum()) for column, values in counted.items()}
    hours = trace.seconds / 3600
    return {
        "trace": trace.name,
        "family": name,
        "parameter": family.names[p],
        "default": family.names[p] == family.standard,
        "violation_percent": 100 * sums["missed"] / max(sums["total"], 1.0),
        "cost_ratio": sums["pod_seconds"] / max(sums["least_seconds"], 1.0),
        "actions_per_hour": sums["actions"] / hours,
        "reversals": sums["reversals"],
        "reversals_per_hour": sums["reversals"] / hours,
        "turns": sums["turns"],
        "missed": sums["missed"],
        "total": sums["total"],
        "pod_seconds": sums["pod_seconds"],
        "hours": hours,
        "capacity": trace.capacity,
        "rows_skipped": trace.skipped,
        "sha256": trace.sha256,
    }
