"""A tool that runs no Pod until it is called: what is said of it while it sleeps, and while a call wakes it.

Either way it is ready: a call is held until a Pod answers. That a Pod does come has a time limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from .plan import Outcome, Walk, again, passed
from .replicas import Count
from .tool_world import DeploymentView, PodView

WAKE = timedelta(seconds=60)
"""How long a Pod may start before a tool that nobody answers for no longer counts as ready."""
Sleep = Literal["Asleep", "Archived", "Waking"]


def sleeps(wanted: Count) -> bool:
    """No Pod is wanted, by a policy or the archive: a person's `spec.serving.replicas: 0` gives no reason."""
    return wanted.replicas == 0 and bool(wanted.why)


def asleep(wanted: Count) -> Outcome:
    if wanted.archived:
        return passed(
            "Archived",
            "no Pod runs, and agents are not shown it: call it by its name, or run kubectl cupel unarchive, "
            f"and it is back; {wanted.why}",
        )
    return passed(
        "Asleep", f"no Pod runs: the next call wakes it, and is held until a Pod answers; {wanted.why}"
    )


def waking(wanted: Count, mine: Iterable[PodView], now: datetime) -> Outcome | None:
    """While the first Pod starts; None where that takes too long, or no such Pod may be waited for."""
    if not wanted.may_sleep:
        return None
    left = WAKE - max((now - pod.created_at for pod in mine if pod.created_at), default=timedelta(0))
    if left <= timedelta(0):
        return None
    said = passed("Waking", f"a Pod starts: calls are held until it answers; {wanted.why}")
    return again(said, left)


def answers_later(wanted: Count, deployment: DeploymentView | None) -> bool:
    """No Pod is ready, and none has to be: there is nobody to ask whether the tool is as approved."""
    return sleeps(wanted) or (wanted.may_sleep and deployment is not None and deployment.ready == 0)


def sleep_of(walk: Walk) -> Sleep | None:
    """What Available of this walk came to; None: awake, or anything else."""
    match next((outcome.reason for gate, outcome in walk.outcomes if gate == "Available"), ""):
        case "Asleep":
            return "Asleep"
        case "Archived":
            return "Archived"
        case "Waking":
            return "Waking"
        case _:
            return None
