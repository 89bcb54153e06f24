"""When Pods are taken away: how long after a change, after how many, and with how much to spare. Arrays (N,):
seconds, Pods."""

from __future__ import annotations

import numpy as np

from .policy import Settings
from .rows import Floats, Mask, either

SETTLE_DOWN = 0.2
"""Part of `settle` between two ScaleDowns: half a minute by default."""
SEVERAL, SOON = 2.0, 2.0
"""Pods to spare at once that are more than a moment's doubt, such as were added to work off what waited: they
go so many leads after a ScaleUp, the first of which they took to be ready."""
AN_HOUR, BEYOND = 45.0, 14.0
"""Changes that are forgotten in an hour, evenly, and how many beyond those put off the next ScaleDown: 59 in
any hour, and what is added after the last."""
SLACK = 0.5
"""Part of a Pod that must be to spare before one goes: no load can stand on the edge between two counts."""
FRESH, SLACK_FRESH = 600.0, 0.75
"""Seconds after a ScaleUp in which so much of a Pod more must be to spare: what a moment's doubt added
is not taken back by the next."""


def slack(since_up: Floats) -> Floats:
    """Part of a Pod (N,) that must be to spare before one goes."""
    return SLACK + either(since_up < FRESH, SLACK_FRESH, 0.0)


def counted(changes: Floats, acted: Mask) -> Floats:
    """Changes (N,) with that of this look, if there was one; as many as are ever held against a policy."""
    return np.minimum(changes + acted, 2 * BEYOND)


def forgotten(changes: Floats, seconds: Floats) -> Floats:
    """What is left (N,) of so many changes (N,) after so many seconds."""
    return np.maximum(changes - seconds * AN_HOUR / 3600.0, 0.0)


def settled(spare: Floats, since_up: Floats, since_down: Floats, changes: Floats, policy: Settings) -> Mask:
    """Whether so many Pods may go now: if any are to spare. While calls wait for them, none is."""
    soon = np.minimum(SOON * policy.lead, policy.settle)
    enough = either(spare >= SEVERAL, soon, policy.settle)
    long_ago = (since_up >= enough) & (since_down >= SETTLE_DOWN * policy.settle)
    may: Mask = long_ago & (changes <= BEYOND) & (spare > 0)
    return may
