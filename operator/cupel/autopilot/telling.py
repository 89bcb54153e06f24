"""Saying what became true: events, log lines and metrics, after the status was written."""

from __future__ import annotations

import logging
from functools import partial
from typing import Literal

from cupel import clock
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.common import Condition
from cupel.control.fleet import ACTIONS, REASONS
from cupel.decide.autonomy import Told
from cupel.kube.recorder import Note, Recorder, Reference
from cupel.kube.resources import AUTONOMY_POLICY

from .look import Flown, Look
from .metrics import Metrics

log = logging.getLogger("cupel.autopilot")
QUIET = frozenset({"NotAllowed", "Allowed"})
"""Reasons that only repeat what a person wrote into the spec."""
TURN = frozenset({"Ready", "Seeing", "Acting"})
"""Conditions that say something by themselves; the others repeat these in the words of other tools."""
FIGURES = {
    "demand_per_second": "demand", "level_per_second": "level", "level_deviation_per_second": "level_sd",
    "trend_per_second": "trend", "capacity_per_second": "capacity", "forecast_per_second": "expected",
    "forecast_high_per_second": "high", "innovation_consistency": "nis", "confidence": "confidence",
    "desired_replicas": "replicas", "blind": "blind", "adaptation": "eta", "memory": "gamma",
    "horizon_seconds": "tau", "omega_score": "omega", "psi_index": "psi", "beta_antifragile": "beta",
}  # fmt: skip
"""Gauges by the engine's names."""


class Telling:
    """Steady state is silent: an Event for every move and every condition that turned, and nothing else."""

    def __init__(self, recorder: Recorder, metrics: Metrics) -> None:
        self._recorder = recorder
        self._metrics = metrics

    def measured(self, look: Look, one: Flown) -> None:
        """The gauges and counters of one policy's look."""
        outcome, row, target = look.outcome, one.row, one.target.deployment
        figures = {name: float(getattr(outcome, column)[row]) for name, column in FIGURES.items()}
        figures["replicas"] = float(target.replicas) if target else float("nan")
        figures |= look.flight.held.figures(row)
        figures["signals_missing"] = float(sum(bool(signal.problem) for signal in one.seen))
        self._metrics.instruments.policies[one.place] = figures
        action, reason = ACTIONS[int(outcome.action[row])], REASONS[int(outcome.reason[row])]
        self._metrics.decisions.labels(*one.place, action, reason).inc()

    def told(self, before: AutonomyPolicy, after: AutonomyPolicy, news: tuple[Told, ...]) -> None:
        """`after` is as it was stored."""
        old = {one.type: one for one in before.status.conditions}
        for new in after.status.conditions:
            known = old.get(new.type)
            if new.type in TURN and new.reason not in QUIET and (known is None or known.reason != new.reason):
                self._turned(after, new, first=known is None)
        noted = {one.at for one in before.status.history}
        for decided in after.status.history:
            if decided.action == "Rollback" and decided.at not in noted:
                self._metrics.rollbacks.labels(after.namespace, after.name, decided.authority).inc()
        for one in news:
            self._note(after, one.kind, one.action, one.reason, one.message)
            said = {
                "namespace": after.namespace,
                "policy": after.name,
                "action": one.action,
                "reason": one.reason,
            }
            log.info("%s", one.message, extra={"fields": said})

    def _turned(self, policy: AutonomyPolicy, new: Condition, *, first: bool) -> None:
        """At the first look at a policy nothing was measured yet, which is no reason to warn anybody."""
        early = first and new.reason == "SignalsMissing"
        bad = new.status == "False" and new.reason not in ("Paused", "AllPaused") and not early
        self._note(policy, "Warning" if bad else "Normal", new.type, new.reason, new.message or new.reason)

    def _note(
        self, policy: AutonomyPolicy, kind: Literal["Normal", "Warning"], action: str, reason: str, text: str
    ) -> None:
        about = Reference(
            AUTONOMY_POLICY.api_version,
            AUTONOMY_POLICY.name,
            policy.namespace,
            policy.name,
            policy.metadata.uid,
        )
        self._recorder.record(partial(Note, about, None, kind, action, reason, text, clock.now()))
