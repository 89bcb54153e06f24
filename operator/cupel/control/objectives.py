"""Which of its objectives each policy met at one look: about what was measured, about the indices, and about
figures of its own. The columns are those of `policy.Settings`: FIGURES, INDICES, `Sighting.own`.
"""

from __future__ import annotations

import numpy as np

from .belief import Belief
from .indices import omega_score, psi_index
from .policy import FIGURES, INDICES, Settings, Sighting
from .rows import Floats

OMEGA = len(FIGURES) + INDICES.index("omega")
PSI = len(FIGURES) + INDICES.index("psi")
OWN = len(FIGURES) + len(INDICES)
PER_MILLE = 1000.0


def kept(settings: Settings, seen: Sighting, belief: Belief, beta: Floats) -> Floats:
    """omega_score of this look, (N,), of the figures that anybody has an objective for. An objective on omega
    is judged by the share of all others."""
    which, bounds = settings.objectives
    if not which:
        return np.full(len(settings.period), np.nan)
    figures = np.stack([_figure(column, seen, belief, beta) for column in which]).T
    if OMEGA in which:
        figures[:, which.index(OMEGA)] = PER_MILLE * omega_score(figures, *bounds)
    return omega_score(figures, *bounds)


def _figure(column: int, seen: Sighting, belief: Belief, beta: Floats) -> Floats:
    """The figure (N,) of this column; omega is not known before all others are."""
    if column >= OWN:
        own: Floats = seen.own[:, column - OWN]
        return own
    if column < len(FIGURES):
        figure: Floats = getattr(seen, FIGURES[column])
        return figure
    if column == OMEGA:
        return np.full_like(beta, np.nan)
    return PER_MILLE * (psi_index(belief) if column == PSI else beta)
