"""What there is to tell people about a tool as it stands. Whether it is time, and for whom: `notice_due`; how
it is worded: `notice_text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cupel.api.common import Condition
from cupel.api.generated_tool import GeneratedTool
from cupel.api.routing import News
from cupel.api.tool_revision import ApprovalEvidence, ToolRevision

from .advice import About, advice

SERVING, RETIRED = "Serving", "Retired"
FINDINGS = 3
"""How many findings of the analyser a notice names."""


class Key(NamedTuple):
    """A notice is told once for each of these."""

    uid: str
    generation: int
    reason: str


@dataclass(frozen=True)
class ToolSeen:
    """A GeneratedTool, as far as notices need it."""

    uid: str
    generation: int
    about: About
    requesters: tuple[str, ...]
    ready: Condition | None
    """None while the status is not about this generation, or the tool is being deleted."""
    mark: Condition | None
    """Stalled or Suspended, where the tool is."""


@dataclass(frozen=True)
class RevisionSeen:
    """A ToolRevision, as far as notices need it."""

    uid: str
    generation: int
    namespace: str
    tool: str
    name: str
    digest: str
    requesters: tuple[str, ...]
    condemned: Condition | None
    """Its gate Approved, where that says it was rolled back."""
    window: ApprovalEvidence | None
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """One thing to tell."""

    key: Key
    news: News
    namespace: str
    tool: str
    """Name of the object: a tool, or what `kind` says."""
    since: datetime
    """When it became so, by the operator's clock."""
    message: str
    """Text of strangers may be in it, as in `details` and `requesters`."""
    details: tuple[str, ...] = ()
    requesters: tuple[str, ...] = ()
    revision: str = ""
    commands: tuple[str, ...] = ()
    deadline: datetime | None = None
    """When waiting becomes a refusal."""
    told_otherwise: bool = False
    """Another notice says it: this one is only remembered."""
    kind: str = "GeneratedTool"
    """Of what `tool` names."""


def seen_tool(tool: GeneratedTool) -> ToolSeen:
    status, spec, metadata = tool.status, tool.spec, tool.metadata
    current = status.observed_generation == metadata.generation and metadata.deletion_timestamp is None
    about = About(
        tool.name,
        tool.namespace,
        spec.policy_ref.name,
        spec.attempt,
        status.revision or "",
        status.digest or "",
    )
    return ToolSeen(
        metadata.uid,
        metadata.generation,
        about,
        _people(spec.requested_by, spec.on_behalf_of),
        _condition(status.conditions, "Ready") if current else None,
        (_condition(status.conditions, "Stalled") or _condition(status.conditions, "Suspended"))
        if current
        else None,
    )


def seen_revision(rev: ToolRevision) -> RevisionSeen:
    evidence = rev.status.analysis
    findings = evidence.findings[:FINDINGS] if evidence else ()
    approved = _condition(rev.status.conditions, "Approved")
    return RevisionSeen(
        rev.metadata.uid,
        rev.metadata.generation,
        rev.namespace,
        rev.spec.tool,
        rev.name,
        rev.spec.digest,
        _people(rev.spec.requested_by, rev.spec.on_behalf_of),
        approved if approved and (approved.status, approved.reason) == ("False", "Condemned") else None,
        rev.status.approval,
        tuple(f"line {f.line}, rule {f.rule}: {f.message}" for f in findings),
    )


def notices(tool: ToolSeen, revisions: Iterable[RevisionSeen]) -> tuple[Notice, ...]:
    """Everything that is to be known of a tool as it stands, told before or not."""
    mine = tuple(revisions)
    return (*_of_tool(tool, mine), *_condemned(tool, mine))


def _of_tool(tool: ToolSeen, revisions: tuple[RevisionSeen, ...]) -> Iterator[Notice]:
    ready, mark = tool.ready, tool.mark
    if ready is not None and ready.status == "True":
        where = f"-n {tool.about.namespace}"
        commands = (
            f"kubectl cupel get {tool.about.tool} {where}",
            f"kubectl cupel rollback {tool.about.tool} {where}   # should it turn out wrong",
        )
        serves = ready.model_copy(update={"reason": SERVING})  # asleep or waking is no other news
        yield _notice(tool, "Served", serves, ready.last_transition_time, commands=commands)
    elif ready is not None and mark is not None and mark.type == "Stalled":
        yield _refusal(tool, mark, revisions)
    elif ready is not None and mark is not None and mark.reason != RETIRED:  # nobody waits for that
        yield _waiting(tool, mark, revisions)


def _refusal(tool: ToolSeen, mark: Condition, revisions: tuple[RevisionSeen, ...]) -> Notice:
    explain = f"kubectl cupel explain {tool.about.tool} -n {tool.about.namespace}"
    asked = _asked_for(tool, revisions)
    return _notice(
        tool,
        "Condemned" if mark.reason == "Condemned" else "Refused",
        mark,
        mark.last_transition_time,
        commands=(explain, *advice(tool.about, mark.reason, "False")),
        details=asked.findings if asked and mark.reason == "CodeRefused" else (),
    )


def _waiting(tool: ToolSeen, mark: Condition, revisions: tuple[RevisionSeen, ...]) -> Notice:
    asked = _asked_for(tool, revisions)
    window = asked.window if asked and mark.reason == "AwaitingApproval" else None
    if window is not None and (window.verdict, window.attempt) != ("Waiting", tool.about.attempt):
        window = None
    return _notice(
        tool,
        "Waiting",
        mark,
        window.asked_at if window else mark.last_transition_time,
        commands=advice(tool.about, mark.reason, "Unknown"),
        deadline=window.deadline if window else None,
    )


def _notice(
    tool: ToolSeen,
    news: News,
    why: Condition,
    since: datetime,
    commands: tuple[str, ...],
    details: tuple[str, ...] = (),
    deadline: datetime | None = None,
) -> Notice:
    return Notice(
        Key(tool.uid, tool.generation, why.reason),
        news,
        tool.about.namespace,
        tool.about.tool,
        since,
        why.message,
        details,
        tool.requesters,
        tool.about.revision,
        commands,
        deadline,
    )


def _condemned(tool: ToolSeen, revisions: tuple[RevisionSeen, ...]) -> Iterator[Notice]:
    """Revisions that were rolled back. Of the one asked for the tool itself speaks."""
    for rev in revisions:
        if rev.condemned is not None:
            where = f"-n {rev.namespace}"
            commands = (
                f"kubectl cupel get {rev.tool} {where}",
                f"kubectl cupel pardon {rev.tool} --digest {rev.digest} {where}   # to lift it",
            )
            yield Notice(
                Key(rev.uid, rev.generation, rev.condemned.reason),
                "Condemned",
                rev.namespace,
                rev.tool,
                rev.condemned.last_transition_time,
                rev.condemned.message,
                (),
                rev.requesters,
                rev.name,
                commands,
                told_otherwise=rev.digest == tool.about.digest,
            )


def _asked_for(tool: ToolSeen, revisions: tuple[RevisionSeen, ...]) -> RevisionSeen | None:
    return next((rev for rev in revisions if rev.digest == tool.about.digest), None)


def _condition(conditions: tuple[Condition, ...], kind: str) -> Condition | None:
    return next((c for c in conditions if c.type == kind), None)


def _people(requested_by: str | None, on_behalf_of: str | None) -> tuple[str, ...]:
    return tuple(name for name in (on_behalf_of, requested_by) if name)
