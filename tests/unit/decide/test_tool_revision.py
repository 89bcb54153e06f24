"""The life of a ToolRevision, one row a sentence; deciding again an hour later changes nothing that time does not."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from cupel.analysis import ANALYSER
from cupel.api.approval_ledger import PullRequests
from cupel.api.tool_revision import AnalysisEvidence, Finding
from cupel.decide.plan import Delete
from cupel.decide.revision_world import READ_OF_POLICY
from cupel.decide.tool_revision import World, decide
from cupel.decide.trials import ContainerView

from .builders import (
    ACCEPTED,
    IMAGE,
    NOON,
    PASSED,
    code_of,
    done,
    last,
    ledger,
    policy,
    review,
    revision,
    summary,
    tool,
    trial,
    window,
)

REV = revision()
D = REV.spec.digest
EGRESS = tool(permissions={"egress": ["api.example.com:443"]})
CALLS_OUT = revision(EGRESS, analysis=ACCEPTED, validation=PASSED)
E = CALLS_OUT.spec.digest
TO = {"egress": ["api.example.com:443"]}
ANALYZED = revision(analysis=ACCEPTED)
VALIDATED = revision(analysis=ACCEPTED, validation=PASSED)
OLD = AnalysisEvidence(analyser="0", verdict="Accepted")
LIAR = AnalysisEvidence(
    analyser=ANALYSER,
    verdict="Refused",
    findings=(Finding(rule="capability-undeclared", line=3, message="calls out"),),
)
BAD = AnalysisEvidence(
    analyser=ANALYSER,
    verdict="Refused",
    findings=(Finding(rule="dynamic-code", line=2, message="eval"), Finding(rule="x", line=4, message="y")),
)
CRASH = AnalysisEvidence(
    analyser=ANALYSER, verdict="Refused", findings=(Finding(rule="analyser-timeout", line=0, message="slow"),)
)
FAILED = PASSED.model_copy(
    update={"verdict": "Failed", "reason": "TrialsFailed", "message": "1 of 1 trials failed"}
)
LEFT = (Delete("v1", "Pod", "sandbox", "p", "u"),)
LOST = {"harness": ContainerView(True, 137, "Error"), "phase": "Failed"}


def w(**changes: object) -> World:
    base = World(policy=policy(), ledger=ledger(), sandbox="sandbox", image=IMAGE, targets=("10.96.0.1:443",))
    return World(**(base.__dict__ | changes))


def since(hours: float) -> object:
    return revision(
        analysis=ACCEPTED, validation=PASSED, approval=window("Waiting", asked=NOON - timedelta(hours=hours))
    )


# fmt: off
CASES = [
    # sentence                                    revision    world                                                                   stops at                               summary                      does
    ("new code is analysed",                      REV,        w(),                                                                    "Analyzed=Unknown/Analyzing",          "Reconciling Ready=Unknown", ["Analyze"]),
    ("an older analyser's word does not count",   revision(analysis=OLD), w(),                                                        "Analyzed=Unknown/Analyzing",          "Reconciling Ready=Unknown", ["Analyze"]),
    ("refused code never runs",                   REV,        w(analysis=BAD),                                                        "Analyzed=False/CodeRefused",          "Stalled Ready=False",       []),
    ("a liar is told apart",                      REV,        w(analysis=LIAR),                                                       "Analyzed=False/PermissionsDiffer",    "Stalled Ready=False",       []),
    ("an analyser that fell refuses",             REV,        w(analysis=CRASH),                                                      "Analyzed=False/AnalyserFailed",       "Stalled Ready=False",       []),
    ("accepted code is tried",                    REV,        w(analysis=ACCEPTED),                                                   "Validated=Unknown/TrialStarting",     "Reconciling Ready=Unknown", ["Apply ConfigMap", "Apply ConfigMap", "Apply Pod"]),
    ("nothing starts without admission",          ANALYZED,   w(admission="policy gone"),                                             "Validated=Unknown/AdmissionNotReady", "Reconciling Ready=Unknown", []),
    ("nothing starts without a sandbox",          ANALYZED,   w(sandbox=""),                                                          "Validated=Unknown/SandboxMissing",    "Reconciling Ready=Unknown", []),
    ("nothing starts without a policy",           ANALYZED,   w(policy=None),                                                         "Validated=Unknown/PolicyMissing",     "Reconciling Ready=Unknown", []),
    ("a denied trial says so and is asked again", ANALYZED,   w(denied={f"Pod/{REV.name}-t0-0": "no"}),                               "Validated=Unknown/TrialDenied",       "Reconciling Ready=Unknown", ["Apply ConfigMap", "Apply ConfigMap", "Apply Pod"]),
    ("a running trial is left alone",             ANALYZED,   w(trials=(trial(REV, phase="Running", harness=ContainerView()),)),      "Validated=Unknown/TrialRunning",      "Reconciling Ready=Unknown", []),
    ("a lost trial is repeated",                  ANALYZED,   w(trials=(trial(REV, **LOST),)),                                        "Validated=Unknown/TrialStarting",     "Reconciling Ready=Unknown", ["Apply ConfigMap", "Apply ConfigMap", "Apply Pod"]),
    ("three lost trials refuse",                  ANALYZED,   w(trials=tuple(trial(REV, n, **LOST) for n in range(3))),               "Validated=False/HarnessCrashed",      "Stalled Ready=False",       []),
    ("a failed trial refuses",                    ANALYZED,   w(trials=(trial(REV, message=""), trial(REV, 1, message=""), trial(REV, 2, message=""))), "Validated=False/ReportMissing", "Stalled Ready=False", []),
    ("another image's trial is no proof",         ANALYZED,   w(trials=(trial(REV, image="other"),)),                                 "Validated=Unknown/TrialStarting",     "Reconciling Ready=Unknown", ["Apply ConfigMap", "Apply ConfigMap", "Apply Pod"]),
    ("nobody wants it any more",                  ANALYZED,   w(wanted=False, leftovers=LEFT),                                        "Validated=Unknown/Superseded",        "Reconciling Ready=Unknown", ["Delete Pod p"]),
    ("a pass waits for people",                   ANALYZED,   w(trials=(trial(REV),), leftovers=LEFT),                                "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("what is stored is tidied",                  VALIDATED,  w(leftovers=LEFT),                                                      "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     ["Delete Pod p"]),
    ("a deletion that is refused shows",          VALIDATED,  w(leftovers=LEFT, denied={"Delete Pod/p": "no"}),                       "Tidied=False/DeleteDenied",           "Suspended Ready=False",     ["Delete Pod p"]),
    ("a refusal of what is over does not show",   VALIDATED,  w(denied={"Delete Pod/p": "no", f"Pod/{REV.name}-t0-0": "no"}),         "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("a failure is stored",                       revision(analysis=ACCEPTED, validation=FAILED), w(),                                "Validated=False/TrialsFailed",        "Stalled Ready=False",       []),
    ("another attempt tries again",               revision(analysis=ACCEPTED, validation=FAILED), w(attempt=1),                       "Validated=Unknown/TrialStarting",     "Reconciling Ready=Unknown", ["Apply ConfigMap", "Apply ConfigMap", "Apply Pod"]),
    ("another attempt keeps a pass",              VALIDATED,  w(attempt=1),                                                           "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("a new image is proved anew",                VALIDATED,  w(image="new"),                                                         "Validated=Unknown/TrialStarting",     "Reconciling Ready=Unknown", ["Apply ConfigMap", "Apply ConfigMap", "Apply Pod"]),
    ("no ledger, no approval",                    VALIDATED,  w(ledger=None),                                                         "Approved=Unknown/LedgerMissing",      "Reconciling Ready=Unknown", []),
    ("one review is enough for floor 1",          VALIDATED,  w(ledger=ledger({D: review()})),                                        "Approved=True/Approved",              "Ready=True",                []),
    ("the requester's own review never counts",   VALIDATED,  w(ledger=ledger({D: review("alice")})),                                 "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("approval of another digest is none",        VALIDATED,  w(ledger=ledger({E: review()})),                                        "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("a rejection refuses",                       VALIDATED,  w(ledger=ledger({D: review(decision="Reject")})),                       "Approved=False/Rejected",             "Stalled Ready=False",       []),
    ("a rejection beats an approval",             VALIDATED,  w(ledger=ledger({D: review() | code_of(decision="Reject")})),           "Approved=False/Rejected",             "Stalled Ready=False",       []),
    ("condemned beats approved",                  VALIDATED,  w(ledger=ledger({D: review()}, {D: "bad"})),                            "Approved=False/Condemned",            "Stalled Ready=False",       []),
    ("floors of 0 ask nobody",                    VALIDATED,  w(ledger=ledger(floors=(0, 0)), policy=policy(approvals={"low": 0})),   "Approved=True/Approved",              "Ready=True",                []),
    ("a policy may ask for more",                 VALIDATED,  w(ledger=ledger({D: review()}), policy=policy(approvals={"low": 2})),   "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("a policy may not ask for less",             VALIDATED,  w(ledger=ledger(), policy=policy(approvals={"low": 0})),                "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("egress needs two channels",                 CALLS_OUT,  w(ledger=ledger({E: review() | TO})),                                   "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("two people on two channels",                CALLS_OUT,  w(ledger=ledger({E: review() | code_of() | TO})),                       "Approved=True/Approved",              "Ready=True",                []),
    ("one person on two channels is one",         CALLS_OUT,  w(ledger=ledger({E: review() | code_of("bob") | TO})),                  "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("unless the ledger lets them",               CALLS_OUT,  w(ledger=ledger({E: review() | code_of("bob") | TO}, separation="OnePersonTwoChannels")), "Approved=True/Approved", "Ready=True",             []),
    ("approval for other egress is none",         CALLS_OUT,  w(ledger=ledger({E: review() | code_of() | {"egress": ["evil.com:443"]}})), "Approved=Unknown/AwaitingApproval", "Suspended Ready=False",   []),
    ("23 h later it still waits",                 since(23),  w(),                                                                    "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("24 h later it is refused",                  since(24),  w(),                                                                    "Approved=False/ApprovalExpired",      "Stalled Ready=False",       []),
    ("approval that is seen too late is late",    since(24),  w(ledger=ledger({D: review()})),                                        "Approved=False/ApprovalExpired",      "Stalled Ready=False",       []),
    ("another attempt opens a new window",        since(25),  w(attempt=1),                                                           "Approved=Unknown/AwaitingApproval",   "Suspended Ready=False",     []),
    ("what was approved in time stays approved",  revision(analysis=ACCEPTED, validation=PASSED, approval=window(asked=NOON - timedelta(days=9))), w(ledger=ledger({D: review()})), "Approved=True/Approved", "Ready=True", []),
    ("a withdrawn approval asks again",           revision(analysis=ACCEPTED, validation=PASSED, approval=window(asked=NOON - timedelta(days=9))), w(), "Approved=Unknown/AwaitingApproval", "Suspended Ready=False", []),
]
# fmt: on


@pytest.mark.parametrize(
    ("rev", "seen", "stops_at", "sums_up", "does"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_one_pass(rev, seen, stops_at, sums_up, does):
    plan = decide(rev, seen, NOON)

    assert (last(plan), summary(plan), done(plan)) == (stops_at, sums_up, does)


@pytest.mark.parametrize(("rev", "seen"), [c[1:3] for c in CASES], ids=[c[0] for c in CASES])
def test_no_gate_reads_the_conditions_it_said_before(rev, seen):
    first = decide(rev, seen, NOON)
    silent = rev.status.model_copy(update={"conditions": ()})
    for status in (silent, silent.model_copy(update={"conditions": first.status.conditions})):
        plan = decide(rev.model_copy(update={"status": status}), seen, NOON)
        said = {"conditions": first.status.conditions}
        assert (plan.actions, plan.revisit) == (first.actions, first.revisit)
        assert plan.status.model_copy(update=said) == first.status


@pytest.mark.parametrize(("rev", "seen"), [c[1:3] for c in CASES], ids=[c[0] for c in CASES])
def test_a_second_look_at_the_same_world_changes_nothing(rev, seen):
    first = decide(rev, seen, NOON)
    remembered = rev.model_copy(update={"status": first.status})

    assert decide(remembered, seen, NOON + timedelta(seconds=30)).status == first.status


@pytest.mark.parametrize(("rev", "seen"), [c[1:3] for c in CASES], ids=[c[0] for c in CASES])
def test_of_a_policy_it_reads_only_the_fields_whose_change_wakes_it(rev, seen):
    only = seen.policy and SimpleNamespace(
        spec=SimpleNamespace(**{name: getattr(seen.policy.spec, name) for name in READ_OF_POLICY})
    )
    assert decide(rev, replace(seen, policy=only), NOON) == decide(rev, seen, NOON)


def test_refusals_name_line_rule_and_the_rest():
    plan = decide(REV, w(analysis=BAD), NOON)

    assert (
        plan.status.conditions[0].message == "line 2 [dynamic-code]: eval (and 1 more: kubectl cupel explain)"
    )


def test_the_deadline_is_kept_and_looked_for():
    plan = decide(since(23), w(), NOON)

    assert plan.status.approval.deadline == NOON + timedelta(hours=1)
    assert plan.revisit == timedelta(hours=1)


def test_tests_are_mounted_in_the_harness_alone():
    plan = decide(ANALYZED, w(), NOON)
    pod = plan.actions[-1].manifest
    mounts = {c["name"]: [m["name"] for m in c["volumeMounts"]] for c in pod["spec"]["containers"]}

    assert mounts == {"harness": ["tests", "tmp"], "tool": ["bundle", "tool-tmp"]}


PULLS = PullRequests(repository="acme/reviews")
PULLED = ledger().model_copy(update={"spec": ledger().spec.model_copy(update={"pull_requests": PULLS})})
# fmt: off
SAYS = [
    ("one channel, nobody yet",              VALIDATED, w(),                                            ["waits for 1 more of 1 approvals", ": a review (kubectl cupel approve word-count -n tools)"], ["--code"]),
    ("... or by pull request",                VALIDATED, w(ledger=PULLED),                               ["(kubectl cupel approve word-count -n tools); a merge of its pull request in acme/reviews is a review, too"], ["--code"]),
    ("two channels, nobody yet",             CALLS_OUT, w(),                                            ["2 more of 2", "a review (kubectl cupel approve word-count -n tools), and of another person a one-time code (kubectl cupel approve word-count -n tools --code -; once before: kubectl cupel codes enroll)"], []),
    ("two channels, the review was given",   CALLS_OUT, w(ledger=ledger({E: review() | TO})),           ["1 more of 2", ": a one-time code (kubectl cupel approve word-count -n tools --code -", "of somebody else than bob"], ["a review"]),
    ("two channels, the code was given",     CALLS_OUT, w(ledger=ledger({E: code_of() | TO})),          ["1 more of 2", ": a review (kubectl cupel approve word-count -n tools), of somebody else than carol"], ["--code"]),
    ("one person may use both channels",     CALLS_OUT, w(ledger=ledger({E: review() | TO}, separation="OnePersonTwoChannels")), ["a one-time code"], ["somebody else"]),
    ("one person used both and may not",     CALLS_OUT, w(ledger=ledger({E: review() | code_of("bob") | TO})), ["both channels were answered by the same person", "kubectl cupel revoke word-count -n tools"], ["--code"]),
    ("condemned",                            VALIDATED, w(ledger=ledger({D: review()}, {D: "bad"})),    [f"kubectl cupel pardon word-count --digest {D} -n tools"], []),
    ("the code is wrong",                    revision(analysis=ACCEPTED, validation=FAILED), w(),       ["Correct the tool and apply it again"], ["spec.attempt"]),
    ("the world was in the way",             ANALYZED,  w(trials=tuple(trial(REV, n, **LOST) for n in range(3))), ["raise spec.attempt"], ["Correct the tool"]),
]
# fmt: on


@pytest.mark.parametrize(("rev", "seen", "says", "silent"), [c[1:] for c in SAYS], ids=[c[0] for c in SAYS])
def test_a_message_says_what_helps_and_nothing_else(rev, seen, says, silent):
    message = decide(rev, seen, NOON).status.conditions[-1].message

    assert [part for part in says if part not in message] == [], message
    assert [part for part in silent if part in message] == [], message
