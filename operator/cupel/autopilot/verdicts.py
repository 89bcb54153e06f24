"""What is said of each signal: its line in a status, and why it has no usable sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import isnan

import numpy as np

from cupel.api.autonomy_policy import AutonomyPolicy, Signal
from cupel.api.autonomy_status import SignalSeen
from cupel.control import trust
from cupel.decide.autonomy import figure
from cupel.signals.reading import Key, Reading

from .roster import Judged

VERDICTS = {
    trust.ABSENT: "it brought no number",
    trust.NOT_A_NUMBER: "it is infinite",
    trust.STALE: "its last sample is older than `staleSeconds`, {seconds}",
    trust.FROM_THE_FUTURE: "its sample is of the future: a clock was stepped",
    trust.TOO_SMALL: "it is below `least`, {least}: lower that if such a figure makes sense",
    trust.TOO_LARGE: "it is above `most`, {most}: raise that if such a figure makes sense",
    trust.FROZEN: "it stands still to the last digit: what measures it has stopped",
}
"""Why a sample is none, where its source did not say so; the fields are the signal's."""
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
        row, value = int(judged.roster.owner[place]), float(judged.clean[place])
        if isnan(value):
            signal = next(one for known, one in judged.roster.watched[row] if known == key)
            problem = reading.problem or said(int(judged.verdicts[place]), signal)
            found[row].append(_missing(policies[row], key.signal, problem))
        else:
            at = datetime.fromtimestamp(reading.at, UTC).replace(microsecond=0)
            found[row].append(SignalSeen(name=key.signal, value=figure(value), at=at))
    return [tuple(signals) for signals in found]


def _missing(policy: AutonomyPolicy, name: str, problem: str) -> SignalSeen:
    before = next((one for one in policy.status.seen if one.name == name), None)
    value, at = (before.value, before.at) if before else (None, None)
    return SignalSeen(name=name, value=value, at=at, problem=problem[:500])


def said(verdict: int, signal: Signal) -> str:
    """Why its sample is none, and by which of the signal's fields."""
    fields = {"least": signal.least, "most": signal.most, "seconds": signal.stale_seconds}
    return VERDICTS[verdict].format(**fields)
