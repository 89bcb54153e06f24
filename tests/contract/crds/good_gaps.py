"""CapabilityGaps the API server must accept: one that uses every field, the smallest, and a full status."""

from __future__ import annotations

from tests.contract.crds.edits import Object
from tests.contract.crds.good_objects import API_VERSION, DIGEST, TIME, condition

DOCUMENT = '{"openapi": "3.1.0", "paths": {"/rate": {"get": {"operationId": "getRate"}}}}'


def capability_gap(name: str = "gap-0123456789") -> Object:
    """A gap that uses every field of its spec, but `openapi`: only one way may be named."""
    return {
        "apiVersion": API_VERSION,
        "kind": "CapabilityGap",
        "metadata": {"name": name},
        "spec": {
            "wish": "the median and the 90th percentile\n\tof a list of numbers: Größe, 大きさ, 📏",
            "tried": ["word-count: counts words only"],
            "checked": ["word-count", "unit-convert"],
            "examples": [{"arguments": {"numbers": [1, 2, 9]}, "result": {"median": 2}}],
            "toolName": "median",
            "origin": "Agent",
            "policyRef": {"name": "default"},
            "template": {"name": "statistics", "parameters": {"which": ["median"]}},
            "demand": {
                "reports": 7,
                "callers": [
                    {"by": "agent-7", "reports": 5, "lastAt": TIME},
                    {"by": "agent-8", "lastAt": TIME},
                ],
                "firstAt": TIME,
                "lastAt": TIME,
            },
            "closed": {"because": "a spreadsheet does it"},
            "requestedBy": "system:serviceaccount:cupel-system:cupel-gateway",
            "contributors": ["ben@example.com"],
            "onBehalfOf": "agent-7",
        },
    }


def smallest_gap(name: str = "smallest") -> Object:
    return {
        "apiVersion": API_VERSION,
        "kind": "CapabilityGap",
        "metadata": {"name": name},
        "spec": {"wish": "w"},
    }


def operation_gap(name: str = "operation") -> Object:
    """A gap that gives a document."""
    made = smallest_gap(name)
    made["spec"]["openapi"] = {"document": DOCUMENT, "operationId": "getRate"}
    return made


def largest_gap() -> Object:
    """Every list and text full."""
    made = operation_gap("l" * 63)
    spec = made["spec"]
    spec["wish"], spec["tried"] = "w" * 2000, ["t" * 500] * 8
    spec["checked"] = [f"{n:02}" + "c" * 62 for n in range(32)]
    spec["examples"] = [{"arguments": {"a": "x" * 8000}, "result": {"b": "y" * 8000}}] * 8
    spec["openapi"]["document"] = "#" * 65_536
    spec["contributors"] = [f"{n:02}" + "c" * 251 for n in range(32)]
    callers = [{"by": f"{n:02}" + "b" * 251, "reports": 2**53, "lastAt": TIME} for n in range(32)]
    spec["demand"] = {"reports": 2**53, "callers": callers, "firstAt": TIME, "lastAt": TIME}
    return made


def gap_status() -> Object:
    """A status that uses every field."""
    return {
        "observedGeneration": 1,
        "conditions": [condition("Accepted", reason="Accepted"), condition(reason="Answered")],
        "plan": {
            "generator": "Template",
            "template": "statistics",
            "parameters": {"which": ["median"]},
            "toolName": "median",
            "because": "speaks of a median",
            "confidencePerMille": 800,
            "content": "0123456789abcdef",
        },
        "answeredBy": [{"toolName": "word-count", "scorePerMille": 410}],
        "tool": "median",
        "attempts": [
            {
                "number": 1,
                "at": TIME,
                "generator": "Template",
                "digest": DIGEST,
                "outcome": "Serving",
                "because": "",
            }
        ],
        "sameAs": "averages",
        "alsoAskedBy": ["carol"],
        "reports": 7,
        "callers": 3,
        "recommendation": "Build",
        "priorityPerMille": 250,
    }
