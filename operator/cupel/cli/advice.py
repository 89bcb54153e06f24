"""What a person can do about the tool they look at; the table itself is in `decide/advice.py`."""

from __future__ import annotations

from cupel.decide.advice import About
from cupel.decide.advice import advice as advised
from cupel.decide.approvals import voiceless
from cupel.decide.channels import Channel, missing

from .seen import Seen


def advice(seen: Seen, reason: str, status: str) -> tuple[str, ...]:
    """What to do next, commands written out for this tool."""
    tool = seen.tool
    revision = seen.revision.name if seen.revision else ""
    about = About(
        tool.name,
        tool.namespace,
        tool.spec.policy_ref.name,
        tool.spec.attempt,
        revision,
        seen.digest,
        _missing(seen),
    )
    return advised(about, reason, status)


def _missing(seen: Seen) -> tuple[Channel, ...]:
    """Channels that must still approve; none where the caller may not read who did."""
    window = seen.revision.status.approval if seen.revision else None
    if window is None or seen.ledger is None:
        return ()
    silent = voiceless(seen.ledger, seen.digest, window.needed)
    return missing(seen.entry(seen.digest), window.needed, silent)
