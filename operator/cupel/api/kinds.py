"""The kinds by name: how `kubectl` calls them, what it shows of them, what it can select by."""

from __future__ import annotations

from dataclasses import dataclass

from .approval_ledger import ApprovalLedger
from .autonomy_policy import AutonomyPolicy
from .capability_gap import CapabilityGap
from .code_enrollment import CodeEnrollment
from .common import Resource
from .generated_tool import GeneratedTool
from .tool_policy import ToolPolicy
from .tool_revision import ToolRevision


@dataclass(frozen=True)
class Column:
    """One column of `kubectl get`; `wide` ones only show with `-o wide`."""

    name: str
    path: str
    description: str
    type: str = "string"
    wide: bool = False


@dataclass(frozen=True)
class Scale:
    """Where `kubectl scale` reads and writes the number of Pods."""

    spec: str
    status: str


@dataclass(frozen=True)
class Kind:
    """One kind and its names. All are namespaced, of category `cupel`, and have a status subresource."""

    model: type[Resource]
    plural: str
    short: str
    columns: tuple[Column, ...]
    selectable: tuple[str, ...] = ()
    scale: Scale | None = None

    @property
    def name(self) -> str:
        return self.model.__name__


def _condition(field: str, kind: str = "Ready") -> str:
    return f'.status.conditions[?(@.type=="{kind}")].{field}'


READY = Column("Ready", _condition("status"), "Whether it is ready.")
REASON = Column("Reason", _condition("reason"), "Why it is, or is not, ready.")
MESSAGE = Column("Message", _condition("message"), "What is wrong, and what would make it right.", wide=True)
RISK = Column("Risk", ".status.risk", "Risk class, from the permissions.")
AGE = Column("Age", ".metadata.creationTimestamp", "When it was made.", "date")

KINDS = (
    Kind(
        GeneratedTool,
        "generatedtools",
        "gtool",
        (
            READY,
            REASON,
            RISK,
            Column("Approved", ".status.approvals", "Channels that approved, of those needed."),
            Column("Serves", ".status.serving.revision", "The ToolRevision that serves."),
            Column("Version", ".status.serving.version", "The version that serves."),
            AGE,
            Column("Tool name", ".status.toolName", "MCP name agents call it by.", wide=True),
            Column("Digest", ".status.digest", "Digest of the present spec.", wide=True),
            MESSAGE,
        ),
        (".spec.policyRef.name", ".status.risk", ".status.toolName", ".status.digest"),
        Scale(".spec.serving.replicas", ".status.serving.readyReplicas"),
    ),
    Kind(
        ToolRevision,
        "toolrevisions",
        "trev",
        (
            Column("Tool", ".spec.tool", "The GeneratedTool this is a version of."),
            Column("Version", ".spec.version", "Semantic version; empty where it is older than versions."),
            READY,
            REASON,
            RISK,
            AGE,
            Column("Digest", ".spec.digest", "Digest of the bundle.", wide=True),
            Column("Requested by", ".spec.requestedBy", "Who asked for this content.", wide=True),
            MESSAGE,
        ),
        (".spec.tool", ".spec.digest", ".status.risk"),
    ),
    Kind(
        ApprovalLedger,
        "approvalledgers",
        "ledger",
        (
            Column("Separation", ".spec.separation", "Whether two channels need two people."),
            Column("Floor", ".spec.floors.withoutEgress", "Channels needed without egress.", "integer"),
            Column("Egress floor", ".spec.floors.withEgress", "Channels needed with egress.", "integer"),
            AGE,
        ),
    ),
    Kind(
        ToolPolicy,
        "toolpolicies",
        "tpol",
        (
            Column("Mode", ".spec.mode", "Whether new things start."),
            Column("Tools", ".status.tools", "GeneratedTools that name it.", "integer"),
            READY,
            REASON,
            AGE,
            MESSAGE,
        ),
        (".spec.mode",),
    ),
    Kind(
        CodeEnrollment,
        "codeenrollments",
        "cenr",
        (
            Column("Person", ".spec.person", "Who made it."),
            Column("Purpose", ".spec.purpose", "Whether it enrolls its maker or resets somebody."),
            READY,
            REASON,
            AGE,
            Column("Resets", ".spec.resets", "Whose enrolment it removes.", wide=True),
            MESSAGE,
        ),
        (".spec.person",),
    ),
    Kind(
        AutonomyPolicy,
        "autonomypolicies",
        "apol",
        (
            Column("Target", ".spec.targetRef.name", "What is flown."),
            Column("Authority", ".spec.authority", "Observe, Recommend or Act."),
            READY,
            REASON,
            Column(
                "Acting", _condition("reason", "Acting"), "Whether it may do what it decides, or why not."
            ),
            Column("Decision", ".status.decision.action", "The decision of the last period."),
            Column("Pods", ".status.replicas", "Pods there are.", "integer"),
            Column("Desired", ".status.desiredReplicas", "Pods wanted.", "integer"),
            AGE,
            Column("Belief", ".status.believed.summary", "What is believed of demand.", wide=True),
            Column("Mode", ".spec.mode", "How sure a decision must be.", wide=True),
            MESSAGE,
        ),
        (".spec.targetRef.kind", ".spec.targetRef.name", ".spec.authority"),
    ),
    Kind(
        CapabilityGap,
        "capabilitygaps",
        "gap",
        (
            READY,
            REASON,
            Column("Reports", ".status.reports", "How often it was asked for.", "integer"),
            Column("Callers", ".status.callers", "How many asked for it.", "integer"),
            Column("Plan", ".status.plan.generator", "What will be done about it."),
            Column("Tool", ".status.plan.toolName", "The tool that answers it, or will."),
            AGE,
            Column("Wish", ".spec.wish", "What is missing.", wide=True),
            Column("Advice", ".status.recommendation", "What is best done about it.", wide=True),
            Column("Priority", ".status.priorityPerMille", "In thousandths.", "integer", wide=True),
            MESSAGE,
        ),
        (".spec.policyRef.name", ".spec.origin", ".status.tool"),
    ),
)
