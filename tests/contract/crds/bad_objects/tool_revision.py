"""ToolRevisions the API server must refuse, when made and when changed."""

from __future__ import annotations

from tests.contract.crds.edits import ABSENT, Bad
from tests.contract.crds.good_objects import OTHER

BAD = (
    Bad("no spec", {"spec": ABSENT}),
    Bad("no tool", {"spec.tool": ABSENT}),
    Bad("tool in capitals", {"spec.tool": "Word-Count"}),
    Bad("tool of 64 characters", {"spec.tool": "t" * 64}),
    Bad("no digest", {"spec.digest": ABSENT}),
    Bad("digest too short", {"spec.digest": "sha256-" + "a" * 63}),
    Bad("digest too long", {"spec.digest": "sha256-" + "a" * 65}),
    Bad("digest in capitals", {"spec.digest": "sha256-" + "A" * 64}),
    Bad("digest with a colon", {"spec.digest": "sha256:" + "a" * 64}),
    Bad("digest of another kind", {"spec.digest": "sha512-" + "a" * 64}),
    Bad("a version of two parts", {"spec.version": "1.2"}),
    Bad("a version with a leading zero", {"spec.version": "1.02.0"}),
    Bad("no requester", {"spec.requestedBy": ABSENT}),
    Bad("empty requester", {"spec.requestedBy": ""}),
    Bad("a contributor twice", {"spec.contributors": ["a", "a"]}, "spec.contributors[1]", offline=False),
    Bad("no bundle", {"spec.bundle": ABSENT}),
    Bad("bundle of another format", {"spec.bundle.format": "cupel.dev/bundle/v2"}),
    Bad("bundle without code", {"spec.bundle.code": ABSENT}),
    Bad("bundle without tool name", {"spec.bundle.interface.toolName": ABSENT}, "toolName", offline=False),
    Bad("bundle of another tool", {"spec.bundle.tool": "other"}, offline=False),
    Bad("bundle with an unknown field", {"spec.bundle.policy": "default"}),
    Bad("bundle trial without outcome", {"spec.bundle.tests[0].result": ABSENT}, "spec.bundle.tests[0]"),
    Bad("bad egress", {"spec.egress": ["api.example.com"]}, "spec.egress[0]"),
    Bad("more egress than the bundle", {"spec.egress": ["api.example.com:443", "x.y:1"]}, offline=False),
    Bad("less egress than the bundle", {"spec.egress": []}, offline=False),
    Bad("named after another digest", {"metadata.name": "word-count-0000000000"}, "`metadata.name`", offline=False),
    Bad("named after nothing", {"metadata.name": "word-count"}, "`metadata.name`", offline=False),
    Bad("a name in capitals", {"metadata.name": "Word-Count"}, offline=False),
)  # fmt: skip

CHANGED = (
    Bad("another digest", {"spec.digest": OTHER}, "immutable"),
    Bad("another version", {"spec.version": "1.3.0"}, "immutable"),
    Bad("other code", {"spec.bundle.code": "def run() -> dict:\n    return {}\n"}, "immutable"),
    Bad("another requester", {"spec.requestedBy": "eve@example.com"}, "immutable"),
    Bad("no requester's principal", {"spec.onBehalfOf": ABSENT}, "immutable"),
    Bad("one more contributor", {"spec.contributors": ["ben@example.com", "eve@example.com"]}, "immutable"),
    Bad("an argument deep down", {"spec.bundle.examples[0].arguments.text": "c d"}, "immutable"),
    Bad("a deeper schema", {"spec.bundle.interface.inputSchema.properties.more": {}}, "immutable"),
    Bad("no tests", {"spec.bundle.tests": []}, "immutable"),
)

BAD_STATUS = (
    Bad("verdict perhaps", {"status.analysis.verdict": "Perhaps"}),
    Bad("21 findings", {"status.analysis.findings": [{"rule": "r", "line": 1, "message": "m"}] * 21}),
    Bad("finding before the first line", {"status.analysis.findings[0].line": -1}),
    Bad("report larger than agreed", {"status.validation.report.failures": [{}] * 6}),
    Bad("report of another format", {"status.validation.report.format": "v2"}),
    Bad("report without a probe", {"status.validation.report.tool": ABSENT}),
    Bad("planted trial unknown", {"status.validation.report.planted": "Skipped"}),
    Bad("three channels needed", {"status.approval.needed": 3}),
    Bad("deadline that is no time", {"status.approval.deadline": "tomorrow"}),
    Bad("unknown evidence", {"status.generated": {}}),
)
