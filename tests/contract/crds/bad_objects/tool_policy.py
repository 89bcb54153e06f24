"""ToolPolicies the API server must refuse."""

from __future__ import annotations

from tests.contract.crds.edits import Bad

BAD = (
    Bad("unknown mode", {"spec.mode": "Off"}),
    Bad("mode in lower case", {"spec.mode": "active"}),
    Bad("no memory", {"spec.validation.memoryMebibytes": 0}),
    Bad("too much memory", {"spec.validation.memoryMebibytes": 1024}),
    Bad("301 seconds", {"spec.validation.deadlineSeconds": 301}),
    Bad("a duration as text", {"spec.validation.deadlineSeconds": "2m"}),
    Bad(
        "a call longer than its trial",
        {"spec.validation.timeoutSeconds": 60, "spec.validation.deadlineSeconds": 10},
        "spec.validation.timeoutSeconds",
        offline=False,
    ),
    Bad("no runs", {"spec.validation.maxRuns": 0}),
    Bad("61 seconds of proof", {"spec.validation.proofSeconds": 61}),
    Bad("more mutants killed than there are", {"spec.validation.mutantsKilledPercent": 101}),
    Bad("held to it somehow", {"spec.validation.heldTo": "Somebody"}),
    Bad("egress with a bare wildcard", {"spec.permissions.egress": ["*:443"]}, "spec.permissions.egress[0]"),
    Bad(
        "egress with an inner wildcard",
        {"spec.permissions.egress": ["a.*.b:443"]},
        "spec.permissions.egress[0]",
    ),
    Bad("egress to every port", {"spec.permissions.egress": ["a.b:*"]}, "spec.permissions.egress[0]"),
    Bad("65 patterns", {"spec.permissions.egress": [f"a{n}.b:1" for n in range(65)]}),
    Bad("65 credentials", {"spec.permissions.credentials": [f"c{n}" for n in range(65)]}),
    Bad("state sometimes", {"spec.permissions.state": "Sometimes"}),
    Bad("three channels", {"spec.approvals.high": 3}),
    Bad("more risk, fewer channels", {"spec.approvals.high": 1}, "`low`, `medium` and `high`", offline=False),
    Bad("no time to approve", {"spec.approvals.deadlineSeconds": 0}),
    Bad("more than a week to approve", {"spec.approvals.deadlineSeconds": 604_801}),
    Bad("no replicas", {"spec.maxReplicas": 0}),
    Bad("21 replicas", {"spec.maxReplicas": 21}),
    Bad("archived before it was called", {"spec.lifecycle": {"archiveAfterDays": -1}}),
    Bad("archived in a lifetime", {"spec.lifecycle": {"archiveAfterDays": 3651}}),
    Bad("nothing kept", {"spec.retention.revisions": 0}),
    Bad("state that is perhaps kept", {"spec.retention.toolState": "Perhaps"}),
    Bad("gaps sometimes", {"spec.generation.gaps": "Sometimes"}),
    Bad("an unknown generator", {"spec.generation.generators": ["Magic"]}, "spec.generation.generators[0]"),
    Bad(
        "a generator twice",
        {"spec.generation.generators": ["Model", "Model"]},
        "spec.generation.generators[1]",
        offline=False,
    ),
    Bad("2001 open gaps", {"spec.generation.maxOpenGaps": 2001}),
    Bad("fewer than no gaps", {"spec.generation.maxOpenGaps": -1}),
    Bad("no attempt", {"spec.generation.attempts": 0}),
    Bad("eleven attempts", {"spec.generation.attempts": 11}),
    Bad("unknown field", {"spec.budget": 5}),
    Bad("unknown field of approvals", {"spec.approvals.none": 0}),
)

BAD_STATUS = (
    Bad("fewer than no tools", {"status.tools": -1}),
    Bad("nine conditions", {"status.conditions": [{}] * 9}),
)
