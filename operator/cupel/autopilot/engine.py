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
from cupel.control.fleet import FIGURES, Memory, Settings, Sighting
from cupel.decide.autonomy_settings import asked

from .roster import COLUMNS, Judged

Floats = NDArray[np.float64]
LONGEST_GAP = 86_400.0
"""Seconds after which a belief says nothing that a longer sleep would change."""


def settings_of(policies: Sequence[AutonomyPolicy]) -> Settings:
    """What each policy asks for, in the engine's units."""
    wanted = [_asked(policy.spec) for policy in policies]
    columns: dict[str, Any] = {name: [one[name] for one in wanted] for name in (wanted[0] if wanted else {})}
    return Settings.default(len(wanted), **columns)


def _asked(spec: AutonomyPolicySpec) -> dict[str, float | bool | list[float]]:
    """What the replay asks for, too, and what only a live policy has."""
    return {**asked(spec), "counts": _counts(spec), **_objectives(spec)}


def _objectives(spec: AutonomyPolicySpec) -> dict[str, list[float]]:
    """Bounds and weights of each of the engine's figures. Others are not among them."""
    columns = COLUMNS | {spec.scaling.load: "load"}
    bounds = {
        "at_least": [-inf] * len(FIGURES),
        "at_most": [inf] * len(FIGURES),
        "weights": [0.0] * len(FIGURES),
    }
    for objective in spec.objectives:
        if objective.signal in columns:
            place = FIGURES.index(columns[objective.signal])
            bounds["at_least"][place] = -inf if objective.at_least is None else float(objective.at_least)
            bounds["at_most"][place] = inf if objective.at_most is None else float(objective.at_most)
            bounds["weights"][place] = float(objective.weight)
    return bounds


def _counts(spec: AutonomyPolicySpec) -> bool:
    """Whether demand is a rate of counted events, which scatters as counts do."""
    load = next(signal for signal in spec.watched if signal.name == spec.scaling.load)
    if load.pod_metrics:
        return load.pod_metrics.read == "Rate"
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
    named = {name: judged.roster.figures(name, judged.clean) for name in judged.roster.columns}
    return Sighting(seconds=seconds, ready=ready, wanted=wanted, called=called.astype(float), **named)
