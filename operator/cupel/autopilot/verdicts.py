"""What is said of each signal: its line in a status, and why it has no usable sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import isnan

import numpy as np

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import SignalSeen
from cupel.control import trust
from cupel.decide.autonomy import figure
from cupel.signals.reading import Key, Reading

from .roster import Judged

VERDICTS = {
    trust.ABSENT: "it brought no number",
    trust.NOT_A_NUMBER: "it is infinite",
    trust.STALE: "its last sample is older than `staleSeconds`",
    trust.FROM_THE_FUTURE: "its sample is of the future: a clock was stepped",
    trust.TOO_SMALL: "it is below `least`",
    trust.TOO_LARGE: "it is above `most`",
    trust.FROZEN: "it stands still to the last digit: what measures it has stopped",
}
"""Why a sample is none, where its source did not say so."""
WORDS = {
    trust.ABSENT: "absent",
    trust.NOT_A_NUMBER: "not_a_number",
    trust.STALE: "stale",
    trust.FROM_THE_FUTURE: "future",
    trust.TOO_SMALL: "too_small",
    trust.TOO_LARGE: "too_large",
    trust.FROZEN: "frozen",
}
"""The same as labels."""


def missed(judged: Judged) -> Iterator[tuple[Key, str]]:
    """Every signal without a usable sample, and why, as a label."""
    for place in np.flatnonzero(judged.verdicts != trust.USABLE):
        yield judged.roster.signals[place], WORDS[int(judged.verdicts[place])]


def seen_by(
    judged: Judged, policies: Sequence[AutonomyPolicy], readings: Sequence[Reading]
) -> list[tuple[SignalSeen, ...]]:
    """By policy: every signal, its last usable figure kept where there is none now."""
    found: list[list[SignalSeen]] = [[] for _ in policies]
    for place, (key, reading) in enumerate(zip(judged.roster.signals, readings, strict=True)):
        row = int(judged.roster.owner[place])
        before = next((one for one in policies[row].status.seen if one.name == key.signal), None)
        found[row].append(
            _signal(key.signal, float(judged.clean[place]), int(judged.verdicts[place]), reading, before)
        )
    return [tuple(signals) for signals in found]


def _signal(name: str, value: float, verdict: int, reading: Reading, before: SignalSeen | None) -> SignalSeen:
    if not isnan(value):
        return SignalSeen(
            name=name, value=figure(value), at=datetime.fromtimestamp(reading.at, UTC).replace(microsecond=0)
        )
    problem = (reading.problem or VERDICTS[verdict])[:500]
    return SignalSeen(
        name=name, value=before.value if before else None, at=before.at if before else None, problem=problem
    )
