"""Gaps become tools, by a real author against a real API server that guards what it may write."""

from __future__ import annotations

import time

import pytest
from tests.contract.admission.server import SERVING
from tests.support.provider import CHECKS, GOOD, Say, written
from tests.support.waiting import until

from .stage import MODEL, TEMPLATE, Stage, provider_of

pytestmark = pytest.mark.apiserver
SYNTAX = {"rule": "syntax-error", "line": 3, "message": "It is no Python.", "suggestion": "Write Python."}
WALL = {"rule": "dynamic-code", "line": 4, "message": "eval is called.", "suggestion": "Write it out."}


def test_a_template_becomes_a_tool_on_behalf_of_who_asked(stage: Stage):
    stage.policy()
    stage.author()
    stage.gap("kilometres", TEMPLATE | {"parameters": {}}, by="alice")
    tool = until(lambda: stage.tool("kilometres"), 60, "the tool is made")
    assert tool["metadata"]["labels"] == {"cupel.dev/gap": "kilometres"}
    spec = tool["spec"]
    assert spec["requestedBy"] == "system:serviceaccount:cupel-system:cupel-author"
    assert spec["onBehalfOf"] == "alice", "who asked never reviews it"
    assert spec["origin"] == {
        "generator": "Template", "template": "unit-convert", "parameters": {}, "gap": "kilometres", "drafting": 1,
    }  # fmt: skip
    until(lambda: stage.outcomes("kilometres") == ["Made"], 10, "the story says so")
    before = tool["metadata"]["resourceVersion"]
    time.sleep(2.5)  # two resyncs: long enough to do it twice
    assert stage.tool("kilometres")["metadata"]["resourceVersion"] == before
    assert stage.outcomes("kilometres") == ["Made"]


def test_a_changed_plan_mends_the_tool_and_leaves_what_people_set(stage: Stage):
    stage.policy()
    stage.author()
    stage.gap("words", {"generator": "Template", "template": "text-measure", "parameters": {}})
    until(lambda: stage.tool("words"), 60, "the tool is made")
    until(lambda: stage.outcomes("words") == ["Made"], 10, "the story says so")
    stage.server.patch(
        f"/apis/cupel.dev/v1alpha1/namespaces/{SERVING}/generatedtools/words",
        {"spec": {"serving": {"replicas": 2}}},
    )
    stage.planned("words", TEMPLATE)
    stage.refused("words", [])  # the operator has looked at it
    until(lambda: stage.tool("words")["spec"]["origin"].get("template") == "unit-convert", 60, "it is mended")
    assert stage.tool("words")["spec"]["serving"]["replicas"] == 2
    assert "text" not in stage.tool("words")["spec"]["interface"]["inputSchema"]["properties"]


def test_wrong_parameters_are_said_in_the_story(stage: Stage):
    stage.policy(attempts=1)
    stage.author()
    stage.gap("odd", TEMPLATE | {"parameters": {"colour": "blue"}})
    until(lambda: stage.outcomes("odd") == ["Failed"], 60, "it is said")
    assert "`colour`: there is no such parameter" in stage.drafting("odd")[0]["because"]
    assert stage.tool("odd") is None


def test_a_name_that_is_taken_stays_whose_it_is(stage: Stage):
    stage.policy(attempts=1)
    body = {
        "apiVersion": "cupel.dev/v1alpha1", "kind": "GeneratedTool", "metadata": {"name": "mine"},
        "spec": {
            "description": "Mine.", "source": {"type": "Inline", "inline": {"code": "def run() -> dict:\n    return {}\n"}},
            "interface": {"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
            "examples": [{"name": "one", "result": {}}],
        },
    }  # fmt: skip
    stage.server.call(
        "POST", f"/apis/cupel.dev/v1alpha1/namespaces/{SERVING}/generatedtools", body, user="alice"
    ).allowed()
    stage.author()
    stage.gap("mine", TEMPLATE)
    until(lambda: stage.outcomes("mine") == ["Failed"], 60, "it is said")
    assert "was not made for this gap" in stage.drafting("mine")[0]["because"]
    assert stage.tool("mine")["spec"]["description"] == "Mine."


def test_a_model_that_is_refused_hears_why_and_tries_again(stage: Stage):
    stage.policy()
    with provider_of(Say(written("def run(text):\n  oops")), Say(CHECKS), *GOOD) as provider:
        stage.author(provider)
        stage.gap("words", MODEL, by="alice")
        until(lambda: stage.tool("words"), 60, "the first draft is written")
        until(lambda: stage.outcomes("words") == ["Made"], 10, "the story says so")
        stage.refused("words", [SYNTAX])
        until(lambda: stage.outcomes("words") == ["Made", "Made"], 60, "the second draft is written")
        story = stage.drafting("words")
        assert [one["tokens"] for one in story] == [2400, 2400] and len({one["code"] for one in story}) == 2
        assert "len(text.split())" in stage.tool("words")["spec"]["source"]["inline"]["code"]
        assert stage.tool("words")["spec"]["onBehalfOf"] == "alice"
        told = str(provider.asked[2]["messages"])
        assert "syntax-error, line 3: It is no Python." in told and "oops" in told


@pytest.mark.parametrize(
    ("finding", "outcomes", "why"),
    [
        (SYNTAX, ["Made", "Repeated"], "the same answer twice ends it"),
        (WALL, ["Made", "Repeated"], "also around a wall"),
    ],
)
def test_the_same_answer_twice_ends_it(stage: Stage, finding, outcomes, why):
    stage.policy()
    with provider_of(Say(written()), Say(CHECKS), Say(written()), Say(CHECKS)) as provider:
        stage.author(provider)
        stage.gap("words", MODEL)
        until(lambda: stage.outcomes("words") == ["Made"], 60, "the first draft is written")
        stage.refused("words", [finding])
        until(lambda: stage.outcomes("words")[1:] not in ([], ["Writing"]), 60, why)
        assert stage.outcomes("words") == outcomes, stage.drafting("words")
        time.sleep(2.5)  # two resyncs
        assert stage.outcomes("words") == outcomes and len(provider.asked) == 4
        assert WALL["message"] not in str(provider.asked), "the detail of a security rule is never told"


def test_two_walls_end_in_a_persons_hands(stage: Stage):
    stage.policy(attempts=10)
    tries = [written(f"def run(text):\n    return {{'words': {number}}}\n") for number in range(5)]
    script = [say for one in tries for say in (Say(one), Say(CHECKS))]
    with provider_of(*script) as provider:
        stage.author(provider)
        stage.gap("words", MODEL)
        for count in (1, 2, 3):
            until(lambda count=count: stage.outcomes("words") == ["Made"] * count, 60, f"draft {count}")
            stage.refused("words", [WALL])
        time.sleep(2.5)  # two resyncs
        assert [one.get("security", False) for one in stage.drafting("words")] == [False, True, True]
        assert len(provider.asked) == 6


def test_a_budget_stops_before_anybody_is_asked(stage: Stage):
    stage.policy(budget={"tokensPerTool": 1000})
    with provider_of(*GOOD) as provider:
        stage.author(provider)
        stage.gap("words", MODEL)
        until(lambda: stage.outcomes("words") == ["Held"], 60, "it is said")
        assert "generation.budget.tokensPerTool" in stage.drafting("words")[0]["because"]
        stage.policy(budget={"tokensPerTool": 1_000_000})
        until(lambda: stage.outcomes("words") == ["Made"], 60, "and begun when there is room")
        assert len(provider.asked) == 2


def test_a_killed_author_spends_nothing_twice(stage: Stage):
    """Killed while the model thinks: what was set aside counts as spent, and the next author waits for its time."""
    stage.policy()
    with provider_of(Say(written(), silence=30)) as provider:
        stage.author(provider)
        stage.gap("words", MODEL)
        until(lambda: len(provider.asked) == 1, 60, "the model is asked")
        stage.kill()
        aside = stage.drafting("words")[0]
        assert aside["outcome"] == "Writing" and aside["tokens"] > 10_000
        stage.author(provider)
        time.sleep(4)
        assert stage.outcomes("words") == ["Writing"] and len(provider.asked) == 1


def test_two_authors_begin_nothing_twice(stage: Stage):
    stage.policy()
    with provider_of(Say(written(), tests=CHECKS, silence=1)) as provider:
        stage.author(provider)
        stage.author(provider)
        for number in range(3):
            stage.gap(f"words-{number}", MODEL)
        for number in range(3):
            until(lambda number=number: stage.tool(f"words-{number}"), 60, "each is made")
        until(
            lambda: all(stage.outcomes(f"words-{n}")[-1] != "Writing" for n in range(3)), 20, "the story ends"
        )
        assert all(len(stage.drafting(f"words-{n}")) <= 2 for n in range(3))


def test_without_a_model_it_says_what_to_set(stage: Stage):
    stage.policy()
    stage.author()
    stage.gap("words", MODEL)
    until(lambda: stage.outcomes("words") == ["Held"], 60, "it is said")
    assert "CUPEL_MODEL_NAME" in stage.drafting("words")[0]["because"]
