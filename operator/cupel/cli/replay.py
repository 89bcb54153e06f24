"""`replay`: an AutonomyPolicy flown over a recorded demand, without a cluster.

The engine is the autopilot's own.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.common import JsonObject
from cupel.control import trace
from cupel.control.fleet import ACTIONS, REASONS, Outcome, Settings
from cupel.control.pilot import Pilot
from cupel.control.plant import Plant, Score, Seen, fly
from cupel.decide.autonomy_settings import asked

from .manifests import Unreadable, documents
from .output import Exit, Failure, Format, console, note, print_json
from .problems import problems
from .replay_picture import MADE_BY, Moment, picture

FORMAT = "cupel.dev/replay/v1"
MOST_BYTES = 2**30
FIRST_SECONDS = 60


@dataclass(frozen=True)
class Asked:
    """What the command line says."""

    policy: str
    trace: str
    picture: str
    capacity: float
    objective: float
    hours: float
    skip_hours: float
    seed: int


@dataclass(frozen=True)
class Flight:
    """What came of it."""

    trace: trace.Trace
    score: Score
    moments: tuple[Moment, ...]
    decisions: Counter[tuple[str, str]]
    seconds: int
    capacity: float


def replay(given: Asked, output: Format) -> Exit:
    """Fly it, print the table, write the picture."""
    policy = policy_of(given.policy)
    flown = flight(policy, demand(given), given)
    if output is Format.JSON:
        print_json(document(flown))
    else:
        _show(flown)
    if given.picture:
        draw(flown, given.picture)
    return Exit.OK


def draw(flown: Flight, file: str) -> None:
    """Write the picture. After the figures, which a folder that is not there shall not take away."""
    path = Path(file)
    try:
        before = path.read_text("utf-8", errors="replace") if path.is_file() else ""
        if before and MADE_BY not in before:
            text = "is there, and no picture of a replay: name another file, or delete it"
            raise Failure(f"--picture {file}: {text}", Exit.UNUSABLE)
        path.write_text(picture(flown.moments, flown.trace.name), encoding="utf-8")
    except OSError as problem:
        raise Failure(f"--picture {file}: {problem.strerror or problem}", Exit.UNUSABLE) from problem
    note(f"the picture is in {file}" + (", in place of the one before" if before else ""))


def policy_of(file: str) -> AutonomyPolicy:
    """The one AutonomyPolicy of a file."""
    try:
        found = [each for each in documents(_bytes(file)) if each.get("kind") == "AutonomyPolicy"]
        if len(found) != 1:
            raise Failure(f"{file}: holds {len(found)} AutonomyPolicies; give one", Exit.UNUSABLE)
        given = found[0].get("metadata") or {}
        supposed = {"name": "policy", "namespace": "default", "uid": "-"}
        metadata = supposed | given if isinstance(given, dict) else given
        return AutonomyPolicy.model_validate({**found[0], "metadata": metadata})
    except Unreadable as problem:
        raise Failure(f"{file}: {problem}", Exit.UNUSABLE) from problem
    except ValidationError as problem:
        raise Failure(f"{file}: {problems(problem, AutonomyPolicy)}", Exit.UNUSABLE) from problem


def demand(given: Asked) -> trace.Trace:
    """The part of the trace that is flown, second by second."""
    raw = _bytes(given.trace)
    try:
        plain = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        whole = trace.read(
            Path(given.trace).name, io.StringIO(plain.decode("utf-8", errors="replace"), newline=None)
        )
    except trace.TraceProblem as problem:  # it names the trace itself
        raise Failure(str(problem), Exit.UNUSABLE) from problem
    except (OSError, EOFError, zlib.error) as problem:
        raise Failure(f"{given.trace}: {problem}", Exit.UNUSABLE) from problem
    first = round(given.skip_hours * 3600 / whole.step)
    part = whole.counts[first : first + max(1, round(given.hours * 3600 / whole.step))]
    if not part.sum() > 0:
        raise Failure(f"{given.trace}: no request in these hours; see --skip-hours", Exit.UNUSABLE)
    if len(part) < len(whole.counts):
        there = len(whole.counts) * whole.step / 3600
        note(f"flies {given.hours:g} of {there:.1f} h; see --hours, --skip-hours")
    start = whole.start + first * whole.step
    cut = trace.Trace(whole.name, start, part, whole.step, whole.skipped, whole.kind)
    return trace.spread(cut, np.random.default_rng(given.seed))


def flight(policy: AutonomyPolicy, load: trace.Trace, given: Asked) -> Flight:
    """The policy over that demand."""
    settings = Settings.default(1, **asked(policy.spec))
    capacity = given.capacity or float(settings.capacity[0])
    if not capacity > 0:
        wanted = "spec.scaling.capacityPerReplica, or --capacity"
        raise Failure(f"{given.policy}: say what one Pod carries, in {wanted}", Exit.UNUSABLE)
    settings = Settings.default(1, **asked(policy.spec) | {"capacity": capacity})
    period = policy.spec.period_seconds
    moments: list[Moment] = []
    decisions: Counter[tuple[str, str]] = Counter()

    def told(seen: Seen, outcome: Outcome) -> None:
        decisions[ACTIONS[int(outcome.action[0])], REASONS[int(outcome.reason[0])]] += 1
        moments.append(_moment((len(moments) + 1) * period, seen, outcome, capacity))

    usual = np.ceil(load.counts[:FIRST_SECONDS].mean() / capacity)
    first = np.clip(usual, settings.least, settings.most)
    plant = Plant(np.array([capacity]), policy.spec.scaling.start_seconds, given.objective)
    score = fly(plant, load.counts[:, None], np.maximum(first, 1.0), period, Pilot(settings, told))
    return Flight(load, score, tuple(moments), decisions, len(load.counts), capacity)


def _moment(at: int, seen: Seen, outcome: Outcome, capacity: float) -> Moment:
    waits = float(seen.waiting[0]) / max(float(seen.ready[0]) * capacity, 1e-9)
    return Moment(
        at,
        float(seen.arrived[0]),
        float(seen.ready[0]) * capacity,
        float(outcome.expected[0]),
        float(outcome.high[0]),
        min(waits, 1e6),
    )


def document(flown: Flight) -> JsonObject:
    """What `-o json` prints."""
    score, hours = flown.score, flown.seconds / 3600
    return {
        "format": FORMAT,
        "trace": flown.trace.name,
        "hours": round(hours, 3),
        "requests": float(score.total[0]),
        "missed": round(float(score.missed[0]), 2),
        "violationPercent": round(float(score.violation_percent[0]), 5),
        "costRatio": round(float(score.cost_ratio[0]), 4),
        "podHours": round(float(score.pod_seconds[0]) / 3600, 2),
        "actionsPerHour": round(float(score.actions[0]) / hours, 2),
        "reversals": float(score.reversals[0]),
        "capacityPerSecond": flown.capacity,
        "decisions": [
            {"action": action, "reason": reason, "count": count}
            for (action, reason), count in sorted(flown.decisions.items())
        ],
    }


def _show(flown: Flight) -> None:
    said = document(flown)
    out = console()
    skipped = flown.trace.skipped
    out.print(
        f"{said['trace']}: {said['requests']:.0f} requests in {said['hours']:.1f} h, {skipped} rows skipped"
    )
    out.print(f"  late          {said['violationPercent']} % ({said['missed']} requests)")
    out.print(f"  cost          {said['podHours']} Pod hours, {said['costRatio']} times the least there is")
    taken_back = f"{said['reversals']:.0f} taken back within ten minutes"
    out.print(f"  actions       {said['actionsPerHour']} an hour, {taken_back}")
    out.print("  decisions")
    for (action, reason), count in flown.decisions.most_common():
        out.print(f"    {count:7d}  {action} {reason}")


def _bytes(file: str) -> bytes:
    path = Path(file)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Failure(f"{file}: is larger than {MOST_BYTES // 2**20} MiB", Exit.UNUSABLE)
        return path.read_bytes()
    except OSError as problem:
        raise Failure(f"{file}: {problem.strerror or problem}", Exit.UNUSABLE) from problem
