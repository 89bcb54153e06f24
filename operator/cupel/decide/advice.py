"""What a person can do about each reason: commands to run. docs/reasons.md says what each means."""

from __future__ import annotations

from dataclasses import dataclass

from .channels import COMMANDS, ENROLL, Channel
from .zone_claim import never_a_zone

EDIT = ("correct the tool and apply it again", "cupel check FILE   # the same judgement, without a cluster")
CORRECT = ("correct the code, or the example or test that asks for something else, and apply the tool again",)
"""`cupel check` runs nothing: what only a trial finds it does not find."""
AGAIN = ("to try again: kubectl patch gtool {tool} -n {namespace} --type merge -p '{again}'",)
DESCRIBE = "kubectl describe trev {revision} -n {namespace}"
ZONE = "kubectl cupel zone init {namespace} --launcher IMAGE@sha256:..."
REJECT = "kubectl cupel reject {tool} -n {namespace}"
ELSEWHERE = (
    "kubectl get namespaces -l cupel.dev/zone=serving",
    "apply the tool in one of these: {namespace} is never a zone",
)

ADVICE: dict[str, tuple[str, ...]] = {
    "AdmissionNotReady": (
        "have an administrator install the admission policies again: kubectl apply -k manifests/base",
    ),
    "Paused": (
        'kubectl patch tpol {policy} -n {namespace} --type merge -p \'{{"spec":{{"mode":"Active"}}}}\'',
    ),
    "Retired": ("kubectl cupel unretire {tool} -n {namespace}",),
    "SuccessorInvalid": ("name another GeneratedTool in spec.successor, or none, and apply the tool again",),
    "NameInvalid": (
        "apply the tool under another name: at most 63 lower-case letters, digits and hyphens, no dots",
    ),
    "NotAServingZone": (
        ZONE,
        "or apply the tool in a serving zone: kubectl get namespaces -l cupel.dev/zone=serving",
    ),
    "SandboxMissing": (ZONE,),
    "PolicyNotFound": (
        "kubectl get tpol -n {namespace}",
        "make that ToolPolicy, or correct spec.policyRef.name",
    ),
    "RequesterUnknown": ("have an administrator install manifests/base", "then apply the tool again"),
    "SourceInvalid": EDIT,
    "BundleTooLarge": EDIT,
    "SchemaInvalid": EDIT,
    "ExampleInvalid": EDIT,
    "PermissionNotAllowed": (
        "ask for less, or have {policy} allow it: kubectl edit tpol {policy} -n {namespace}",
    ),
    "NameReserved": ("choose another spec.interface.toolName and apply the tool again",),
    "GapNotFound": (
        "kubectl delete gtool {tool} -n {namespace}",
        "or let a person apply the tool: then that person asks for it",
    ),
    "NameTaken": ("choose another spec.interface.toolName and apply the tool again",),
    "RevisionDenied": ("let somebody apply the tool who did not decide about this digest",),
    "CodeRefused": EDIT,
    "PermissionsDiffer": ("make spec.permissions say what the code does, or change the code", EDIT[1]),
    "AnalyserFailed": ("make the code smaller or simpler", EDIT[1]),
    "TrialDenied": (DESCRIBE,),
    "PolicyMissing": ("make ToolPolicy {policy} again",),
    "Unschedulable": (
        "kubectl describe nodes   # is there a node with RuntimeClass gvisor and room?",
        *AGAIN,
    ),
    "TrialsFailed": CORRECT,
    "ImportFailed": CORRECT,
    "ToolTimeout": (
        "make run() quicker and apply the tool again",
        "or raise validation.timeoutSeconds of ToolPolicy {policy}, and then",
        *AGAIN,
    ),
    "OutOfMemory": (
        "use less memory and apply the tool again",
        "or raise validation.memoryMebibytes of ToolPolicy {policy}, and then",
        *AGAIN,
    ),
    "ToolCrashed": CORRECT,
    "PropertyBroken": (
        "keep the promise for the arguments shown, or narrow spec.interface.inputSchema; apply it again",
        DESCRIBE,
    ),
    "MutantsSurvive": (
        "add examples or tests that notice the changes shown, and apply the tool again",
        "or lower validation.mutantsKilledPercent of ToolPolicy {policy}, and then",
        *AGAIN,
    ),
    "MutantsUnjudged": (
        "change what the message names, so that its trials can judge changes of the code; apply it again",
        "or set validation.mutantsKilledPercent of ToolPolicy {policy} to 0, and then",
        *AGAIN,
    ),
    "NotIsolated": ("mend the cluster: the message says which wall did not hold", *AGAIN),
    "ReportForged": ("read the code: it tried to write its own verdict",),
    "ReportUnreadable": AGAIN,
    "ReportMissing": AGAIN,
    "TrialTimeout": (
        "make the trials quicker, or raise validation.deadlineSeconds of ToolPolicy {policy}",
        *AGAIN,
    ),
    "TrialNotStarted": ("kubectl describe pods -n {namespace} -l cupel.dev/tool={tool}", *AGAIN),
    "TrialDeleted": AGAIN,
    "HarnessCrashed": AGAIN,
    "AwaitingApproval": (
        "kubectl cupel approve {tool} -n {namespace}   # by somebody who did not ask for it",
        REJECT,
    ),
    "LedgerMissing": (ZONE,),
    "ApprovalWithdrawn": ("kubectl cupel approve {tool} -n {namespace}",),
    "ApprovalExpired": AGAIN,
    "Rejected": (
        "change the tool, or have the decision taken back: kubectl cupel revoke {tool} -n {namespace}",
    ),
    "Condemned": (
        "change the tool, or lift it: kubectl cupel pardon {tool} --digest {digest} -n {namespace}",
    ),
    "CondemnDenied": (
        "stop it meanwhile: kubectl cupel revoke {tool} --digest DIGEST -n {namespace}   # verb revoke",
        "then do what the message says; the rollback goes on by itself",
    ),
    "RollbackInvalid": (
        "kubectl cupel rollback {tool} --digest DIGEST -n {namespace}",
        "or take the request off: kubectl annotate gtool {tool} -n {namespace} cupel.dev/condemn-",
    ),
    "NotValidated": ("wait: the revision is proved with the present sandbox image", DESCRIBE),
    "PodsDenied": (
        "kubectl get ledger ledger -n {namespace} -o yaml   # is the image one of launcherImages?",
    ),
    "ImageMissing": (
        "kubectl get ledger ledger -n {namespace} -o yaml   # can the node get launcherImages?",
    ),
    "ScaledToZero": ("kubectl scale gtool {tool} -n {namespace} --replicas=1",),
    "DeploymentDenied": ("kubectl get resourcequota -n {namespace}   # the message is the API server's",),
    "ToolCrashing": ("kubectl logs -n {namespace} -l cupel.dev/tool={tool} --tail=50", *AGAIN),
    "LiveCheckFailed": ("change the tool", *AGAIN),
    "CanaryRunning": (
        "wait; or stop it: kubectl cupel rollback {tool} -n {namespace}   # what serves goes on serving",
    ),
    "LiveCheckFailing": ("kubectl logs -n {namespace} -l cupel.dev/tool={tool} --tail=50",),
}
WAYS: dict[Channel, str] = {
    "review": COMMANDS["review"] + "   # by somebody who did not ask for it",
    "code": COMMANDS["code"] + f"   # a one-time code; once before: {ENROLL}",
}
WAIT = ("nothing: this ends by itself. kubectl cupel get {tool} -n {namespace} -w",)
UNKNOWN = ("kubectl describe gtool {tool} -n {namespace}",)


@dataclass(frozen=True)
class About:
    """The tool an advice is for, as far as commands name it."""

    tool: str
    namespace: str
    policy: str
    attempt: int
    revision: str = ""
    """Name of the ToolRevision asked for, where it exists."""
    digest: str = ""
    missing: tuple[Channel, ...] = ()
    """Channels that must still approve, where that is known."""


def advice(about: About, reason: str, status: str) -> tuple[str, ...]:
    """What to do next, commands written out for this tool."""
    lines = ADVICE.get(reason, WAIT if status == "Unknown" else (*UNKNOWN, *AGAIN))
    if ZONE in lines and never_a_zone(about.namespace):
        lines = ELSEWHERE
    if reason == "AwaitingApproval" and about.missing:
        lines = (*(WAYS[channel] for channel in about.missing), REJECT)
    attempt = f'{{"spec":{{"attempt":{about.attempt + 1}}}}}'
    return tuple(
        line.format(
            tool=about.tool,
            namespace=about.namespace,
            policy=about.policy,
            revision=about.revision or about.tool,
            digest=about.digest,
            again=attempt,
        )
        for line in lines
    )
