"""Making objects of our kinds on the server, and reading what it says."""

from __future__ import annotations

from tests.contract.crds import good_gaps
from tests.contract.crds import good_objects as good
from tests.contract.crds.apiserver import Answer, Server
from tests.contract.crds.edits import Object

from cupel.api.kinds import KINDS

BY_NAME = {kind.name: kind for kind in KINDS}
GOOD = {
    "GeneratedTool": good.generated_tool,
    "ToolRevision": good.tool_revision,
    "ApprovalLedger": good.approval_ledger,
    "ToolPolicy": good.tool_policy,
    "CodeEnrollment": good.code_enrollment,
    "AutonomyPolicy": good.autonomy_policy,
    "CapabilityGap": good_gaps.capability_gap,
}
STATUS = {
    "GeneratedTool": good.tool_status,
    "ToolRevision": good.revision_status,
    "ApprovalLedger": good.ledger_status,
    "ToolPolicy": good.policy_status,
    "CodeEnrollment": good.enrollment_status,
    "AutonomyPolicy": good.autonomy_status,
    "CapabilityGap": good_gaps.gap_status,
}


def path(namespace: str, kind: str, name: str = "", query: str = "") -> str:
    where = f"/apis/cupel.dev/v1alpha1/namespaces/{namespace}/{BY_NAME[kind].plural}"
    return where + (f"/{name}" if name else "") + (f"?{query}" if query else "")


def create(server: Server, namespace: str, body: Object, query: str = "") -> Answer:
    return server.call("POST", path(namespace, body["kind"], "", f"fieldValidation=Strict{query}"), body)


def stored(server: Server, namespace: str, body: Object) -> Object:
    """The object as the server holds it, made if it is not there yet."""
    name = body["metadata"]["name"]
    found = server.call("GET", path(namespace, body["kind"], name))
    if found.code == 404:
        return create(server, namespace, body).good()
    return found.good()


def refusal(answer: Answer) -> str:
    assert answer.code in (400, 422), f"{answer.code}: {answer.message or 'accepted'}"
    return answer.message
