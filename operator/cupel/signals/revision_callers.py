"""Whose runs spoil a revision, as every gateway Pod tells the autopilot: summed, or not known.

Asked only while something speaks against a revision: a look at ten thousand that are well asks nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from itertools import zip_longest
from math import isfinite
from urllib.parse import quote

from cupel.control.counting import Tally
from cupel.control.counts import BUCKETS
from cupel.control.one_caller import VERDICTS, Heard

from .fetching import Unreadable
from .revision_runs import Served

MOST_CALLERS = 64
"""Of one answer; a gateway names eight."""
WIDTH = VERDICTS + BUCKETS


def path(served: Served, seconds: float) -> str:
    """Where a gateway tells of a revision, and of how much of the past."""
    return f"/callers/{'/'.join(quote(part, safe='') for part in served)}?seconds={max(seconds, 1.0):.0f}"


def heard(text: bytes) -> Heard:
    """One Pod's answer. Raises Unreadable for anything else."""
    try:
        said = json.loads(text)
        callers, rest = dict(said["callers"]), _tally(said["rest"])
        if len(callers) > MOST_CALLERS:
            raise ValueError(len(callers))
        return Heard({str(name): _tally(tally) for name, tally in callers.items()}, rest)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable("its answer does not say who calls") from None


def _tally(said: object) -> Tally:
    if not isinstance(said, list) or len(said) != WIDTH:
        raise ValueError
    tally = tuple(float(value) for value in said)
    if not all(isfinite(value) and value >= 0 for value in tally):
        raise ValueError
    return tally


def summed(answers: Iterable[Heard]) -> Heard:
    """All Pods together. Who is named by one and counted with the rest by another is partly with the rest."""
    callers: dict[str, Tally] = defaultdict(tuple)
    rest: Tally = ()
    for answer in answers:
        for name, tally in answer.callers.items():
            callers[name] = _plus(callers[name], tally)
        rest = _plus(rest, answer.rest)
    return Heard(callers, rest)


def _plus(one: Tally, other: Tally) -> Tally:
    return tuple(a + b for a, b in zip_longest(one, other, fillvalue=0.0))
