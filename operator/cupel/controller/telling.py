"""Saying what became true: events, log lines, metrics and spans, from the status before and the status
written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from cupel.api.common import API_VERSION, Condition
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ToolRevision
from cupel.decide.summary import FOR_PEOPLE
from cupel.kube.recorder import Note, Recorder, Reference
from cupel.telemetry.metrics import Metrics
from cupel.telemetry.tracing import Subject, Tracing

from .workqueue import Key

log = logging.getLogger("cupel.gates")
MARKS = frozenset({"Reconciling", "Stalled", "Suspended"})
"""Conditions that only repeat what a gate and Ready say."""
ACTIONS = {
    "Accepted": "Accept",
    "Generated": "Generate",
    "Analyzed": "Analyze",
    "Validated": "Validate",
    "Approved": "Approve",
    "Available": "Deploy",
    "Verified": "Verify",
    "Canary": "Share",
    "Planned": "Plan",
    "Built": "Build",
    "Answered": "Answer",
    "RolledBack": "RollBack",
    "Tidied": "Delete",
}


@dataclass(frozen=True)
class Transition:
    """A condition that says something new."""

    old: Condition | None
    new: Condition

    @property
    def warning(self) -> bool:
        if self.new.reason.endswith("Denied") or self.new.reason == "AdmissionNotReady":
            return True
        return self.new.status == "False" and self.new.reason not in FOR_PEOPLE


def transitions(before: Any, after: Any) -> Iterator[Transition]:
    """Gates whose status or reason moved, and Ready when its status did: what it says else, a gate says."""
    old = {condition.type: condition for condition in before.status.conditions}
    for new in after.status.conditions:
        known = old.get(new.type)
        if new.type == "Ready" and known is not None and known.status == new.status:
            continue
        if new.type not in MARKS and (
            known is None or (known.status, known.reason) != (new.status, new.reason)
        ):
            yield Transition(known, new)


class Telling:
    """Told after every pass; says something only when something moved."""

    def __init__(
        self, recorder: Recorder, metrics: Metrics, tracing: Tracing, tool: Callable[[str, str],
        GeneratedTool | None]
    ) -> None:  # fmt: skip
        self._recorder = recorder
        self._metrics = metrics
        self._tracing = tracing
        self._tool = tool

    def told(self, key: Key, before: Any, after: Any) -> None:
        """`before`: the object as it was read; `after`: with the status now stored; None when it is gone."""
        if after is None or before is None:
            self._forget(key)
            return
        self._stand(key, after)
        if moves := tuple(transitions(before, after)):
            self._log(key, after, moves)
            self._record(key, after, moves)
            self._count(moves)
            if isinstance(after, GeneratedTool) and self._tracing.on:
                for moved in moves:
                    self._trace(before, after, moved)
        if isinstance(after, ToolRevision) and after.status.validation != before.status.validation:
            self._judged(after)

    def _forget(self, key: Key) -> None:
        if key.kind == "GeneratedTool":
            self._metrics.standing.gates.pop((key.namespace, key.name), None)
            self._metrics.standing.deadlines.pop((key.namespace, key.name), None)

    def _stand(self, key: Key, after: Any) -> None:
        standing = self._metrics.standing
        if isinstance(after, GeneratedTool):
            gates = [c for c in after.status.conditions if c.type not in MARKS]
            ready = gates[-1]
            at = next((c for c in gates if c.status != "True" and c.reason == ready.reason), ready)
            standing.gates[(key.namespace, key.name)] = (at.type, at.reason)
        if isinstance(after, ToolRevision):
            window = after.status.approval
            tool = (key.namespace, after.spec.tool)
            wanted = self._tool(*tool)
            if wanted is None or wanted.status.digest != after.spec.digest:
                return
            waiting = any(c.reason == "AwaitingApproval" for c in after.status.conditions)
            if waiting and window is not None:
                standing.deadlines[tool] = window.deadline
            else:
                standing.deadlines.pop(tool, None)

    def _log(self, key: Key, after: Any, moves: tuple[Transition, ...]) -> None:
        """One line for one write. It says what the last condition that moved says: Ready, if that is one."""
        subject, new = self._subject(after), moves[-1].new
        fields = {
            "kind": key.kind,
            "namespace": key.namespace,
            "name": key.name,
            "generation": after.metadata.generation,
            "condition": new.type,
            "status": new.status,
            "reason": new.reason,
            "transitions": {moved.new.type: _said(moved.new) for moved in moves},
        } | ({"trace_id": subject.trace} if subject else {})
        level = logging.WARNING if any(moved.warning for moved in moves) else logging.INFO
        log.log(level, new.message or new.reason, extra={"fields": fields})

    def _record(self, key: Key, after: Any, moves: tuple[Transition, ...]) -> None:
        """One Event for each condition that moved."""
        regarding, related = _reference(key.kind, after), self._related(after)
        for moved in moves:
            self._recorder.record(partial(_note, regarding, related, moved))

    def _related(self, after: Any) -> Reference | None:
        """The other half: a revision's tool."""
        owner = next((o for o in after.metadata.owner_references if o.controller), None)
        if owner is None:
            return None
        return Reference(API_VERSION, owner.kind, after.namespace, owner.name, owner.uid)

    def _subject(self, after: Any) -> Subject | None:
        tool = after if isinstance(after, GeneratedTool) else None
        if isinstance(after, ToolRevision):
            tool = self._tool(after.namespace, after.spec.tool)
        return Subject(tool.metadata.uid, tool.metadata.generation) if tool else None

    def _trace(self, before: GeneratedTool, after: GeneratedTool, moved: Transition) -> None:
        subject = Subject(after.metadata.uid, after.metadata.generation)
        end = moved.new.last_transition_time
        about = {
            "k8s.namespace.name": after.namespace,
            "cupel.tool": after.name,
            "cupel.generation": str(after.metadata.generation),
            "cupel.status": moved.new.status,
            "cupel.reason": moved.new.reason,
        }
        if moved.new.type != "Ready":
            self._tracing.step(subject, moved.new.type, _since(before, end), end, about)
        elif moved.new.status == "True":
            self._tracing.root(subject, "apply to Ready", _began(after, end), end, about)

    def _count(self, moves: tuple[Transition, ...]) -> None:
        for moved in moves:
            if (moved.new.type, moved.new.status) == ("Generated", "False"):
                self._metrics.generation_failures.labels(moved.new.reason).inc()

    def _judged(self, after: ToolRevision) -> None:
        evidence = after.status.validation
        if evidence is not None:
            self._metrics.trials.labels(evidence.verdict, evidence.reason).inc()


def _said(new: Condition) -> dict[str, str]:
    return {"status": new.status, "reason": new.reason, "message": new.message}


def _note(regarding: Reference, related: Reference | None, moved: Transition) -> Note:
    new = moved.new
    return Note(
        regarding=regarding,
        related=related,
        type="Warning" if moved.warning else "Normal",
        action=ACTIONS.get(new.type, "Reconcile"),
        reason=new.reason,
        text=f"{new.type}: {new.message or new.reason}",
        at=new.last_transition_time,
    )


def _since(before: GeneratedTool, end: datetime) -> datetime:
    """The last thing that happened before."""
    times = [c.last_transition_time for c in before.status.conditions]
    return max(times, default=before.metadata.creation_timestamp or end)


def _began(after: GeneratedTool, end: datetime) -> datetime:
    """When this generation was asked for, as far as can be seen: creation, or the first gate it moved."""
    if after.metadata.generation == 1 and after.metadata.creation_timestamp is not None:
        return after.metadata.creation_timestamp
    return min((c.last_transition_time for c in after.status.conditions if c.type in ACTIONS), default=end)


def _reference(kind: str, found: Any) -> Reference:
    return Reference(API_VERSION, kind, found.namespace, found.name, found.metadata.uid)
