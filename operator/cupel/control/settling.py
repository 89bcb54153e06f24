"""How long after a change Pods are taken away. Arrays (N,): seconds, Pods."""

from __future__ import annotations

import numpy as np

from .policy import Settings
from .rows import Floats, Mask, either

SETTLE_DOWN = 0.2
"""Part of `settle` between two ScaleDowns: half a minute by default."""
SEVERAL, SOON = 2.0, 2.0
"""Pods to spare at once that are more than a moment's doubt, such as were added to work off what waited: they
go so many leads after a ScaleUp, the first of which they took to be ready."""


def settled(spare: Floats, since_up: Floats, since_down: Floats, policy: Settings) -> Mask:
    """Whether so many Pods may go now. While calls wait for them, none is to spare."""
    soon = np.minimum(SOON * policy.lead, policy.settle)
    enough = either(spare >= SEVERAL, soon, policy.settle)
    long_ago: Mask = (since_up >= enough) & (since_down >= SETTLE_DOWN * policy.settle)
    return long_ago
