"""From policies to the engine's arrays, and from a status back to what the engine remembered.

One row a policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cupel.api.autonomy_policy import AutonomyPolicy, AutonomyPolicySpec
from cupel.api.autonomy_signals import INDICES
from cupel.control.fleet import FIGURES, Memory, Settings, Sighting
from cupel.decide.autonomy_settings import asked

from .roster import Judged, column_of, own_of

Floats = NDArray[np.float64]
LONGEST_GAP = 86_400.0
"""Seconds after which a belief says nothing that a longer sleep would change."""


def settings_of(policies: Sequence[AutonomyPolicy]) -> Settings:
    """What each policy asks for, in the engine's units."""
    own = max((len(own_of(policy.spec)) for policy in policies), default=0)
    wanted = [_asked(policy.spec, own) for policy in policies]
    columns: dict[str, Any] = {name: [one[name] for one in wanted] for name in (wanted[0] if wanted else {})}
    return Settings.default(len(wanted), **columns)


def _asked(spec: AutonomyPolicySpec, own: int) -> dict[str, float | bool | list[float]]:
    """What the replay asks for, too, and what only a live policy has."""
    return {**asked(spec), "counts": _counts(spec), **_objectives(spec, own)}


def _objectives(spec: AutonomyPolicySpec, own: int) -> dict[str, list[float]]:
    """Bounds and weights of the engine's figures, of the indices, and of `own` figures of a policy's own."""
    places = _places(spec)
    width = len(FIGURES) + len(INDICES) + own
    bounds = {"at_least": [-inf] * width, "at_most": [inf] * width, "weights": [0.0] * width}
    for objective in spec.objectives:
        place = places[objective.signal]
        bounds["at_least"][place] = -inf if objective.at_least is None else float(objective.at_least)
        bounds["at_most"][place] = inf if objective.at_most is None else float(objective.at_most)
        bounds["weights"][place] = float(objective.weight)
    return bounds


def _places(spec: AutonomyPolicySpec) -> dict[str, int]:
    """Where each signal and index that an objective may name stands among the engine's columns."""
    known = {name: FIGURES.index(column) for name, column in column_of(spec).items()}
    after = len(FIGURES)
    indices = {name: after + place for place, name in enumerate(INDICES)}
    own = {name: after + len(INDICES) + place for place, name in enumerate(own_of(spec))}
    return known | indices | own


def _counts(spec: AutonomyPolicySpec) -> bool:
    """Whether demand is a rate of counted events, which scatters as counts do."""
    load = next(signal for signal in spec.watched if signal.name == spec.scaling.load)
    if load.pod_metrics:
        return load.pod_metrics.read == "Rate"
    if load.cloud_watch:
        return load.cloud_watch.read == "Rate"
    return load.name == "throughputPerSecond"


def memory_of(policies: Sequence[AutonomyPolicy]) -> Memory:
    """What was remembered of each when its status was written; blank where nothing was."""
    memory = Memory.blank(len(policies))
    for row, policy in enumerate(policies):
        if policy.status.believed:
            memory = memory.put(np.array([row]), Memory.unpack(policy.status.believed.saved))
    return memory


def gap(policy: AutonomyPolicy, now: float) -> float:
    """Seconds since the belief in a policy's status was current; a period where there is none, or it is of
    the future.
    """
    believed = policy.status.believed
    seconds = now - believed.at.timestamp() if believed else 0.0
    return min(seconds, LONGEST_GAP) if seconds > 0 else float(policy.spec.period_seconds)


def sighting(
    judged: Judged, seconds: Floats, ready: Floats, wanted: Floats, called: NDArray[np.bool_]
) -> Sighting:
    """What was seen, in the engine's columns. `called`: whether anybody called since the last look."""
    roster, clean = judged.roster, judged.clean
    named = {name: roster.figures(name, clean) for name in roster.columns}
    return Sighting(
        seconds=seconds,
        ready=ready,
        wanted=wanted,
        called=called.astype(float),
        own=roster.own_figures(clean),
        **named,
    )
