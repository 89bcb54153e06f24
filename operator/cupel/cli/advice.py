"""What a person can do about the tool they look at; the table itself is in `decide/advice.py`."""

from __future__ import annotations

from cupel.decide.advice import About
from cupel.decide.advice import advice as advised

from .seen import Seen


def advice(seen: Seen, reason: str, status: str) -> tuple[str, ...]:
    """What to do next, commands written out for this tool."""
    tool = seen.tool
    revision = seen.revision.name if seen.revision else ""
    about = About(
        tool.name, tool.namespace, tool.spec.policy_ref.name, tool.spec.attempt, revision, seen.digest
    )
    return advised(about, reason, status)
