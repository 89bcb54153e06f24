"""Events of what turned: a warning where somebody should look, and none before anything was measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.autopilot.metrics import Metrics
from cupel.autopilot.telling import Telling


class Notes:
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def record(self, make: Callable[[], Any]) -> None:
        self.kept.append(make())


def policy(*seeing: tuple[str, str]) -> AutonomyPolicy:
    conditions = [
        {"type": "Seeing", "status": status, "reason": reason, "message": "m", "lastTransitionTime": "2026-11-27T12:00:00Z"}
        for status, reason in seeing
    ]  # fmt: skip
    spec = {
        "targetRef": {"kind": "GeneratedTool", "name": "t"},
        "scaling": {"minReplicas": 1, "maxReplicas": 2},
    }
    metadata = {"name": "p", "namespace": "tools", "uid": "u"}
    return AutonomyPolicy.parse({"metadata": metadata, "spec": spec, "status": {"conditions": conditions}})


MISSING, USABLE = ("False", "SignalsMissing"), ("True", "SignalsUsable")


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        pytest.param((), (MISSING,), ["Normal"], id="at the first look nothing was measured yet"),
        pytest.param((USABLE,), (MISSING,), ["Warning"], id="what was seen is lost"),
        pytest.param((MISSING,), (USABLE,), ["Normal"], id="it is seen"),
        pytest.param((MISSING,), (MISSING,), [], id="nothing turned"),
    ],
)
def test_what_turned(before: Any, after: Any, kinds: list[str]) -> None:
    notes = Notes()
    telling = Telling(notes, Metrics())  # type: ignore[arg-type]  # records, and that is all

    telling.told(policy(*before), policy(*after), ())

    assert [note.type for note in notes.kept] == kinds
