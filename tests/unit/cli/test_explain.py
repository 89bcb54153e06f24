"""`explain`: the gate, the lines, and commands that fit the tool."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from cupel.cli.advice import advice
from cupel.cli.explain import document, excerpt, show
from cupel.cli.seen import Seen
from cupel.decide.advice import ADVICE, About
from cupel.decide.advice import advice as advised

from .scenes import stopped
from .test_tree import ANALYSIS, PROVED, VALIDATION, WINDOW

REASONS = Path(__file__).parents[3] / "docs" / "reasons.md"


def told(seen: Seen) -> str:
    out = Console(file=io.StringIO(), width=10_000, highlight=False)
    show(out, seen)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        pytest.param(
            stopped("Analyzed", "False", "CodeRefused", analysis=ANALYSIS),
            [
                "refused at Analyzed: CodeRefused",
                "[private-attribute]",
                ">    2 |     x = text.__class__",
                "and 3 more",
                "cupel check FILE",
            ],
            id="code refused: rule, line with its neighbours, how to check",
        ),
        pytest.param(
            stopped("Validated", "False", "TrialsFailed", validation=VALIDATION),
            ["Example two: WrongResult got 3", "called with {'text': 'a b'}", "must give {'words': 2}"],
            id="trial failed: what was called and what had to come",
        ),
        pytest.param(
            stopped("Validated", "False", "PropertyBroken", validation=VALIDATION | {"report": PROVED}),
            [
                "properties broken in 9 drawn calls",
                'OutputSchema does not hold for {"text": ""}: words is too small',
                "3 of 4 mutants killed (75 %)",
                "no example and no test notices on line 2 + -> -",
                "narrow spec.interface.inputSchema",
            ],
            id="a property is broken: with what, and which changes go unnoticed",
        ),
        pytest.param(
            stopped("Approved", "Unknown", "AwaitingApproval", approval=WINDOW),
            ["waiting at Approved", "kubectl cupel approve word-count -n tools"],
            id="waiting for a person: the command",
        ),
        pytest.param(
            stopped("Approved", "Unknown", "AwaitingApproval", approval=WINDOW | {"needed": 2}),
            ["kubectl cupel approve word-count -n tools --code -", "kubectl cupel codes enroll"],
            id="waiting for two channels: the command for each",
        ),
        pytest.param(
            stopped("Approved", "False", "ApprovalExpired"),
            ['kubectl patch gtool word-count -n tools --type merge -p \'{"spec":{"attempt":1}}\''],
            id="expired: how to ask again",
        ),
        pytest.param(
            stopped("Available", "Unknown", "PodsStarting"),
            ["nothing: this ends by itself"],
            id="nothing to do",
        ),
        pytest.param(
            stopped("Verified", "True", "LiveCheckPassed"), ["every gate passed"], id="nothing is wrong"
        ),
    ],
)
def test_it_says_what_is_wrong_and_what_to_do(seen: Seen, says: list[str]) -> None:
    text = told(seen)
    for each in says:
        assert each in text


@pytest.mark.parametrize(
    ("line", "numbers"),
    [(1, [1, 2, 3]), (3, [1, 2, 3, 4, 5]), (5, [3, 4, 5]), (9, [])],
    ids=["first line", "middle", "last line", "a line that is not there"],
)
def test_an_excerpt_stays_inside_the_code(line: int, numbers: list[int]) -> None:
    assert [number for number, _ in excerpt(list("abcde"), line)] == numbers


def test_advice_is_for_reasons_that_exist() -> None:
    known = set(re.findall(r"[A-Z][A-Za-z]+", REASONS.read_text("utf-8")))
    assert set(ADVICE) <= known


@pytest.mark.parametrize("reason", ["TrialsFailed", "ImportFailed", "ToolCrashed"])
def test_what_only_a_trial_finds_is_neither_tried_again_nor_checked_offline(reason: str) -> None:
    lines = " ".join(advice(stopped("Validated", "False", reason), reason, "False"))
    assert "cupel check" not in lines and "attempt" not in lines


@pytest.mark.parametrize("reason", ["NotAServingZone", "SandboxMissing", "LedgerMissing"])
def test_no_zone_is_made_of_the_namespace_default(reason: str) -> None:
    lines = advised(About("word-count", "default", "default", 0), reason, "False")
    assert not any("zone init" in line for line in lines)


@pytest.mark.parametrize("reason", [*ADVICE, "SomethingNew"])
@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_every_advice_can_be_written_out(reason: str, status: str) -> None:
    lines = advice(stopped("Accepted", status, reason), reason, status)
    assert lines
    assert not any("{tool}" in line or "{namespace}" in line for line in lines)


def test_json_adds_where_it_stopped() -> None:
    found = document(stopped("Analyzed", "False", "CodeRefused", analysis=ANALYSIS))
    assert found["format"] == "cupel.dev/explain/v1"
    assert found["stoppedAt"] == "Analyzed"
    assert len(found["analysis"]["findings"]) == 7
    assert found["next"]
