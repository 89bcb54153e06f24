"""Objects with every list full: what the API server must still take in one request."""

from __future__ import annotations

from tests.contract.crds.edits import Object
from tests.contract.crds.good_objects import TIME, approval_ledger, generated_tool


def largest_tool() -> Object:
    """Every list and every plain text full; free-form JSON and bodies as large as the whole may still be."""
    made = generated_tool("l" * 63)
    spec = made["spec"]
    spec["description"], spec["interface"]["toolName"] = "d" * 1024, "t" * 64
    spec["source"]["inline"]["code"] = "#" * 65_536
    spec["permissions"]["egress"] = [f"{'h' * 60}.{'i' * 60}.{n}.example.com:65535" for n in range(16)]
    spec["permissions"]["credentials"] = [f"c{n}" + "c" * 61 for n in range(8)]
    spec["contributors"] = [f"{n:03}" + "c" * 250 for n in range(128)]
    spec["requestedBy"], spec["onBehalfOf"] = "r" * 253, "o" * 253
    spec["examples"] = [_largest_trial(f"example-{n}") for n in range(32)]
    spec["tests"] = [_largest_trial(f"test-{n}") for n in range(64)]
    return made


def _largest_trial(name: str) -> Object:
    return {
        "name": name + "-" * (62 - len(name)) + "x",
        "arguments": {f"key{n}": n for n in range(20)},
        "result": {"text": "t" * 5000},
        "state": {"before": {"n": 1}, "after": {"n": 2}},
        "exchanges": [
            {"request": {"url": "https://a.b/" + "u" * 20}, "response": {"status": 200, "body": "b" * 20}}
            for _ in range(16)
        ],
    }


def largest_ledger() -> Object:
    """Two thousand entries, both channels given, names as long as they may be."""
    made = approval_ledger()
    made["spec"]["launcherImages"] = [f"{n}{'i' * 227}@sha256:{'a' * 64}" for n in range(8)]
    reviewer = {"login": "l" * 64, "person": "p" * 128, "groups": [f"{n}" + "g" * 63 for n in range(4)]}
    made["spec"]["pullRequests"]["reviewers"] = [{"account": n} | reviewer for n in range(1, 51)]
    full = {
        "egress": ["api.example.com:443"],
        "review": {
            "decision": "Approve",
            "by": "r" * 128,
            "at": TIME,
            "pullRequest": 9_999_999,
            "reason": "w" * 64,
        },
        "code": {"decision": "Approve", "by": "c" * 128, "vouchedBy": "v" * 128, "at": TIME},
    }
    made["spec"]["decisions"] = {f"sha256-{n:064x}": full for n in range(2000)}
    return made
