"""Judging trial Pods: what came of a run. Anything but a whole, bound, clean report is never a pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cupel.api.report import Failure, Report, parse_report


@dataclass(frozen=True)
class ContainerView:
    """One container of a trial Pod."""

    terminated: bool = False
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    """The termination message: at most 4 KiB, hostile until parsed."""
    waiting: str = ""
    """Why it has not started, such as ErrImagePull."""


@dataclass(frozen=True)
class TrialPod:
    """A trial Pod as it was seen."""

    name: str
    uid: str
    phase: str
    created_at: datetime
    image: str = ""
    pod_reason: str = ""
    """`status.reason`: Evicted, DeadlineExceeded, NodeLost..."""
    unschedulable: str = ""
    """The scheduler's message, when it finds no node."""
    deleting: bool = False
    harness: ContainerView = ContainerView()
    tool: ContainerView = ContainerView()


@dataclass(frozen=True)
class Verdict:
    """What came of a run: Running and Lost are none; a Lost run may be repeated."""

    kind: Literal["Running", "Passed", "Failed", "Lost"]
    reason: str
    message: str = ""
    report: Report | None = None


def judge(pod: TrialPod, nonce: str, digest: str, deadline: timedelta, now: datetime) -> Verdict:
    """The verdict on one run. A report counts only from a harness that ended well and knows the nonce."""
    if pod.harness.terminated and pod.harness.exit_code == 0:
        return _judge_report(pod, nonce, digest)
    if pod.tool.terminated and pod.tool.reason == "OOMKilled":
        return Verdict("Failed", "OutOfMemory", "the tool's container was killed for its memory use")
    if lost := _lost(pod):
        return lost
    if now - pod.created_at > deadline + timedelta(seconds=30):
        return _never_ended(pod)
    if pod.unschedulable:
        return Verdict("Running", "Unschedulable", f"no node takes the trial: {pod.unschedulable}")
    return Verdict("Running", "TrialRunning", pod.harness.waiting or pod.tool.waiting)


def _lost(pod: TrialPod) -> Verdict | None:
    if pod.pod_reason == "DeadlineExceeded":
        return Verdict("Failed", "TrialTimeout", "the trial did not end before its deadline")
    if pod.pod_reason:
        return Verdict("Lost", pod.pod_reason, f"the trial ended without a verdict: {pod.pod_reason}")
    if pod.deleting:
        return Verdict("Lost", "TrialDeleted", "the trial was deleted before it ended")
    if pod.harness.terminated:
        why = pod.harness.reason or "Error"
        message = f"the harness ended with code {pod.harness.exit_code} ({why}) and left no verdict"
        return Verdict("Lost", "HarnessCrashed", message)
    if pod.phase in ("Failed", "Succeeded", "Unknown"):
        return Verdict("Lost", "ReportMissing", f"the trial is {pod.phase} and its harness left no report")
    return None


def _never_ended(pod: TrialPod) -> Verdict:
    if pod.unschedulable:
        return Verdict("Failed", "Unschedulable", f"no node took the trial: {pod.unschedulable}")
    waiting = pod.harness.waiting or pod.tool.waiting
    if waiting:
        return Verdict("Failed", "TrialNotStarted", f"the trial's containers did not start: {waiting}")
    return Verdict("Failed", "TrialTimeout", "the trial did not end before its deadline")


def _judge_report(pod: TrialPod, nonce: str, digest: str) -> Verdict:
    report = parse_report(pod.harness.message)
    if isinstance(report, str):
        reason = "ReportMissing" if not pod.harness.message else "ReportUnreadable"
        return Verdict("Lost", reason, report)
    if report.nonce != nonce or report.digest != digest:
        return Verdict("Failed", "ReportForged", "the report does not carry this run's nonce and digest")
    if breaches := report.harness.breaches() + report.tool.breaches():
        return Verdict("Failed", "NotIsolated", "; ".join(breaches), report)
    if report.planted == "Passed":
        return Verdict("Failed", "ReportForged", "the planted trial, which must fail, passed", report)
    return _judge_trials(report)


def _judge_trials(report: Report) -> Verdict:
    if report.import_error:
        return Verdict(
            "Failed", "ImportFailed", f"the code cannot be imported: {report.import_error}", report
        )
    if report.failed or report.failures:
        return Verdict("Failed", *_failure(report), report)
    if report.planted != "Failed" or not report.passed:
        return Verdict("Lost", "ReportUnreadable", "the report names no trial that was run", report)
    return passes(report)


def passes(report: Report, further: str = "") -> Verdict:
    """The verdict on a report that nothing is held against; `further`: what else was proved."""
    trials = "trial" if report.passed == 1 else "trials"
    message = f"{report.passed} {trials} passed, the slowest in {report.slowest_milliseconds} ms{further}"
    return Verdict("Passed", "TrialsPassed", message, report)


FOR_THE_AUTHOR = frozenset(
    {
        "TrialsFailed", "ImportFailed", "ToolTimeout", "OutOfMemory", "ToolCrashed", "ReportForged",
        "PropertyBroken", "MutantsSurvive", "MutantsUnjudged",
    }
)  # fmt: skip
"""Refusals that another attempt with the same code does not change."""
SPECIAL = {"Timeout": "ToolTimeout", "OutOfMemory": "OutOfMemory", "Crashed": "ToolCrashed"}


def _failure(report: Report) -> tuple[str, str]:
    first: Failure | None = report.failures[0] if report.failures else None
    total = f"{report.failed} of {report.failed + report.passed} trials failed"
    if first is None:
        return "TrialsFailed", total
    reason = next((SPECIAL[f.reason] for f in report.failures if f.reason in SPECIAL), "TrialsFailed")
    detail = f"{first.kind.lower()} {first.name}: {first.reason}"
    return reason, f"{total}; {detail}{': ' + first.message if first.message else ''}"
