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
            "lifecycle": "Retired",
            "successor": "count-words",
            "attempt": 0,
            "requestedBy": "ann@example.com",
            "contributors": ["ben@example.com"],
            "onBehalfOf": "agent-7",
            "origin": {
                "generator": "Template",
                "template": "word-count",
                "parameters": {"of": "text"},
                "gap": "gap-0123456789",
                "version": "1",
            },
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
            "version": "1.2.0",
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
            "agentReviewers": "Harmless",
            "pullRequests": {
                "repository": "acme/tools",
                "reviewers": [
                    {"account": 12, "login": "octo-cia", "person": "cia@example.com", "groups": ["reviewers"]}
                ],
            },
            "decisions": {DIGEST: entry()},
        },
    }


def entry() -> Object:
    return {
        "egress": ["api.example.com:443"],
        "review": {
            "decision": "Approve",
            "by": "cia@example.com",
            "at": TIME,
            "pullRequest": 7,
            "reason": "as asked",
        },
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
            "lifecycle": {"archiveAfterDays": 90},
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
            "version": "1.2.0",
            "since": TIME,
            "readyReplicas": 2,
            "sleep": "Archived",
        },
        "version": "1.2.0",
        "versions": {"1.2.0": DIGEST},
        "lastUsed": TIME,
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
    return {
        "observedGeneration": 1,
        "tools": 3,
        "calls": {"since": TIME, "lookedAt": TIME},
        "conditions": [condition(reason="InUse")],
    }


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


def autonomy_policy() -> Object:
    """A policy that uses every field of its spec."""
    return {
        "apiVersion": API_VERSION,
        "kind": "AutonomyPolicy",
        "metadata": {"name": "word-count"},
        "spec": {
            "targetRef": {"kind": "GeneratedTool", "name": "word-count"},
            "authority": "Act",
            "paused": False,
            "mode": "Balanced",
            "periodSeconds": 5,
            "signals": [
                {
                    "name": "latencyMilliseconds",
                    "type": "Gateway",
                    "staleSeconds": 30,
                    "least": 0,
                    "most": 60_000,
                },
                {"name": "queueLength", "type": "PodMetrics", "podMetrics": pod_metrics()},
                {"name": "cpuPercent", "type": "Prometheus", "prometheus": {"query": "sum(cpu)"}},
                {"name": "backlog", "type": "CloudWatch", "staleSeconds": 180, "cloudWatch": cloud_watch()},
            ],
            "objectives": [
                {"signal": "latencyMilliseconds", "atMost": 300, "weight": 2},
                {"signal": "errorPerMille", "atMost": 10},
                {"signal": "cpuPercent", "atLeast": 5, "atMost": 80},
                {"signal": "psiPerMille", "atLeast": 500},
            ],
            "scaling": {
                "minReplicas": 1,
                "maxReplicas": 10,
                "load": "throughputPerSecond",
                "capacityPerReplica": 7000,
                "startSeconds": 10,
                "stepUp": 2,
                "stepDown": 1,
                "warmReserve": 0,
                "idleSeconds": 600,
            },
            "tuning": {
                "enabled": True,
                "mostAdaptationPerMille": 500,
                "mostMemoryPerMille": 995,
                "leastHorizonSeconds": 5,
                "mostHorizonSeconds": 120,
            },
            "rollback": {"enabled": True, "degradationPercent": 10, "falseAlarmsPerThousandYears": 1000},
        },
    }


def pod_metrics() -> Object:
    return {
        "port": 9090,
        "path": "/metrics",
        "metric": "queue_length",
        "read": "Value",
        "across": "Sum",
        "scale": 1,
    }


def smallest_autonomy_policy(name: str = "smallest") -> Object:
    """Only what is required."""
    return {
        "apiVersion": API_VERSION,
        "kind": "AutonomyPolicy",
        "metadata": {"name": name},
        "spec": {"targetRef": {"kind": "GeneratedTool", "name": "word-count"}},
    }


def cloud_watch() -> Object:
    """A metric of a queue."""
    return {
        "region": "eu-west-1",
        "namespace": "AWS/SQS",
        "metricName": "ApproximateNumberOfMessagesVisible",
        "dimensions": [{"name": "QueueName", "value": "orders"}],
        "statistic": "Average",
        "metricPeriodSeconds": 60,
        "delaySeconds": 60,
        "read": "Value",
        "scale": 1,
    }


def deployment_policy() -> Object:
    """A policy of a Deployment."""
    return {
        "apiVersion": API_VERSION,
        "kind": "AutonomyPolicy",
        "metadata": {"name": "web"},
        "spec": {
            "targetRef": {"kind": "Deployment", "name": "web"},
            "signals": [{"name": "queueLength", "type": "PodMetrics", "podMetrics": pod_metrics()}],
            "scaling": {"load": "queueLength", "maxReplicas": 200},
            "rollback": {"enabled": True, "counters": counters()},
        },
    }


def counters() -> Object:
    """What the Pods of a Deployment count."""
    codes = {"label": "code", "values": ["5*", "429"]}
    return {
        "port": 9090,
        "path": "/metrics",
        "calls": {"metric": "http_requests_total"},
        "failed": {"metric": "http_requests_total", "where": [codes]},
        "seconds": {
            "metric": "http_request_duration_seconds",
            "where": [{"label": "code", "values": ["2*"]}],
        },
    }


def autonomy_status() -> Object:
    """A status that uses every field."""
    return {
        "observedGeneration": 1,
        "conditions": [
            condition("Seeing", reason="SignalsUsable"),
            condition("Acting", reason="Allowed"),
            condition(reason="Flying"),
        ],
        "seen": [
            {"name": "latencyMilliseconds", "value": "41.5", "at": TIME, "problem": ""},
            {"name": "cpuPercent", "problem": "Prometheus does not answer"},
        ],
        "believed": {
            "at": TIME,
            "level": "12.5",
            "levelDeviation": "0.8",
            "trend": "-0.01",
            "capacity": "7.2",
            "summary": "12.5 ± 0.8 calls/s, falling 0.01/s²; one Pod carries 7.2/s",
            "saved": "QUJD",
        },
        "forecast": {"secondsAhead": 15, "expected": "12.4", "high": "14.1", "replicas": 2},
        "tuned": {"adaptationPerMille": 100, "memoryPerMille": 980, "horizonSeconds": 15},
        "indices": {"omegaPerMille": 1000, "psiPerMille": 950, "betaPerMille": 1040},
        "evidence": {
            "templateHash": "6f9d7c5b8",
            "reason": "NoRegression",
            "message": "nothing speaks for a regression",
            "saved": "QUJD",
            "countedBy": "0123456789abcdef.0123456789ab",
        },
        "revisions": [
            {"templateHash": "6f9d7c5b8", "name": "web-6f9d7c5b8", "since": TIME, "goodAt": TIME},
            {
                "templateHash": "5c8b4d7f6",
                "name": "web-5c8b4d7f6",
                "since": TIME,
                "condemnedAt": TIME,
                "leftAt": TIME,
                "returnedAt": TIME,
            },
        ],
        "replicas": 2,
        "desiredReplicas": 4,
        "desiredAt": TIME,
        "decision": decided(),
        "history": [decided()],
    }


def decided() -> Object:
    return {
        "at": TIME,
        "action": "ScaleUp",
        "reason": "DemandAhead",
        "message": "demand of 14.1/s in 15 s takes 4 Pods",
        "confidencePercent": 83,
        "authority": "Act",
        "before": 2,
        "replicas": 4,
        "consistencyPerMille": 950,
        "judgedAt": TIME,
        "digest": DIGEST,
        "left": DIGEST,
        "outcome": "Right",
        "outcomeMessage": "demand took 4 Pods",
    }
