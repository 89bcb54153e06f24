"""A pair of zones made by `cupel zone init` on a real API server, people in it, and the operator's part played by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.contract.admission.server import CODES, GROUPS, OPERATOR, PATHS, Answer, Body, Server, eventually
from tests.support.waiting import until as until
from typer.testing import CliRunner, Result

from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.cli.app import app
from cupel.decide import desired

LAUNCHER = "cupel-sandbox@sha256:" + "0" * 64
RBAC = "rbac.authorization.k8s.io"
NOW = "2026-11-21T12:00:00Z"


def manifest(namespace: str, name: str, code: str, description: str = "Count the words.") -> Body:
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "GeneratedTool",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "description": description,
            "interface": {
                "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}},
                "outputSchema": {"type": "object", "properties": {"words": {"type": "integer"}}},
            },
            "examples": [{"name": "two", "arguments": {"text": "a b"}, "result": {"words": 2}}],
            "source": {"type": "Inline", "inline": {"code": code}},
        },
    }


def condition(kind: str, status: str, reason: str, message: str = "") -> Body:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": datetime.now(UTC).isoformat(),
    }


@dataclass
class Stage:
    """One serving namespace; `cupel` runs the command line there, as somebody or as the administrator."""

    server: Server
    namespace: str
    made: dict[str, str] = field(default_factory=dict)
    """Digest by revision name."""

    def cupel(self, *args: str, person: str = "", text: str = "") -> Result:
        who = ["--as", person, *(f"--as-group={group}" for group in GROUPS.get(person, ()))] if person else []
        place = [] if args[0] == "zone" else ["-n", self.namespace]
        words = 2 if args[0] in ("zone", "ledger") else 1
        return CliRunner().invoke(app, [*args[:words], *place, *who, *args[words:]], input=text)

    def path(self, kind: str, name: str) -> str:
        return f"{PATHS[kind].format(self.namespace)}/{name}"

    def read(self, kind: str, name: str) -> Body:
        return self.server.get(self.path(kind, name))

    @property
    def ledger(self) -> Body:
        return self.read("ApprovalLedger", "ledger")

    @property
    def decisions(self) -> Body:
        found: Body = self.ledger["spec"].get("decisions", {})
        return found

    def tool(self, name: str, code: str, person: str = "alice") -> None:
        """Create a tool, or change its code, as a person."""
        body = manifest(self.namespace, name, code)
        made = self.server.create(body, person)
        if made.code == 409:
            self.server.patch(self.path("GeneratedTool", name), {"spec": body["spec"]}, person).allowed()
        elif not made.ok:  # policies with parameters, and roles, hold in a zone just made with some lag
            eventually(lambda: self.server.create(body, person), allowed=True, seconds=60).allowed()

    def revise(self, name: str) -> str:
        """Make the revision of what the tool asks for, as the operator; answers its digest."""
        tool = GeneratedTool.parse(self.read("GeneratedTool", name))
        body = desired.revision(tool, bundle_of(tool), "1.0.0")
        eventually(lambda: self.server.create(body, OPERATOR), allowed=True).allowed()
        digest: str = body["spec"]["digest"]
        self.made[body["metadata"]["name"]] = digest
        self._until_rules_know(digest, tool.spec.requested_by or "")
        return digest

    def _until_rules_know(self, digest: str, requester: str) -> None:
        """The ledger's rules see a new revision with some lag."""
        entry = {"review": {"decision": "Approve", "by": requester}}
        own = {"spec": {"decisions": {digest: entry}}}
        path = self.path("ApprovalLedger", "ledger") + "?dryRun=All"
        eventually(
            lambda: self.server.patch(path, own, "" if requester not in GROUPS else requester),
            allowed=False,
            fragment="own request" if "cupel-approvers" in GROUPS.get(requester, ()) else "",
        )

    def status(self, name: str, *conditions: Body, **more: Any) -> None:
        """What the operator found about a tool's present spec."""
        generation = self.read("GeneratedTool", name)["metadata"]["generation"]
        status = {"observedGeneration": generation, "conditions": list(conditions), **more}
        self.server.patch(
            self.path("GeneratedTool", name) + "/status", {"status": status}, OPERATOR
        ).allowed()

    def evidence(self, revision: str, **status: Any) -> None:
        self.server.patch(
            self.path("ToolRevision", revision) + "/status", {"status": status}, OPERATOR
        ).allowed()

    def condemn(self, digest: str, why: str = "rollback") -> Answer:
        path = self.path("ApprovalLedger", "ledger") + "/status"
        return self.server.patch(path, {"status": {"condemned": {digest: why}}}, OPERATOR).allowed()

    def obey(self, name: str) -> str:
        """Condemn what the tool's annotation asks for, and note that; answers the digest."""
        request = until(lambda: self.request(name))
        digest: str = request.partition("@")[0]
        self.condemn(digest)
        self.server.patch(
            self.path("GeneratedTool", name) + "/status", {"status": {"rollbackObeyed": request}}, OPERATOR
        ).allowed()
        return digest

    def request(self, name: str) -> str:
        annotations = self.read("GeneratedTool", name)["metadata"].get("annotations") or {}
        return str(annotations.get("cupel.dev/condemn", ""))

    def code_channel(self, digest: str, person: str) -> None:
        """A one-time code of `person`, as the code service writes it."""
        role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cupel-codes-zone"}
        subject = {"kind": "ServiceAccount", "name": "cupel-codes", "namespace": "cupel-system"}
        binding = {"metadata": {"name": "cupel-codes"}, "roleRef": role, "subjects": [subject]}
        self.server.call("POST", f"/apis/{RBAC}/v1/namespaces/{self.namespace}/rolebindings", binding)
        said = {"decision": "Approve", "by": person, "vouchedBy": CODES}
        patch = {"spec": {"decisions": {digest: {"egress": [], "code": said}}}}
        path = self.path("ApprovalLedger", "ledger")
        eventually(lambda: self.server.patch(path, patch, CODES), allowed=True).allowed()

    def serving(self, digest: str) -> Body:
        name = next(name for name, each in self.made.items() if each == digest)
        return {"revision": name, "digest": digest, "since": NOW, "readyReplicas": 1}


def said(result: Result) -> Any:
    """The JSON a command printed."""
    return json.loads(result.stdout)
