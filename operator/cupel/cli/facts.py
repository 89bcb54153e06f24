"""`get -o json`: the facts about one tool in a shape of our own, cupel.dev/get/v1, for scripts."""

from __future__ import annotations

from datetime import datetime

from cupel.api.approval_ledger import Review
from cupel.api.common import Condition, JsonObject
from cupel.api.tool_revision import ToolRevision
from cupel.decide.harmless import one_line

from .seen import GATES, Seen

FORMAT = "cupel.dev/get/v1"
OUTCOMES = {"True": "Passed", "False": "Refused", "Unknown": "Waiting"}


def facts(seen: Seen) -> JsonObject:
    """Every key is always there; what is not known is null, empty or NotReached."""
    tool, rev, digest = seen.tool, seen.revision, seen.digest
    status = tool.status
    return {
        "format": FORMAT,
        "namespace": tool.namespace,
        "name": tool.name,
        "toolName": tool.tool_name,
        "description": tool.spec.description,
        "observed": seen.fresh,
        "ready": _ready(seen.ready),
        "risk": status.risk,
        "gates": [gate(seen, name) for name in GATES],
        "digest": digest or None,
        "revision": _revision(seen, rev) if rev else None,
        "analysis": rev.status.analysis.wire() if rev and rev.status.analysis else None,
        "validation": rev.status.validation.wire() if rev and rev.status.validation else None,
        "approvals": approvals(seen),
        "condemned": seen.condemned(digest) or None,
        "serving": status.serving.wire() if status.serving else None,
        "canary": status.canary.wire() if status.canary else None,
    }


def outcome(condition: Condition | None) -> str:
    """Passed, Refused, Waiting or NotReached."""
    return OUTCOMES[condition.status] if condition else "NotReached"


def gate(seen: Seen, name: str) -> JsonObject:
    found = seen.condition(name)
    return {
        "gate": name,
        "outcome": outcome(found),
        "reason": found.reason if found else "",
        "message": found.message if found else "",
        "since": _time(found.last_transition_time) if found else None,
    }


def _ready(found: Condition | None) -> JsonObject:
    if found is None:
        return {"status": "Unknown", "reason": "NotSeen", "message": "the operator has not looked yet"}
    return {"status": found.status, "reason": found.reason, "message": found.message}


def _revision(seen: Seen, rev: ToolRevision) -> JsonObject:
    spec = rev.spec
    return {
        "name": rev.name,
        "digest": spec.digest,
        "version": seen.version(rev),
        "egress": list(spec.egress),
        "credentials": list(spec.bundle.permissions.credentials),
        "state": spec.bundle.permissions.state,
        "requestedBy": spec.requested_by,
        "contributors": list(spec.contributors),
        "onBehalfOf": spec.on_behalf_of,
    }


def approvals(seen: Seen) -> JsonObject | None:
    """What was decided about the digest asked for; null before anybody could decide."""
    window = seen.revision.status.approval if seen.revision else None
    if window is None:
        return None
    return {
        "given": window.given,
        "needed": window.needed,
        "verdict": window.verdict,
        "deadline": _time(window.deadline),
        "decisions": decisions(seen, seen.digest),
    }


def decisions(seen: Seen, digest: str) -> list[JsonObject]:
    """One for each channel that spoke about a digest."""
    entry = seen.entry(digest)
    channels = (("review", entry.review), ("code", entry.code)) if entry else ()
    return [
        {
            "channel": channel,
            "decision": said.decision,
            "by": said.by,
            "at": _time(said.at),
            "pullRequest": said.pull_request if isinstance(said, Review) else None,
        }
        for channel, said in channels
        if said is not None
    ]


def decision_line(said: JsonObject) -> str:
    """One of `decisions` for people."""
    merged = f", pull request {said['pullRequest']}" if said["pullRequest"] else ""
    return f"{said['decision']} by {one_line(said['by'])} ({said['channel']}{merged})"


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
