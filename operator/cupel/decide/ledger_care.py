"""Which entries of a ledger nothing refers to any longer, since when, and which of them go. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date

from cupel.api import names
from cupel.api.approval_ledger import ApprovalLedger, Entry
from cupel.api.bundle import hexdigits
from cupel.api.common import JsonObject

from .approvals import channels

MARK_DIGITS = 16
"""Of a digest in a mark: 2,000 marks stay far below what annotations may hold."""

Marks = Mapping[str, date]
"""First digits of a digest, and the first day on which nothing referred to it."""


@dataclass(frozen=True)
class Sweep:
    """What one look at a ledger comes to."""

    removed: tuple[str, ...]
    """Digests whose entries go now, sorted."""
    marks: Marks
    """The marks of those that stay for the time being."""


def sweep(ledger: ApprovalLedger, referred: Set[str], today: date, grace_days: int) -> Sweep:
    """Entries that no revision refers to get a mark; `grace_days` later they go, unless referred to again.

    Never: condemned digests, and rejections, which stand against the same code coming back.
    """
    known = marks_of(ledger)
    loose = [digest for digest, entry in ledger.spec.decisions.items() if digest not in referred]
    loose = [d for d in loose if d not in ledger.status.condemned and not _rejects(ledger.spec.decisions[d])]
    since = {digest: min(known.get(_short(digest), today), today) for digest in loose}
    gone = {digest for digest, day in since.items() if (today - day).days >= grace_days}
    marks = {_short(digest): day for digest, day in since.items() if digest not in gone}
    return Sweep(tuple(sorted(gone)), marks)


def _rejects(entry: Entry) -> bool:
    return any(said.decision == "Reject" for said in channels(entry))


def _short(digest: str) -> str:
    return hexdigits(digest)[:MARK_DIGITS]


def marks_of(ledger: ApprovalLedger) -> Marks:
    """The marks a ledger carries. What cannot be read is no mark: the time of grace starts anew."""
    try:
        written = json.loads(ledger.metadata.annotations.get(names.UNREFERRED, "{}"))
        return {str(each): date.fromisoformat(day) for day, found in written.items() for each in found}
    except (ValueError, TypeError, AttributeError):
        return {}


def marks_text(marks: Marks) -> str | None:
    """The annotation: digests by day; None takes it away."""
    by_day: dict[str, list[str]] = {}
    for short, day in sorted(marks.items()):
        by_day.setdefault(day.isoformat(), []).append(short)
    return json.dumps(by_day, sort_keys=True, separators=(",", ":")) if by_day else None


def patch(ledger: ApprovalLedger, found: Sweep) -> JsonObject | None:
    """The merge patch that makes it so, only for the ledger that was seen; None when it is so already."""
    if not found.removed and found.marks == marks_of(ledger):
        return None
    metadata = {
        "resourceVersion": ledger.metadata.resource_version,
        "annotations": {names.UNREFERRED: marks_text(found.marks)},
    }
    spec = {"spec": {"decisions": dict.fromkeys(found.removed)}} if found.removed else {}
    return {"metadata": metadata, **spec}
