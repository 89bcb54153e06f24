"""Tools as the cluster may show them: one builder, from which every test takes what it needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.cli.seen import GATES, Seen, assembled
from cupel.decide import desired

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CODE = 'def run(text: str) -> dict:\n    x = text.__class__\n    return {"words": len(text.split())}\n'
Body = dict[str, Any]


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat()


def condition(kind: str, status: str, reason: str, message: str = "") -> Body:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": ago(minutes=3),
    }


def tool(code: str = CODE, *conditions: Body, status: Body | None = None, **spec: Any) -> Body:
    return {
        "metadata": {"name": "word-count", "namespace": "tools", "uid": "u1", "generation": 2},
        "spec": {
            "description": "Count the words of a text.",
            "interface": {"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
            "examples": [{"name": "two", "arguments": {"text": "a b"}, "result": {"words": 2}}],
            "source": {"type": "Inline", "inline": {"code": code}},
            "requestedBy": "alice",
            **spec,
        },
        "status": {"observedGeneration": 2, "conditions": list(conditions), "risk": "Low", **(status or {})},
    }


def revision(body: Body, *conditions: Body, created: str = "", **status: Any) -> Body:
    """The revision of what a tool asks for."""
    asked = GeneratedTool.parse(body)
    made = desired.revision(asked, bundle_of(asked), "1.0.0")
    made["metadata"]["creationTimestamp"] = created or ago(minutes=5)
    return made | {"status": {"conditions": list(conditions), **status}}


def digest_of(body: Body) -> str:
    return bundle_of(GeneratedTool.parse(body)).digest()


def ledger(decisions: Body | None = None, condemned: Body | None = None, **spec: Any) -> Body:
    floors = {"withoutEgress": 1, "withEgress": 2}
    return {
        "metadata": {"name": "ledger", "namespace": "tools"},
        "spec": {"floors": floors, "separation": "TwoPeople", "decisions": decisions or {}, **spec},
        "status": {"condemned": condemned or {}},
    }


def review(decision: str = "Approve", by: str = "bob") -> Body:
    return {"egress": [], "review": {"decision": decision, "by": by, "at": ago(minutes=1)}}


def stopped(gate: str, status: str, reason: str, message: str = "", **revised: Any) -> Seen:
    """A tool that came to `gate` and no further."""
    place = GATES.index(gate)
    before = [condition(name, "True", "Passed") for name in GATES[:place]]
    mark = {"False": "Stalled", "Unknown": "Reconciling"}.get(status)
    marks = [condition(mark, "True", reason)] if mark else []
    ready = condition("Ready", status, reason, message)
    body = tool(CODE, *before, condition(gate, status, reason, message), *marks, ready)
    own = [each for each in before if each["type"] in ("Analyzed", "Validated", "Approved")]
    return assembled(body, [revision(body, *own, **revised)], ledger())
