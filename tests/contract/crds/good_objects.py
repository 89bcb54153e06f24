"""Objects the API server must accept: one of each kind, and a full status of each."""

from __future__ import annotations

from tests.contract.crds.edits import Object

from cupel.api.bundle import bundle_of, revision_name
from cupel.api.generated_tool import GeneratedTool

API_VERSION = "cupel.dev/v1alpha1"
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}\n"
DIGEST = "sha256-" + "0123456789abcdef" * 4
OTHER = "sha256-" + "f" * 64
TIME = "2026-11-21T12:00:00Z"


def generated_tool(name: str = "word-count") -> Object:
    """A tool that uses every field of its spec."""
    return {
        "apiVersion": API_VERSION,
        "kind": "GeneratedTool",
        "metadata": {"name": name},
        "spec": {
            "description": "Count the words of a text.",
            "interface": {
                "toolName": f"text.{name}",
                "inputSchema": {
                    "type": "object",
                    "properties": {"text": {"type": "string"}},
                    "required": ["text"],
                    "additionalProperties": False,
                },
                "outputSchema": {"type": "object", "properties": {"words": {"type": "integer"}}},
            },
            "examples": [
                {"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}},
                {"name": "a-number", "arguments": {"text": 1}, "error": "text", "liveCheck": "Never"},
            ],
            "tests": [
                {
                    "name": "remembered",
                    "arguments": {"text": "a"},
                    "result": {"words": 1},
                    "state": {"before": {}, "after": {"total": 1}},
                    "exchanges": [exchange()],
                }
            ],
            "source": {"type": "Inline", "inline": {"code": CODE}},
            "permissions": {"egress": ["api.example.com:443"], "state": "PerTenant"},
            "policyRef": {"name": "default"},
            "serving": {"replicas": 2, "timeoutSeconds": 5, "memoryMebibytes": 128, "cpuMillicores": 500},
            "attempt": 0,
            "requestedBy": "ann@example.com",
            "contributors": ["ben@example.com"],
            "onBehalfOf": "agent-7",
        },
    }


def smallest_tool(name: str = "smallest") -> Object:
    """Only what is required."""
    return {
        "apiVersion": API_VERSION,
        "kind": "GeneratedTool",
        "metadata": {"name": name},
        "spec": {
            "description": "d",
            "interface": {"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
            "examples": [{"name": "e", "result": {}}],
            "source": {"type": "Inline", "inline": {"code": CODE}},
        },
    }


def exchange() -> Object:
    return {
        "request": {"method": "POST", "url": "https://api.example.com/v1", "body": "x"},
        "response": {"status": 200, "headers": [{"name": "etag", "value": "1"}], "body": "{}"},
    }


def tool_revision(tool: Object | None = None) -> Object:
    """The revision of a tool, made the way the operator makes it."""
    wanted = GeneratedTool.parse(tool or generated_tool())
    bundle = bundle_of(wanted)
    return {
        "apiVersion": API_VERSION,
        "kind": "ToolRevision",
        "metadata": {"name": revision_name(wanted.name, bundle.digest())},
        "spec": {
            "tool": wanted.name,
            "digest": bundle.digest(),
            "bundle": bundle.wire(),
            "egress": list(wanted.spec.permissions.egress),
            "requestedBy": wanted.spec.requested_by or "ann@example.com",
            "contributors": ["ben@example.com"],
            "onBehalfOf": "agent-7",
        },
    }


def approval_ledger() -> Object:
    return {
        "apiVersion": API_VERSION,
        "kind": "ApprovalLedger",
        "metadata": {"name": "ledger"},
        "spec": {
            "floors": {"withoutEgress": 1, "withEgress": 2},
            "separation": "TwoPeople",
            "launcherImages": ["localhost/cupel-sandbox@sha256:" + "a" * 64],
            "decisions": {DIGEST: entry()},
        },
    }


def entry() -> Object:
    return {
        "egress": ["api.example.com:443"],
        "review": {"decision": "Approve", "by": "cia@example.com", "at": TIME},
        "code": {"decision": "Reject", "by": "dan@example.com", "vouchedBy": "codes", "at": TIME},
    }


def tool_policy() -> Object:
    return {
        "apiVersion": API_VERSION,
        "kind": "ToolPolicy",
        "metadata": {"name": "default"},
        "spec": {
            "mode": "Active",
            "validation": {"memoryMebibytes": 128, "timeoutSeconds": 5, "deadlineSeconds": 120, "maxRuns": 3},
            "permissions": {"egress": ["*.example.com:443", "db:5432"], "state": "Allowed"},
            "approvals": {"low": 1, "medium": 2, "high": 2, "deadlineSeconds": 86400},
            "maxReplicas": 5,
            "retention": {"revisions": 5, "toolState": "Keep"},
        },
    }


def condition(
    kind: str = "Ready", status: str = "True", reason: str = "Serving", message: str = ""
) -> Object:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "observedGeneration": 1,
        "lastTransitionTime": TIME,
    }


def tool_status() -> Object:
    """A status that uses every field."""
    return {
        "observedGeneration": 1,
        "conditions": [condition("Validated", reason="Passed"), condition()],
        "toolName": "text.word-count",
        "revision": "word-count-0123456789",
        "digest": DIGEST,
        "risk": "High",
        "approvals": "1/2",
        "serving": {
            "revision": "word-count-0123456789",
            "digest": DIGEST,
            "since": TIME,
            "readyReplicas": 2,
        },
        "verifications": [{"digest": DIGEST, "template": "5d4f", "verdict": "Passed", "checkedAt": TIME}],
    }


def revision_status() -> Object:
    held = {"kernel": "", "token": "", "filesystem": "", "network": ""}
    return {
        "observedGeneration": 1,
        "conditions": [condition("Validated", reason="Passed"), condition()],
        "risk": "High",
        "analysis": {
            "analyser": "1",
            "verdict": "Refused",
            "capabilities": ["Egress"],
            "findings": [{"rule": "import", "line": 3, "message": "no", "suggestion": "leave it out"}],
            "moreFindings": 1,
        },
        "validation": {
            "run": "word-count-t0-1",
            "image": "localhost/cupel-sandbox@sha256:" + "a" * 64,
            "attempt": 0,
            "verdict": "Passed",
            "reason": "Passed",
            "report": {
                "format": "cupel.dev/report/v1",
                "nonce": "0" * 32,
                "digest": DIGEST,
                "harness": held,
                "tool": held,
                "planted": "Failed",
                "passed": 3,
                "failures": [{"kind": "Example", "name": "e", "reason": "Timeout"}],
            },
            "finishedAt": TIME,
        },
        "approval": {
            "attempt": 0,
            "askedAt": TIME,
            "deadline": TIME,
            "verdict": "Waiting",
            "needed": 2,
            "given": 1,
        },
    }


def policy_status() -> Object:
    return {"observedGeneration": 1, "tools": 3, "conditions": [condition(reason="InUse")]}


def ledger_status() -> Object:
    return {"condemned": {DIGEST: "rolled back by ann"}}


def code_enrollment() -> Object:
    return {
        "apiVersion": API_VERSION,
        "kind": "CodeEnrollment",
        "metadata": {"name": "enroll-1"},
        "spec": {
            "purpose": "Enroll",
            "publicKey": "A" * 43 + "=",
            "person": "cia@example.com",
            "groups": ["cupel-approvers", "system:authenticated"],
        },
    }


def enrollment_status() -> Object:
    waiting = condition(reason="AwaitingCode") | {"status": "Unknown"}
    return {
        "observedGeneration": 1,
        "sealed": "c2VhbGVk",
        "proof": "NewAndCurrentCode",
        "conditions": [waiting],
    }
