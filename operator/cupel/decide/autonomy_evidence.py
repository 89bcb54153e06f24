"""What is told of a policy's evidence beside its decisions: one caller alone speaks against a revision."""

from __future__ import annotations

from cupel.api.autonomy_status import Evidence

from .autonomy_world import Told

ONE_CALLER = "OneCaller"


def held_by_one(before: Evidence | None, after: Evidence | None) -> tuple[Told, ...]:
    """An Event when it begins, and no more of them while it lasts."""
    if after is None or after.reason != ONE_CALLER:
        return ()
    if before is not None and before.reason == ONE_CALLER and before.identity == after.identity:
        return ()
    return (Told("Warning", "Judged", ONE_CALLER, after.message),)
