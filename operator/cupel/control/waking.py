"""Rows that run no Pod and are called, decided about between two ticks: as a tick would, from what was
believed at the last one."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .choose import Action, Reason
from .memory import Memory
from .policy import Outcome
from .rows import Rows

Scalar = TypeVar("Scalar", bound=np.generic)


def woken(memory: Memory, outcome: Outcome, rows: Rows) -> tuple[Memory, Outcome]:
    """One Pod for each of the rows, however many wait; nothing is believed that was not before."""
    memory = replace(
        memory,
        since_up=_put(memory.since_up, rows, 0),
        quiet=_put(memory.quiet, rows, 0),
        decided=_put(memory.decided, rows, 1),
    )
    outcome = replace(
        outcome,
        action=_put(outcome.action, rows, Action.ScaleUp),
        reason=_put(outcome.reason, rows, Reason.Woken),
        replicas=_put(outcome.replicas, rows, 1),
        confidence=_put(outcome.confidence, rows, 1),
    )
    return memory, outcome


def _put(column: NDArray[Scalar], rows: Rows, value: int) -> NDArray[Scalar]:
    changed = column.copy()
    changed[rows] = value
    return changed
