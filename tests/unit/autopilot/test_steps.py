"""What of a plan is an act, and which statuses are written with it rather than after everybody's acts."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.autopilot.look import Flown
from cupel.autopilot.sights import Target
from cupel.autopilot.steps import Step
from cupel.decide.autonomy import Plan

from .flown import policy, tool_policy

WEB, TOOL = policy(), tool_policy()
ROWS: dict[str, tuple[AutonomyPolicy, dict[str, Any], dict[str, Any], bool, bool]] = {
    # what is flown, what its status says anew, what is to be done: is it an act, and is its status part of it?
    "nothing but figures": (WEB, {"replicas": 3}, {}, False, False),
    "replicas of a Deployment": (WEB, {"desired_replicas": 4}, {"scale": 4}, True, False),
    "what is only recommended for a Deployment": (WEB, {"desired_replicas": 4}, {}, False, False),
    "a rollback of a Deployment is noted first": (WEB, {}, {"back_to": "abc"}, True, True),
    "the count of a tool, which the operator follows": (TOOL, {"desired_replicas": 4}, {}, True, True),
    "figures of a tool": (TOOL, {"replicas": 1}, {}, False, False),
    "a tool's digest is to be condemned": (TOOL, {}, {"condemn": "sha256-1@now"}, True, False),
}


@pytest.mark.parametrize(("flown", "status", "todo", "acts", "noted"), ROWS.values(), ids=list(ROWS))
def test_what_somebody_acts_by(
    flown: AutonomyPolicy, status: dict[str, Any], todo: dict[str, Any], acts: bool, noted: bool
) -> None:
    target = Target(None, None, "", "")
    plan = Plan(flown.status.model_copy(update=status), **todo)
    step = Step(Flown(0, flown, target, ()), plan)

    assert (step.acts, step.is_noted) == (acts, noted)
