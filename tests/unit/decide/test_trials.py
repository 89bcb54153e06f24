"""What came of a trial: nothing but a whole, bound, clean report is a pass."""

from datetime import timedelta

import pytest

from cupel.api.report import Failure
from cupel.decide import desired
from cupel.decide.trials import ContainerView, judge

from .builders import HELD, NOON, report, revision, trial

REV = revision()
RUN = desired.trial_name(REV, 0, 0)
DEADLINE = timedelta(seconds=120)
RUNNING = {"phase": "Running", "harness": ContainerView()}


def failing(reason: str, message: str = "", **more: object) -> str:
    failure = Failure(kind="Example", name="two-words", reason=reason, message=message)  # type: ignore[arg-type]
    return report(REV, RUN, failed=1, failures=(failure,), **more)


def open_to(**wall: str) -> str:
    return report(REV, RUN, tool=HELD.model_copy(update=wall))


# fmt: off
CASES = [
    # sentence                            pod                                                                         minutes  kind       reason
    ("a clean report passes",             trial(REV),                                                                       0, "Passed",  "TrialsPassed"),
    ("no report is not a pass",           trial(REV, message=""),                                                           0, "Lost",    "ReportMissing"),
    ("a cut report is not a pass",        trial(REV, message=report(REV, RUN)[:-9]),                                        0, "Lost",    "ReportUnreadable"),
    ("a huge report is not a pass",       trial(REV, message="x" * 5000),                                                   0, "Lost",    "ReportUnreadable"),
    ("a list is no report",               trial(REV, message="[]"),                                                         0, "Lost",    "ReportUnreadable"),
    ("deep nesting is no report",         trial(REV, message="[" * 4000),                                                   0, "Lost",    "ReportUnreadable"),
    ("another run's nonce is forgery",    trial(REV, message=report(REV, "other")),                                         0, "Failed",  "ReportForged"),
    ("another digest is forgery",         trial(REV, message=report(REV, RUN, digest="sha256-" + "0" * 64)),                0, "Failed",  "ReportForged"),
    ("a planted trial that passes",       trial(REV, message=report(REV, RUN, planted="Passed")),                           0, "Failed",  "ReportForged"),
    ("a planted trial that did not run",  trial(REV, message=report(REV, RUN, planted="NotRun")),                           0, "Lost",    "ReportUnreadable"),
    ("a report of no trial",              trial(REV, message=report(REV, RUN, passed=0)),                                   0, "Lost",    "ReportUnreadable"),
    ("an open network",                   trial(REV, message=open_to(network="10.96.0.1:443 answered")),                    0, "Failed",  "NotIsolated"),
    ("a mounted token",                   trial(REV, message=open_to(token="a token is mounted")),                          0, "Failed",  "NotIsolated"),
    ("a writable root",                   trial(REV, message=open_to(filesystem="/usr can be written")),                    0, "Failed",  "NotIsolated"),
    ("another kernel",                    trial(REV, message=open_to(kernel="Linux 6.1")),                                  0, "Failed",  "NotIsolated"),
    ("code that cannot be imported",      trial(REV, message=report(REV, RUN, import_error="NameError")),                   0, "Failed",  "ImportFailed"),
    ("a wrong result",                    trial(REV, message=failing("WrongResult")),                                       0, "Failed",  "TrialsFailed"),
    ("a call that never ends",            trial(REV, message=failing("Timeout")),                                           0, "Failed",  "ToolTimeout"),
    ("a call that eats memory",           trial(REV, message=failing("OutOfMemory")),                                       0, "Failed",  "OutOfMemory"),
    ("a call that kills its process",     trial(REV, message=failing("Crashed")),                                           0, "Failed",  "ToolCrashed"),
    ("failures without a count",          trial(REV, message=failing("WrongResult").replace('"failed":1', '"failed":0')),   0, "Failed",  "TrialsFailed"),
    ("the tool's container OOM-killed",   trial(REV, **RUNNING | {"tool": ContainerView(True, 137, "OOMKilled")}),          0, "Failed",  "OutOfMemory"),
    ("the harness killed",                trial(REV, phase="Failed", harness=ContainerView(True, 137, "Error")),            0, "Lost",    "HarnessCrashed"),
    ("the harness OOM-killed",            trial(REV, phase="Failed", harness=ContainerView(True, 137, "OOMKilled")),        0, "Lost",    "HarnessCrashed"),
    ("a good report but exit code 1",     trial(REV, harness=ContainerView(True, 1, "Error", report(REV, RUN))),            0, "Lost",    "HarnessCrashed"),
    ("evicted",                           trial(REV, **RUNNING | {"phase": "Failed", "pod_reason": "Evicted"}),             0, "Lost",    "Evicted"),
    ("past its deadline",                 trial(REV, **RUNNING | {"phase": "Failed", "pod_reason": "DeadlineExceeded"}),    0, "Failed",  "TrialTimeout"),
    ("deleted by somebody",               trial(REV, **RUNNING | {"deleting": True}),                                       0, "Lost",    "TrialDeleted"),
    ("running",                           trial(REV, **RUNNING),                                                            1, "Running", "TrialRunning"),
    ("no node takes it, yet",             trial(REV, **RUNNING | {"phase": "Pending", "unschedulable": "no cpu"}),          1, "Running", "Unschedulable"),
    ("no node took it",                   trial(REV, **RUNNING | {"phase": "Pending", "unschedulable": "no cpu"}),          3, "Failed",  "Unschedulable"),
    ("an image that is not there",        trial(REV, **RUNNING | {"harness": ContainerView(waiting="ErrImagePull")}),       3, "Failed",  "TrialNotStarted"),
    ("a kubelet that forgot it",          trial(REV, **RUNNING),                                                            3, "Failed",  "TrialTimeout"),
    ("a node that is gone",               trial(REV, **RUNNING | {"phase": "Unknown"}),                                     0, "Lost",    "ReportMissing"),
]
# fmt: on


@pytest.mark.parametrize(
    ("pod", "minutes", "kind", "reason"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_verdict(pod, minutes, kind, reason):
    verdict = judge(
        pod, desired.nonce(REV, RUN), REV.spec.digest, DEADLINE, NOON + timedelta(minutes=minutes)
    )

    assert (verdict.kind, verdict.reason) == (kind, reason)
    assert verdict.kind in ("Passed", "Running") or verdict.message, "a refusal says why"


def test_nonces_differ_by_run_and_revision():
    other = REV.model_copy(update={"metadata": REV.metadata.model_copy(update={"uid": "another"})})

    assert len({desired.nonce(REV, "a"), desired.nonce(REV, "b"), desired.nonce(other, "a")}) == 3
