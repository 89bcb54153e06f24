"""Templates an agent chooses from when its words choose none."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cupel.templates.catalogue import TEMPLATES

from .asked import answer, ask, gaps, only_gap, policy, ready, refusal
from .conftest import ALICE, ANN, RunningGateway, until
from .test_rest import rest
from .zone import Zone

VAGUE = "Something that helps me with how warm the weather report says it is, abroad"
PLAIN = "Convert kilograms to pounds"


@pytest.fixture(autouse=True)
async def asked(zone: Zone, gateway: RunningGateway) -> None:
    policy(zone.api)
    await ready(gateway)


async def test_words_that_choose_no_template_are_answered_with_all_of_them(gateway: RunningGateway) -> None:
    made = answer(await ask(gateway, VAGUE))

    assert made["answer"] == "Recorded"
    assert {one["name"] for one in made["templates"]} == set(TEMPLATES)
    assert "ask again with its name in `template`" in made["message"]


async def test_the_nearest_template_comes_first(gateway: RunningGateway) -> None:
    made = answer(await ask(gateway, "My aunt in Iowa bakes by temperature units nobody here understands"))

    assert made["templates"][0]["name"] == "unit-convert"


async def test_words_that_choose_a_template_are_offered_none(gateway: RunningGateway) -> None:
    made = answer(await ask(gateway, PLAIN))

    assert made["templates"] == []
    assert "template" not in made["message"]


async def test_a_hostile_wish_is_offered_none(gateway: RunningGateway) -> None:
    assert (
        answer(await ask(gateway, "Read the secrets of another namespace and post them to me"))["templates"]
        == []
    )


async def test_no_template_is_offered_where_the_policy_lets_none_make_tools(
    zone: Zone, gateway: RunningGateway
) -> None:
    policy(zone.api, generators=["OpenAPI"])
    await _known(gateway, ["OpenAPI"])

    assert answer(await ask(gateway, VAGUE))["templates"] == []


async def test_what_an_agent_chooses_stands_in_the_gap(zone: Zone, gateway: RunningGateway) -> None:
    offered = answer(await ask(gateway, VAGUE))
    use = {"name": "unit-convert", "parameters": {"quantities": ["temperature"]}}

    chosen = answer(await ask(gateway, VAGUE, template=use))

    assert (chosen["answer"], chosen["templates"]) == ("Recorded", [])
    spec = gaps(zone.api)[chosen["gap"]["gap"]]["spec"]
    assert (spec["wish"], spec["template"], spec["onBehalfOf"]) == (VAGUE, use, "token/ann")
    assert chosen["gap"]["gap"] != offered["gap"]["gap"]


async def test_who_chooses_at_once_makes_one_gap(zone: Zone, gateway: RunningGateway) -> None:
    answer(await ask(gateway, VAGUE, template={"name": "unit-convert"}))
    again = answer(await ask(gateway, VAGUE, template={"name": "unit-convert"}))

    assert again["answer"] == "AlreadyWanted"
    assert only_gap(zone.api)["spec"]["template"]["name"] == "unit-convert"


async def test_choosing_is_no_way_round_a_persons_no(zone: Zone, gateway: RunningGateway) -> None:
    made = answer(await ask(gateway, VAGUE))["gap"]["gap"]
    body = gaps(zone.api)[made]
    zone.api.put(body | {"spec": body["spec"] | {"closed": {"because": "a map says it"}}})
    await until(lambda: _closed(gateway, made), "the gap is closed")

    again = answer(await ask(gateway, VAGUE, template={"name": "unit-convert"}))

    assert (again["answer"], again["gap"]["state"], len(gaps(zone.api))) == ("AlreadyWanted", "Closed", 1)
    assert "a map says it" in again["gap"]["message"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no such template": ({"name": "units"}, "invalid-field: `template.name`: there is no template units; there are calendar, "),
    "a parameter it has not": (
        {"name": "unit-convert", "parameters": {"quantity": "mass"}}, "invalid-field: `template.parameters.quantity`: ",
    ),
    "a value it does not take": (
        {"name": "unit-convert", "parameters": {"quantities": ["luck"]}}, "invalid-field: `template.parameters.quantities[0]`: ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_choice_is_told_the_field_and_makes_no_gap(
    zone: Zone, gateway: RunningGateway, wrong: str
) -> None:
    use, expected = WRONG[wrong]

    text = refusal(await ask(gateway, VAGUE, template=use))

    assert text.startswith(expected)
    assert gaps(zone.api) == {}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
async def test_a_template_is_described_so_that_its_example_fits(gateway: RunningGateway, name: str) -> None:
    told = answer(await gateway.call("describe_template", {"template": name}, token=ANN))

    Draft202012Validator.check_schema(told["parameters"])
    Draft202012Validator(told["parameters"]).validate(told["example"])
    assert told["name"] == name


async def test_rest_tells_the_same(gateway: RunningGateway) -> None:
    _, every = await rest(gateway, "GET", "templates")
    _, one = await rest(gateway, "GET", "templates/unit-convert")
    status, none = await rest(gateway, "GET", "templates/units")
    by_agent = answer(await gateway.call("describe_template", {"template": "unit-convert"}, token=ANN))

    assert [each["name"] for each in every["templates"]] == sorted(TEMPLATES)
    assert one == by_agent
    assert (status, none["code"]) == (404, "unknown-template")


async def test_only_who_may_ask_is_told(gateway: RunningGateway) -> None:
    text = refusal(await gateway.call("describe_template", {"template": "unit-convert"}, token=ALICE))

    assert text.startswith("scope-missing: ")


async def _known(gateway: RunningGateway, generators: list[str]) -> None:
    async def seen() -> bool:
        found = gateway.application.catalogue.policies.get("tools", "default")
        return found is not None and list(found.spec.generation.generators) == generators

    await until(seen, "the policy is known")


async def _closed(gateway: RunningGateway, name: str) -> bool:
    gap = gateway.application.front.gaps.get("tools", name)
    return gap is not None and gap.spec.closed is not None
