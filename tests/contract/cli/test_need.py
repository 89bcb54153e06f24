"""`need` and `gaps` on a real API server: made under one's own name, once, and followed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .stage import Stage

pytestmark = pytest.mark.apiserver
WISH = "Convert amounts of money between currencies"
OTHER_WORDS = "convert an amount of money between two currencies"
NEARLY = "Convert amounts of money between many currencies"
ELSE = "Extract the hashtags of a post"
VAGUE = "My aunt in Iowa bakes by temperature units nobody here understands"


@pytest.fixture(autouse=True)
def empty(stage: Stage) -> None:
    stage.server.delete(_path(stage)).allowed()


def _path(stage: Stage) -> str:
    return f"/apis/cupel.dev/v1alpha1/namespaces/{stage.namespace}/capabilitygaps"


def gaps(stage: Stage) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = stage.server.get(_path(stage))["items"]
    return items


def test_it_is_made_under_ones_own_name_and_says_how_to_follow_it(stage: Stage) -> None:
    example = {"arguments": {"amount": 1}, "result": {"amount": 4}}
    result = stage.cupel("need", WISH, "--example", json.dumps(example), "--name", "money", person="alice")

    (body,) = gaps(stage)
    name, spec = body["metadata"]["name"], body["spec"]
    assert result.exit_code == 0, result.output
    assert f"made {stage.namespace}/{name}" in result.output
    assert f"kubectl get gap {name} -n {stage.namespace} -w" in result.output
    assert (spec["wish"], spec["requestedBy"], spec["origin"], spec["toolName"]) == (
        WISH,
        "alice",
        "Person",
        "money",
    )
    assert spec["examples"] == [example]


@pytest.mark.parametrize(
    ("namespace", "says"), [("default", "is no serving zone"), ("nowhere", "is not there")]
)
def test_where_nothing_would_come_of_it_it_is_said_at_once(stage: Stage, namespace: str, says: str) -> None:
    result = stage.cupel("need", WISH, "-n", namespace)

    assert result.exit_code == 1
    assert f"namespace {namespace} {says}" in result.stderr and "zone init" in result.stderr
    assert stage.server.get(f"/apis/cupel.dev/v1alpha1/namespaces/{namespace}/capabilitygaps")["items"] == []


def test_said_again_in_whatever_words_it_is_the_same(stage: Stage) -> None:
    stage.cupel("need", WISH, person="alice")

    for words in (WISH, OTHER_WORDS, NEARLY):
        result = stage.cupel("need", words, person="alice")
        assert (result.exit_code, "asked for already:" in result.output) == (0, True)
    assert len(gaps(stage)) == 1
    assert stage.cupel("need", NEARLY, "--anyway", person="alice").exit_code == 0
    assert len(gaps(stage)) == 2


def test_a_persons_no_is_not_got_round_by_asking_again(stage: Stage) -> None:
    stage.cupel("need", WISH, person="alice")
    (body,) = gaps(stage)
    name = body["metadata"]["name"]
    no = {"spec": {"closed": {"because": "a spreadsheet does it"}}}
    stage.server.patch(f"{_path(stage)}/{name}", no).allowed()

    result = stage.cupel("need", OTHER_WORDS, person="alice")

    assert (result.exit_code, len(gaps(stage))) == (0, 1)
    assert "asked for already:" in result.output and "a spreadsheet does it" in result.output


def test_who_names_a_template_says_what_makes_it(stage: Stage) -> None:
    stage.cupel("need", VAGUE, person="alice")
    use = ("--template", "unit-convert", "-p", 'quantities=["temperature"]')

    result = stage.cupel("need", VAGUE, *use, person="alice")
    again = stage.cupel("need", VAGUE, *use, person="alice")

    assert (result.exit_code, again.exit_code) == (0, 0), result.output
    named = [body["spec"]["template"] for body in gaps(stage) if "template" in body["spec"]]
    assert named == [{"name": "unit-convert", "parameters": {"quantities": ["temperature"]}}]
    assert len(gaps(stage)) == 2


def test_words_that_choose_no_template_are_told_which_come_near(stage: Stage) -> None:
    vague = stage.cupel("need", VAGUE, person="alice")
    plain = stage.cupel("need", "Convert kilograms to pounds", person="alice")

    assert "choose no template (nearest: unit-convert" in vague.output
    assert "such as --template unit-convert" in vague.output
    assert "template" not in plain.output


def test_a_template_is_no_way_round_a_persons_no(stage: Stage) -> None:
    stage.cupel("need", VAGUE, person="alice")
    (body,) = gaps(stage)
    no = {"spec": {"closed": {"because": "she may look it up"}}}
    stage.server.patch(f"{_path(stage)}/{body['metadata']['name']}", no).allowed()

    result = stage.cupel("need", VAGUE, "--template", "unit-convert", person="alice")

    assert (result.exit_code, len(gaps(stage))) == (0, 1)
    assert "she may look it up" in result.output


def test_a_text_holds_wishes(stage: Stage) -> None:
    text = f"Hello,\nNEED_INTEGRATION: {WISH}\nand so on\nNEED_INTEGRATION: {ELSE}\n"

    result = stage.cupel("need", "-", "-o", "json", person="alice", text=text)

    items = json.loads(result.stdout)["items"]
    assert ([item["state"] for item in items], [item["new"] for item in items]) == (
        ["Reported"] * 2,
        [True, True],
    )
    assert {body["spec"]["origin"] for body in gaps(stage)} == {"Text"}


WRONG = {
    "no template": (("need", WISH, "--template", "units"), 2, "there is no template units; there are "),
    "a parameter it has not": (
        ("need", WISH, "--template", "unit-convert", "-p", "quantity=mass"), 2, "cupel template show unit-convert",
    ),
    "parameters of nothing": (("need", WISH, "-p", "a=1"), 2, "-p goes with --template"),
    "no JSON": (("need", WISH, "--example", "{"), 2, "--example is not JSON"),
    "no example": (("need", WISH, "--example", '{"arguments": {}}'), 2, "--example must be an object such as"),
    "a name that is none": (("need", WISH, "--name", "A B"), 2, "--name: `toolName`: must be lower-case letters"),
    "nothing": (("need", " "), 2, "TEXT: `wish`: String should have at least 1 character"),
    "a text without a wish": (("need", "NEED_INTEGRATION:"), 2, "the text asks for nothing"),
    "several wishes, one example": (
        ("need", f"NEED_INTEGRATION: {WISH}\nNEED_INTEGRATION: {ELSE}", "--name", "x"), 2, "go with one wish",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told_and_nothing_is_made(stage: Stage, wrong: str) -> None:
    arguments, code, words = WRONG[wrong]

    result = stage.cupel(*arguments, person="alice")

    assert (result.exit_code, words in result.output) == (code, True), result.output
    assert gaps(stage) == []


def test_who_may_not_ask_is_told_so(stage: Stage) -> None:
    result = stage.cupel("need", WISH, person="mallory")

    assert (result.exit_code, "capabilitygaps" in result.output) == (1, True), result.output
    assert gaps(stage) == []


def test_the_list_begins_with_what_matters_most(stage: Stage) -> None:
    for wish, weight in ((WISH, 100), (ELSE, 900)):
        stage.cupel("need", wish, person="alice")
        body = next(body for body in gaps(stage) if body["spec"]["wish"] == wish)
        status = {"status": {"priorityPerMille": weight}}
        path = f"{_path(stage)}/{body['metadata']['name']}/status"
        stage.server.patch(path, status, "system:serviceaccount:cupel-system:cupel-operator").allowed()

    shown = stage.cupel("gaps", person="alice")
    items = json.loads(stage.cupel("gaps", "-o", "json", person="alice").stdout)["items"]

    assert [item["wish"] for item in items] == [ELSE, WISH]
    assert shown.output.index(ELSE[:20]) < shown.output.index(WISH[:20])
