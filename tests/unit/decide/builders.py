"""Builders: the smallest good object of each kind, changed by keyword."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cupel.analysis import ANALYSER
from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.bundle import bundle_of, short
from cupel.api.generated_tool import GeneratedTool
from cupel.api.report import Isolation, Report
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import (
    AnalysisEvidence,
    ApprovalEvidence,
    ToolRevision,
    ValidationEvidence,
)
from cupel.decide import desired, generated_tool, pods, rollout, tool_revision
from cupel.decide.plan import Apply, Delete, Plan
from cupel.decide.tool_world import DeploymentView, LiveCheck, PodView
from cupel.decide.tool_world import World as ToolWorld
from cupel.decide.trials import ContainerView, TrialPod

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
IMAGE = "localhost/cupel-sandbox@sha256:" + "1" * 64
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}\n"
HELD = Isolation(kernel="", token="", filesystem="", network="")


def tool(
    name: str = "word-count", code: str = CODE, status: Any = None, meta: Any = None, **spec: Any
) -> GeneratedTool:
    wanted = {
        "description": "Count the words of a text.",
        "interface": {
            "inputSchema": {
                "type": "object",
                "properties": {"text": {"type": "string"}},
                "required": ["text"],
                "additionalProperties": False,
            },
            "outputSchema": {
                "type": "object",
                "properties": {"words": {"type": "integer"}},
                "required": ["words"],
            },
        },
        "examples": [{"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}}],
        "source": {"type": "Inline", "inline": {"code": code}},
        "requestedBy": "alice",
    }
    metadata = {
        "name": name,
        "namespace": "tools",
        "uid": "tool-uid",
        "generation": 7,
        "creationTimestamp": "2030-01-01T10:00:00Z",
    }
    body = {"metadata": metadata | (meta or {}), "spec": wanted | spec}
    made = GeneratedTool.parse(body)
    return made if status is None else made.model_copy(update={"status": status})


def policy(**spec: Any) -> ToolPolicy:
    return ToolPolicy.parse({"metadata": {"name": "default", "namespace": "tools"}, "spec": spec})


def ledger(
    decisions: Any = None,
    condemned: Any = None,
    floors: tuple[int, int] = (1, 2),
    separation: str = "TwoPeople",
) -> ApprovalLedger:
    return ApprovalLedger.parse(
        {
            "metadata": {"name": "ledger", "namespace": "tools"},
            "spec": {
                "floors": {"withoutEgress": floors[0], "withEgress": floors[1]},
                "separation": separation,
                "launcherImages": [IMAGE],
                "decisions": decisions or {},
            },
            "status": {"condemned": condemned or {}},
        }
    )


def review(by: str = "bob", decision: str = "Approve", **more: Any) -> dict[str, Any]:
    return {"review": {"decision": decision, "by": by}, **more}


def code_of(by: str = "carol", decision: str = "Approve") -> dict[str, Any]:
    return {"code": {"decision": decision, "by": by, "vouchedBy": "codes"}}


ACCEPTED = AnalysisEvidence(analyser=ANALYSER, verdict="Accepted")
PASSED = ValidationEvidence(
    run="r",
    image=IMAGE,
    attempt=0,
    verdict="Passed",
    reason="TrialsPassed",
    message="1 trials passed",
    finished_at=NOON,
)


def window(verdict: str = "Approved", attempt: int = 0, asked: datetime = NOON) -> ApprovalEvidence:
    return ApprovalEvidence(
        attempt=attempt,
        asked_at=asked,
        deadline=asked + timedelta(days=1),
        verdict=verdict,  # type: ignore[arg-type]
        needed=1,
        given=1 if verdict == "Approved" else 0,
    )


def revision(
    of: GeneratedTool | None = None, created: str = "2030-01-01T11:00:00Z", **status: Any
) -> ToolRevision:
    of = of or tool()
    manifest = desired.revision(of, bundle_of(of), "")
    del manifest["spec"]["version"]  # as before there were versions
    manifest["metadata"] |= {
        "uid": f"uid-{manifest['metadata']['name']}",
        "generation": 1,
        "creationTimestamp": created,
    }
    made = ToolRevision.parse(manifest)
    return made.model_copy(update={"status": made.status.model_copy(update=status)})


def grown(
    of: GeneratedTool | None = None, created: str = "2030-01-01T11:00:00Z", given: Any = None, **status: Any
) -> ToolRevision:
    """A revision that passed its own three gates under a ledger that approves it."""
    fresh = revision(of, created, **({"analysis": ACCEPTED, "validation": PASSED} | status))
    book = ledger(given if given is not None else {fresh.spec.digest: review()})
    world = tool_revision.World(policy=policy(), ledger=book, sandbox="sandbox", image=IMAGE)
    return fresh.model_copy(update={"status": tool_revision.decide(fresh, world, NOON).status})


def report(rev: ToolRevision, run: str, **changes: Any) -> str:
    good = Report(
        format="cupel.dev/report/v1",
        nonce=desired.nonce(rev, run),
        digest=rev.spec.digest,
        harness=HELD,
        tool=HELD,
        planted="Failed",
        passed=1,
        slowest_milliseconds=3,
    )
    return good.model_copy(update=changes).model_dump_json(by_alias=True)


def trial(
    rev: ToolRevision, number: int = 0, attempt: int = 0, message: str | None = None, **changes: Any
) -> TrialPod:
    name = desired.trial_name(rev, attempt, number)
    text = report(rev, name) if message is None else message
    base = TrialPod(
        name=name,
        uid=name,
        phase="Succeeded",
        created_at=NOON,
        image=IMAGE,
        harness=ContainerView(terminated=True, message=text),
    )
    return TrialPod(**(base.__dict__ | changes))


def deployed(of: GeneratedTool, rev: ToolRevision, **changes: Any) -> DeploymentView:
    template = pods.template_hash(rev, of.spec.serving, IMAGE)
    base = DeploymentView(name=rev.name, uid=rev.name, template=template, image=IMAGE, complete=True, ready=1)
    return DeploymentView(**(base.__dict__ | changes))


def pod(rev: ToolRevision, **changes: Any) -> PodView:
    base = PodView(name=f"{rev.name}-x", digest=short(rev.spec.digest), address="10.0.0.9", ready=True)
    return PodView(**(base.__dict__ | changes))


def live(
    of: GeneratedTool, rev: ToolRevision, verdict: str = "Passed", message: str = ""
) -> dict[Any, LiveCheck]:
    key = rollout.template_key(of, rev, ToolWorld())
    return {(rev.spec.digest, key): LiveCheck(verdict, message, NOON)}  # type: ignore[arg-type]


def world(*revisions: ToolRevision, approve: bool = True, **changes: Any) -> ToolWorld:
    decisions = {rev.spec.digest: review() for rev in revisions} if approve else {}
    base = ToolWorld(
        zone="serving", sandbox="sandbox", policy=policy(), ledger=ledger(decisions), revisions=revisions
    )
    return ToolWorld(**(base.__dict__ | changes))


def served(of: GeneratedTool, rev: ToolRevision, seen: ToolWorld | None = None) -> GeneratedTool:
    """The tool after `rev` came to serve."""
    seen = seen or world(rev, deployments=(deployed(of, rev),), pods=(pod(rev),), live=live(of, rev))
    return of.model_copy(update={"status": generated_tool.decide(of, seen, NOON).status})


def last(plan: Plan) -> str:
    """`Gate=Status/Reason` where the walk stopped."""
    gates = [
        c for c in plan.status.conditions if c.type not in ("Ready", "Reconciling", "Stalled", "Suspended")
    ]
    return f"{gates[-1].type}={gates[-1].status}/{gates[-1].reason}"


def summary(plan: Plan) -> str:
    """The conditions after the gates, such as `Stalled Ready=False`."""
    marks = [c.type for c in plan.status.conditions if c.type in ("Reconciling", "Stalled", "Suspended")]
    ready = next(c for c in plan.status.conditions if c.type == "Ready")
    return " ".join([*marks, f"Ready={ready.status}"])


def done(plan: Plan) -> list[str]:
    """What the plan does, such as `Apply Pod` or `Delete Deployment word-count-1`."""
    out = []
    for action in plan.actions:
        match action:
            case Apply(manifest):
                out.append(f"Apply {manifest['kind']}")
            case Delete(_, kind, _, name, _):
                out.append(f"Delete {kind} {name}")
            case other:
                out.append(type(other).__name__)
    return out
