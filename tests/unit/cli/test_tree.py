"""`get TOOL`: what the tree says of every outcome of every gate."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from cupel.cli.facts import FORMAT, facts
from cupel.cli.seen import GATES, Seen, assembled
from cupel.cli.tree import MARKS, tree

from .scenes import CODE, NOW, ago, condition, digest_of, ledger, review, revision, stopped
from .scenes import tool as tool_body

FINDING = {
    "rule": "private-attribute",
    "line": 2,
    "message": "The attribute __class__ belongs to Python itself.",
}
ANALYSIS = {
    "analyser": "cupel-analysis/1",
    "verdict": "Refused",
    "findings": [FINDING] * 7,
    "moreFindings": 3,
}
ISOLATED = {"kernel": "", "token": "", "filesystem": "", "network": ""}
REPORT = {
    "format": "cupel.dev/report/v1", "nonce": "0" * 32, "digest": "sha256-" + "0" * 64, "harness": ISOLATED, "tool": ISOLATED,
    "planted": "Failed", "passed": 3, "failed": 1, "slowestMilliseconds": 12, "importMilliseconds": 4, "memoryKibibytes": 20480,
    "failures": [{"kind": "Example", "name": "two", "reason": "WrongResult", "message": "got 3"}],
}  # fmt: skip
PROVED = REPORT | {
    "failed": 0, "failures": [],
    "properties": {
        "calls": 9,
        "broken": [{"property": "OutputSchema", "arguments": '{"text": ""}', "message": "words is too small"}],
    },
    "mutants": {"total": 4, "tried": 4, "killed": 3, "survivors": [{"line": 2, "change": "+ -> -"}]},
}  # fmt: skip
VALIDATION = {
    "run": "word-count-1-t0-0", "image": "i", "attempt": 0, "verdict": "Failed", "reason": "TrialsFailed",
    "report": REPORT, "finishedAt": ago(minutes=1),
}  # fmt: skip
WINDOW = {
    "attempt": 0, "askedAt": ago(hours=1), "deadline": ago(hours=-23), "verdict": "Waiting", "needed": 2, "given": 1,
}  # fmt: skip


def shown(seen: Seen) -> list[str]:
    out = Console(file=io.StringIO(), width=10_000, highlight=False)
    out.print(tree(seen, NOW))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue().splitlines()


@pytest.mark.parametrize("status", ["True", "False", "Unknown"])
@pytest.mark.parametrize("gate", GATES)
def test_every_outcome_of_every_gate_has_its_mark(gate: str, status: str) -> None:
    lines = shown(stopped(gate, status, "SomeReason", "some message"))
    line = next(line for line in lines if f" {gate}" in line)
    mark = {"True": "Passed", "False": "Refused", "Unknown": "Waiting"}[status]
    assert f"{MARKS[mark]} {gate}" in line and "SomeReason  3m" in line
    for later in GATES[GATES.index(gate) + 1 :]:
        assert any(line.endswith(f"{MARKS['NotReached']} {later}") for line in lines)
    assert any(line.endswith("some message") for line in lines) == (status != "True")


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        pytest.param(
            stopped("Analyzed", "False", "CodeRefused", analysis=ANALYSIS),
            ["line 2   private-attribute", "and 5 more: kubectl cupel explain word-count"],
            id="findings with rule and line, five of them",
        ),
        pytest.param(
            stopped("Validated", "False", "TrialsFailed", validation=VALIDATION),
            ["3 passed, 1 failed; slowest 12 ms, import 4 ms, 20 MiB", "Example two: WrongResult got 3"],
            id="figures and failures of a trial",
        ),
        pytest.param(
            stopped("Approved", "Unknown", "AwaitingApproval", approval=WINDOW),
            ["1 of 2 channels, 23h left (until 2026-11-22 11:00 UTC)"],
            id="approvals given, needed and the deadline",
        ),
        pytest.param(
            stopped("Accepted", "False", "SchemaInvalid"),
            ["nothing serves", "asked for by alice"],
            id="nothing serves",
        ),
    ],
)
def test_a_gate_shows_its_evidence(seen: Seen, says: list[str]) -> None:
    text = "\n".join(shown(seen))
    for each in says:
        assert each in text


def test_who_decided_is_shown() -> None:
    body = tool_body(CODE, condition("Approved", "True", "Approved"))
    made = revision(body, approval=WINDOW | {"verdict": "Approved", "needed": 1})
    seen = assembled(body, [made], ledger({digest_of(body): review()}))
    assert any("Approve by bob (review)" in line for line in shown(seen))

    merged = review()
    merged["review"]["pullRequest"] = 7
    seen = assembled(body, [made], ledger({digest_of(body): merged}))
    assert any("Approve by bob (review, pull request 7)" in line for line in shown(seen))


def test_another_revision_that_serves_is_told_apart() -> None:
    serving = {
        "revision": "word-count-old",
        "digest": "sha256-" + "1" * 64,
        "since": ago(hours=5),
        "readyReplicas": 2,
    }
    body = tool_body(CODE, condition("Ready", "False", "CodeRefused"), status={"serving": serving})
    lines = shown(assembled(body, [], None))
    assert lines[-1].endswith("serves: word-count-old, 2 ready, for 5h (not the revision asked for)")


def test_an_edit_the_operator_has_not_seen_is_said() -> None:
    body = tool_body(CODE, condition("Ready", "True", "Serving"), status={"observedGeneration": 1})
    assert any("the operator has not looked" in line for line in shown(assembled(body, [], None)))


def test_strangers_cannot_draw_on_the_terminal() -> None:
    body = tool_body(
        CODE, condition("Accepted", "False", "X", "\x1b[2Jgone\n└── ✓ Verified"), requestedBy="a\x1b[0m"
    )
    text = "\n".join(shown(assembled(body, [], None)))
    assert "\x1b" not in text
    assert "\\x1b[2Jgone └── ✓ Verified" in text


KEYS = {
    "format", "namespace", "name", "toolName", "description", "observed", "ready", "risk", "gates", "digest", "revision",
    "analysis", "validation", "approvals", "condemned", "serving", "canary",
}  # fmt: skip


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(assembled(tool_body(), [], None), id="never looked at"),
        pytest.param(stopped("Analyzed", "False", "CodeRefused", analysis=ANALYSIS), id="refused"),
        pytest.param(
            stopped("Approved", "Unknown", "AwaitingApproval", approval=WINDOW, validation=VALIDATION),
            id="waiting",
        ),
    ],
)
def test_json_has_the_same_keys_whatever_is_known(seen: Seen) -> None:
    found = facts(seen)
    assert set(found) == KEYS
    assert found["format"] == FORMAT
    assert [each["gate"] for each in found["gates"]] == list(GATES)
    assert all(set(each) == {"gate", "outcome", "reason", "message", "since"} for each in found["gates"])
    assert json.loads(json.dumps(found)) == found
