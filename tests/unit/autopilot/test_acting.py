"""What of a look is written at once, what waits, and what each signal's line in the status says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from cupel.api.autonomy_status import AutonomyPolicyStatus
from cupel.autopilot.acting import is_urgent
from cupel.autopilot.flight import Flight
from cupel.autopilot.verdicts import VERDICTS, WORDS, seen_by
from cupel.control import trust
from cupel.signals.reading import Moment, Reading

from .flown import policy

NOON = 1_800_000_000.0
AT = datetime.fromtimestamp(NOON, UTC)
DECISION = {"at": AT, "action": "NoOp", "reason": "WithinForecast", "replicas": 3}
STATUS: dict[str, Any] = {
    "replicas": 3, "desired_replicas": 3, "decision": DECISION,
    "seen": [{"name": "throughputPerSecond", "value": "12", "at": AT}],
}  # fmt: skip
BELIEVED = {
    "at": AT, "level": "12", "level_deviation": "1", "trend": "0", "capacity": "7", "summary": "12", "saved": "",
}  # fmt: skip
CHANGES: dict[str, tuple[dict[str, Any], bool]] = {
    "nothing": ({}, False),
    "another figure was seen": ({"seen": [{"name": "throughputPerSecond", "value": "13", "at": AT}]}, False),
    "something else is believed": ({"believed": BELIEVED}, False),
    "the decision is as sure as before, or not": ({"decision": DECISION | {"confidence_percent": 3}}, False),
    "a signal went missing": ({"seen": [{"name": "throughputPerSecond", "problem": "away"}]}, True),
    "another decision": ({"decision": DECISION | {"action": "ScaleUp"}}, True),
    "the same for another reason": ({"decision": DECISION | {"reason": "Settling"}}, True),
    "other Pods are wanted": ({"desired_replicas": 4}, True),
    "the count was confirmed, which the operator waits for": ({"desired_at": AT}, True),
    "something came of a decision": ({"history": [DECISION]}, True),
    "another generation is flown": ({"observed_generation": 2}, True),
}


@pytest.mark.parametrize(("change", "at_once"), CHANGES.values(), ids=list(CHANGES))
def test_what_is_written_at_once(change: dict[str, Any], at_once: bool) -> None:
    before, after = (AutonomyPolicyStatus.model_validate(one) for one in (STATUS, STATUS | change))

    assert is_urgent(before, after, None) is at_once


EVIDENCE = {
    # what was said of the revision that serves, what is said now: at once?
    "nothing spoke against it, and does": (None, "RevisionWorse", True),
    "it is worse, and may not be condemned yet": ("NoRegression", "RolledBackRecently", True),
    "it is worse, as before": ("RevisionWorse", "RolledBackRecently", False),
    "nothing speaks against it any more": ("RevisionWorse", "NoRegression", True),
    "others are worse as well": ("NoRegression", "SharedIncident", False),
    "one caller alone makes it worse": ("NoRegression", "OneCaller", True),
    "others do as well now": ("OneCaller", "RevisionWorse", True),
}


@pytest.mark.parametrize(("said", "reason", "at_once"), EVIDENCE.values(), ids=list(EVIDENCE))
def test_that_a_revision_is_worse_is_written_at_once(said: str | None, reason: str, at_once: bool) -> None:
    held = {"reason": said, "message": "so", "saved": "", "digest": "sha256-" + "1" * 64}
    before = AutonomyPolicyStatus.model_validate(STATUS | ({"evidence": held} if said else {}))

    assert is_urgent(before, AutonomyPolicyStatus.model_validate(STATUS), reason) is at_once


def seen(reading: Reading, **status: Any) -> dict[str, Any]:
    """What the status says of the one signal of a policy, after this reading."""
    now, flight, flown = Moment(NOON, 100.0), Flight(5.0, Moment(NOON, 95.0)), policy(status=status)
    flight.crew([flown], Moment(NOON, 95.0))
    flight.tick([reading], now, np.array([3.0]), np.array([3.0]), np.array([-np.inf]))
    return seen_by(flight.judged, [flown], [reading])[0][0].wire()


LAST = [{"name": "throughputPerSecond", "value": "9", "at": "2026-11-26T12:00:00Z"}]
LINES: dict[str, tuple[Reading, dict[str, Any]]] = {
    "a figure and its time": (Reading(12.5, NOON), {"value": "12.5", "problem": ""}),
    "missing, as its source says": (Reading.missing("Pod a: it is away"), {"value": "9", "problem": "Pod a: it is away"}),
    "stale": (Reading(12.5, NOON - 31), {"value": "9", "problem": "its last sample is older than `staleSeconds`, 30"}),
    "of the future": (Reading(12.5, NOON + 60), {"value": "9", "problem": VERDICTS[trust.FROM_THE_FUTURE]}),
    "absurd": (Reading(-1.0, NOON), {"value": "9", "problem": "it is below `least`, 0: lower that if such a figure makes sense"}),
    "no number": (Reading(float("nan"), NOON), {"value": "9", "problem": VERDICTS[trust.ABSENT]}),
    "infinite": (Reading(float("inf"), NOON), {"value": "9", "problem": VERDICTS[trust.NOT_A_NUMBER]}),
}  # fmt: skip


@pytest.mark.parametrize(("reading", "expected"), LINES.values(), ids=list(LINES))
def test_what_the_status_says_of_a_signal(reading: Reading, expected: dict[str, Any]) -> None:
    found = seen(reading, seen=LAST)

    assert {key: found.get(key) for key in expected} == expected


def test_every_verdict_has_its_words() -> None:
    assert set(VERDICTS) == set(WORDS) == set(range(8)) - {trust.USABLE}
