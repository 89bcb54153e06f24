"""Asking for tools: what exists is answered; what is missing becomes one gap, whoever says it in whatever words."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp.shared.exceptions import MCPError

from cupel.decide.gap_state import name_of

from .asked import ELSE, OTHER_WORDS, WISH, answer, ask, gaps, only_gap, policy, ready, refusal, user
from .conftest import ALICE, ANN, RunningGateway, sha256, until
from .fake_api import FakeApi
from .test_clients import client_of
from .zone import Zone, tool_body

MODES = pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
CURRENCY = {
    "description": "Convert an amount of money from one currency to another.",
    "input_schema": {"type": "object", "properties": {"amount": {"type": "number"}, "currency": {"type": "string"}}},
}  # fmt: skip


@pytest.fixture(autouse=True)
async def asked(zone: Zone, gateway: RunningGateway) -> None:
    policy(zone.api)
    await ready(gateway)


@MODES
async def test_an_agent_asks_and_follows_by_the_official_client(
    zone: Zone, gateway: RunningGateway, mode: str
) -> None:
    async with client_of(gateway, mode, token=ANN) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        made = (await client.call_tool("get_more_tools", {"need": WISH, "checked": []})).structured_content
        name = made["gap"]["gap"]
        state = (await client.call_tool("check_capability", {"gap": name})).structured_content

    assert sorted(tools) == ["check_capability", "describe_template", "get_more_tools"]
    assert made["answer"] == "Recorded"
    assert (state["gap"], state["namespace"], state["state"], state["reports"]) == (
        name,
        "tools",
        "Reported",
        1,
    )
    for tool, given in (("get_more_tools", made), ("check_capability", state)):
        Draft202012Validator.check_schema(tools[tool].input_schema)
        Draft202012Validator(tools[tool].output_schema).validate(given)


async def test_what_is_written_down_says_who_asked_and_all_they_said(
    zone: Zone, gateway: RunningGateway
) -> None:
    example = {"arguments": {"amount": 1}, "result": {"amount": 4.3}}
    made = answer(await ask(gateway, tried=["asking a search engine"], examples=[example]))

    body = only_gap(zone.api)
    demand = body["spec"].pop("demand")
    assert body["metadata"]["name"] == made["gap"]["gap"]
    assert body["spec"] == {
        "wish": WISH, "tried": ["asking a search engine"], "examples": [example], "origin": "Agent",
        "onBehalfOf": "token/ann",
    }  # fmt: skip
    assert (demand["reports"], [(c["by"], c["reports"]) for c in demand["callers"]]) == (
        1,
        [("token/ann", 1)],
    )


async def test_what_exists_is_answered_and_no_gap_is_made(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("currency-convert", **CURRENCY))
    await gateway.listed("currency-convert")

    found = answer(await ask(gateway, "convert money from one currency to another"))

    assert (found["answer"], [tool["name"] for tool in found["tools"]]) == (
        "UseExisting",
        ["currency-convert"],
    )
    assert gaps(zone.api) == {}


async def test_who_looked_at_what_fits_and_says_it_does_not_do_is_heard(
    zone: Zone, gateway: RunningGateway
) -> None:
    await zone.publish(tool_body("currency-convert", **CURRENCY))
    await gateway.listed("currency-convert")

    made = answer(
        await ask(gateway, "convert money from one currency to another", checked=["currency-convert"])
    )

    assert (made["answer"], made["tools"][0]["name"]) == ("Recorded", "currency-convert")
    assert only_gap(zone.api)["spec"]["checked"] == ["currency-convert"]


async def test_the_search_follows_the_catalogue(zone: Zone, gateway: RunningGateway) -> None:
    body = tool_body("currency-convert", **CURRENCY)
    await zone.publish(body)
    await zone.publish(tool_body("word-count"))
    await gateway.listed("currency-convert", "word-count")
    assert answer(await ask(gateway, "count the words of a text"))["tools"][0]["name"] == "word-count"

    zone.api.remove("GeneratedTool", "tools", "word-count")
    await gateway.listed("currency-convert")

    made = answer(await ask(gateway, "count the words of a text", checked=["currency-convert"]))
    assert made["answer"] == "Recorded"


async def test_somebody_elses_words_for_the_same_thing_are_one_gap(
    zone: Zone, gateway: RunningGateway
) -> None:
    token = user(zone.api)
    first = answer(await ask(gateway))

    second = answer(await ask(gateway, OTHER_WORDS, token=token))

    assert (second["answer"], second["gap"]["gap"]) == ("AlreadyWanted", first["gap"]["gap"])
    demand = only_gap(zone.api)["spec"]["demand"]
    assert (demand["reports"], {c["by"] for c in demand["callers"]}) == (2, {"token/ann", "agent"})
    assert only_gap(zone.api)["spec"]["wish"] == WISH


async def test_other_wishes_are_other_gaps(zone: Zone, gateway: RunningGateway) -> None:
    await ask(gateway)
    await ask(gateway, ELSE)

    assert len(gaps(zone.api)) == 2


async def test_a_caller_who_repeats_it_writes_nothing_within_a_minute(
    zone: Zone, gateway: RunningGateway
) -> None:
    for _ in range(5):
        made = answer(await ask(gateway))

    assert made["answer"] == "AlreadyWanted"
    assert zone.api.writes == [("POST", made["gap"]["gap"])]


async def test_after_a_minute_the_repetition_counts(zone: Zone, gateway: RunningGateway) -> None:
    await ask(gateway)
    body = json.loads(json.dumps(only_gap(zone.api)))
    ago = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
    for moments in (body["spec"]["demand"], body["spec"]["demand"]["callers"][0]):
        moments["lastAt"] = ago
    body["spec"]["demand"]["firstAt"] = ago
    zone.api.put(body)

    await ask(gateway)

    demand = only_gap(zone.api)["spec"]["demand"]
    assert (demand["reports"], demand["callers"][0]["reports"]) == (2, 2)
    assert demand["firstAt"] != demand["lastAt"]


async def test_reports_that_meet_are_all_counted(zone: Zone, gateway: RunningGateway) -> None:
    tokens = [user(zone.api, f"agent-{n}", token=f"{n}.b.c") for n in range(5)]

    results = await asyncio.gather(*(ask(gateway, token=token) for token in tokens))

    assert sorted(answer(result)["answer"] for result in results) == ["AlreadyWanted"] * 4 + ["Recorded"]
    assert only_gap(zone.api)["spec"]["demand"]["reports"] == 5


async def test_a_gap_another_replica_just_made_is_counted_on(zone: Zone, gateway: RunningGateway) -> None:
    await ask(gateway)
    body = only_gap(zone.api)
    zone.api.remove("CapabilityGap", "tools", body["metadata"]["name"])

    async def unknown() -> bool:
        return gateway.application.front.gaps.within("tools") == ()

    await until(unknown, "the gap is gone")
    zone.api.put_unseen(body)
    token = user(zone.api)

    assert answer(await ask(gateway, token=token))["answer"] == "AlreadyWanted"
    assert only_gap(zone.api)["spec"]["demand"]["reports"] == 2


def squatted(zone: Zone, spec: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    """A person's gap under a name that the gateway would give another wish."""
    metadata = {"name": name, "namespace": "tools", "uid": "uid-squat", "generation": 1}
    body = {"apiVersion": "cupel.dev/v1alpha1", "kind": "CapabilityGap", "metadata": metadata,
            "spec": {"origin": "Person", "requestedBy": "mallory", **spec}, **more}  # fmt: skip
    return body


TEMPLATE = {"name": "unit-convert", "parameters": {}}
SQUATS: dict[str, dict[str, Any]] = {
    "another wish": {"wish": ELSE},
    "the same wish, to be answered by a template of theirs": {"wish": WISH, "template": TEMPLATE},
}


@pytest.mark.parametrize("seen", [True, False], ids=["the gateway knows it", "the gateway does not know yet"])
@pytest.mark.parametrize("what", SQUATS)
async def test_who_takes_a_wishs_name_beforehand_does_not_get_its_reports(
    zone: Zone, gateway: RunningGateway, what: str, seen: bool
) -> None:
    body = squatted(zone, SQUATS[what], name_of(WISH))
    if seen:
        zone.api.put(body)
        await until(lambda: _knows(gateway, name_of(WISH)), "the gap is known")
    else:
        zone.api.put_unseen(body)

    made = answer(await ask(gateway))
    again = answer(await ask(gateway, OTHER_WORDS, token=user(zone.api)))

    assert (made["answer"], again["answer"]) == ("Recorded", "AlreadyWanted")
    assert made["gap"]["gap"] == again["gap"]["gap"] != name_of(WISH)
    theirs, ours = gaps(zone.api)[name_of(WISH)]["spec"], gaps(zone.api)[made["gap"]["gap"]]["spec"]
    assert "demand" not in theirs
    assert (ours["wish"], ours["demand"]["reports"]) == (WISH, 2)


async def _knows(gateway: RunningGateway, name: str) -> bool:
    return gateway.application.front.gaps.get("tools", name) is not None


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing is said": ({"checked": []}, "invalid-field: `need`: Field required. It takes: What the tool should do"),
    "what was looked at is not said": ({"need": WISH}, "invalid-field: `checked`: Field required. It takes: Names of"),
    "the need is blank": ({"need": "  ", "checked": []}, "`need`: must say something"),
    "the need is too long": ({"need": "x" * 2001, "checked": []}, "`need`: String should have at most 2000"),
    "control characters": ({"need": "a\x1b[2Jb", "checked": []}, "`need`: must be text without control characters"),
    "control characters of eight bits": ({"need": "a\x9b2Jb", "checked": []}, "`need`: must be text without control characters"),
    "words shown backwards": ({"need": "a \u202eb", "checked": []}, "`need`: must be text without control characters"),
    "words nobody sees": ({"need": "a\U000e0041", "checked": []}, "`need`: must be text without control characters"),
    "a template by its name alone": (
        {"need": WISH, "checked": [], "template": "unit-convert"}, '`template`: must be an object: {"name": ',
    ),
    "a template without a name": ({"need": WISH, "checked": [], "template": {}}, "`template.name`: Field required"),
    "a tool nobody knows": ({"need": WISH, "checked": ["made-up"]}, "`checked.0`: made-up is no tool you can call"),
    "a field nobody knows": ({"need": WISH, "checked": [], "urgent": True}, "`urgent` is no field of this request: it takes need, checked"),
    "an example without a result": (
        {"need": WISH, "checked": [], "examples": [{"arguments": {}}]}, "`examples.0.result`: Field required. It takes: Calls",
    ),
    "examples too large": (
        {"need": WISH, "checked": [], "examples": [{"arguments": {}, "result": {"x": "y" * 40_000}}]}, "`examples`: must be at most 32768 bytes",
    ),
    "an example with a number that is none": (
        {"need": WISH, "checked": [], "examples": [{"arguments": {}, "result": {"x": float("inf")}}]}, "`examples`: must be JSON; NaN",
    ),
    "a namespace that is none": ({"need": WISH, "checked": [], "namespace": "A B"}, "`namespace`: String should match"),
    "another's namespace": ({"need": WISH, "checked": [], "namespace": "else"}, "asking-forbidden: this token may not ask for tools in namespace else"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_request_is_told_the_field_and_the_remedy(
    zone: Zone, gateway: RunningGateway, wrong: str
) -> None:
    arguments, expected = WRONG[wrong]

    text = refusal(await gateway.call("get_more_tools", arguments, token=ANN))

    assert expected in text
    assert gaps(zone.api) == {}


async def test_who_can_call_tools_must_have_looked_at_one(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    for checked in ([], ["get_more_tools"]):
        text = refusal(await ask(gateway, ELSE, checked=checked))
        assert "`checked`: must name at least one of the listed tools you looked at" in text


async def test_other_name_same_tool_and_only_one_is_listed(gateway: RunningGateway) -> None:
    result = await gateway.call("request_capability", {"need": WISH, "checked": []}, token=ANN)

    assert answer(result)["answer"] == "Recorded"
    assert await gateway.names(token=ANN) == ["check_capability", "describe_template", "get_more_tools"]


async def test_who_may_ask_in_several_namespaces_says_in_which(zone: Zone, gateway: RunningGateway) -> None:
    other = Zone(zone.api, zone.directory, namespace="other")
    policy(zone.api, "other")
    await until(lambda: _serves(gateway, other.namespace), "the zone is known")

    text = refusal(await ask(gateway))
    made = answer(await ask(gateway, namespace="tools"))
    unbound = refusal(await ask(gateway, namespace="other"))

    assert text == "namespace-required: `namespace` is needed: you may ask in other, tools"
    assert made["gap"]["namespace"] == "tools"
    assert unbound.startswith("gateway-unbound: this gateway may not ask for tools in namespace other")
    assert "kubectl create rolebinding cupel-gateway-requests -n other" in unbound


async def _serves(gateway: RunningGateway, namespace: str) -> bool:
    catalogue = gateway.application.catalogue
    known = catalogue.policies.get(namespace, "default") is not None
    return known and namespace in catalogue.serving_namespaces()


CALLERS = {
    "a token without the scope": (ALICE, "scope-missing: this token's scopes (call, read) do not include ask"),
    "a user without the right": ("x.y.z", "asking-forbidden: you may not ask for tools in any namespace: an administrator"),
}  # fmt: skip


@pytest.mark.parametrize("who", CALLERS)
async def test_who_may_not_ask_sees_no_such_tool_and_is_told_why(
    zone: Zone, gateway: RunningGateway, who: str
) -> None:
    token, expected = CALLERS[who]
    user(zone.api, "nobody", token="x.y.z")
    zone.api.askers.clear()

    assert await gateway.names(token=token) == []
    assert expected in refusal(await ask(gateway, token=token))
    assert gaps(zone.api) == {}


async def test_a_gateway_that_is_not_bound_lists_nothing_and_says_what_to_bind(
    zone: Zone, gateway: RunningGateway
) -> None:
    zone.api.bound.clear()

    assert await gateway.names(token=ANN) == []
    assert "--clusterrole=cupel-gateway-requests" in refusal(await ask(gateway))


POLICIES: dict[str, tuple[dict[str, Any], str]] = {
    "forbids gaps": (
        {"gaps": "Forbidden"},
        "gaps-forbidden: ToolPolicy default of namespace tools forbids asking",
    ),
    "is full": ({"maxOpenGaps": 1}, "too-many-gaps: 1 gaps are open in namespace tools"),
}


@pytest.mark.parametrize("what", POLICIES)
async def test_the_policy_bounds_what_is_asked_for(zone: Zone, gateway: RunningGateway, what: str) -> None:
    generation, expected = POLICIES[what]
    await ask(gateway)
    policy(zone.api, **generation)
    await until(lambda: _generation(gateway, generation), "the policy is known")

    assert expected in refusal(await ask(gateway, ELSE))
    assert answer(await ask(gateway))["answer"] == "AlreadyWanted"


async def _generation(gateway: RunningGateway, wanted: dict[str, Any]) -> bool:
    found = gateway.application.catalogue.policies.get("tools", "default")
    return found is not None and wanted.items() <= found.spec.generation.wire().items()


async def test_at_once_no_more_gaps_than_the_policy_allows(zone: Zone, gateway: RunningGateway) -> None:
    policy(zone.api, maxOpenGaps=2)
    await until(lambda: _generation(gateway, {"maxOpenGaps": 2}), "the policy is known")
    wishes = [
        WISH,
        ELSE,
        "Plan a route between two cities",
        "Draw a chart of monthly sales",
        "Solve a sudoku",
    ]

    await asyncio.gather(*(ask(gateway, wish) for wish in wishes))

    assert len(gaps(zone.api)) == 2


async def test_without_a_policy_nobody_can_ask(zone: Zone, gateway: RunningGateway) -> None:
    zone.api.remove("ToolPolicy", "tools", "default")

    async def gone() -> bool:
        return gateway.application.catalogue.policies.get("tools", "default") is None

    await until(gone, "the policy is gone")

    assert "no-policy: namespace tools has no ToolPolicy default" in refusal(await ask(gateway))


async def test_what_admission_says_reaches_who_asked_as_one_line(zone: Zone, gateway: RunningGateway) -> None:
    zone.api.denies = "ValidatingAdmissionPolicy 'x' denied\nrequest:\x1b[2J no"

    text = refusal(await ask(gateway))

    assert text.startswith("cluster-refused: the API server refuses: ValidatingAdmissionPolicy")
    assert "\n" not in text and "\x1b" not in text


async def test_an_api_server_that_is_away_is_weather(zone: Zone, gateway: RunningGateway) -> None:
    await ask(gateway)
    zone.api.down = True

    assert "cluster-unavailable: " in refusal(await ask(gateway, ELSE))


async def test_states_in_words_and_the_tools_name_once_it_serves(zone: Zone, gateway: RunningGateway) -> None:
    name = answer(await ask(gateway))["gap"]["gap"]
    await zone.publish(tool_body("money", tool_name="money-convert"))
    await gateway.listed("money-convert")
    moment = "2026-11-27T10:00:00Z"

    async def after(expected: str, *conditions: tuple[str, str, str], **spec: Any) -> dict[str, Any]:
        body = json.loads(json.dumps(only_gap(zone.api)))
        body["spec"] |= spec
        body["status"] = {
            "tool": "money",
            "conditions": [
                {"type": t, "status": s, "reason": r, "message": "why\nnot", "lastTransitionTime": moment}
                for t, s, r in conditions
            ],
        }
        zone.api.put(body)

        async def told() -> bool:
            return (await checked())["state"] == expected

        await until(told, expected)
        return await checked()

    async def checked() -> dict[str, Any]:
        return answer(await gateway.call("check_capability", {"gap": name}, token=ANN))

    working = await after("Working", ("Ready", "Unknown", "AwaitingAuthor"))
    assert (working["reason"], working["message"], "tool" in working) == ("AwaitingAuthor", "why not", False)
    await after(
        "AwaitingPeople", ("Ready", "False", "AwaitingApproval"), ("Suspended", "True", "AwaitingApproval")
    )
    await after("Refused", ("Ready", "False", "NothingFits"), ("Stalled", "True", "NothingFits"))
    assert (await after("Serving", ("Ready", "True", "Ready")))["tool"] == "money-convert"
    closed = await after(
        "Closed", ("Ready", "False", "Closed"), closed={"because": "we have a bank for that"}
    )
    assert closed["message"] == "we have a bank for that"


async def test_a_gap_that_is_not_there_and_one_elsewhere_look_alike(
    zone: Zone, gateway: RunningGateway
) -> None:
    text = refusal(await gateway.call("check_capability", {"gap": "gap-0000000000"}, token=ANN))

    assert text == "unknown-gap: there is no gap gap-0000000000 in namespace tools"


async def test_at_a_tools_own_path_there_is_only_that_tool(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    path = "/mcp/tools/word-count"
    assert await gateway.names(token=ANN, path=path) == ["word-count"]
    error = await gateway.call("get_more_tools", {"need": WISH, "checked": []}, token=ANN, path=path)
    assert error["message"] == "Unknown tool: get_more_tools"


async def test_a_token_is_used_for_what_its_scopes_say(gateway: RunningGateway, api: FakeApi) -> None:
    entry = {"name": "reader", "sha256": sha256("reader"), "namespaces": ["*"], "scopes": ["read"]}
    gateway.tokens.write_text(f"{gateway.tokens.read_text()}\n{json.dumps(entry)}\n")

    async def known() -> bool:
        status, _ = await gateway.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, token="reader")
        return status == 200

    await until(known, "the token is known")

    error = await gateway.call("word-count", {"text": "a"}, token="reader")
    assert (error["code"], "do not include call" in error["message"]) == (-32030, True)


async def test_wishes_are_counted(zone: Zone, gateway: RunningGateway) -> None:
    await ask(gateway)
    await ask(gateway)
    await ask(gateway, token=ALICE)
    _, text = await gateway.get("/metrics")

    assert 'cupel_gateway_asks_total{namespace="tools",outcome="recorded"} 1.0' in text
    assert 'cupel_gateway_asks_total{namespace="tools",outcome="merged"} 1.0' in text
    assert 'cupel_gateway_asks_total{namespace="",outcome="refused"} 1.0' in text


@MODES
async def test_a_name_nobody_has_stays_a_protocol_error(gateway: RunningGateway, mode: str) -> None:
    async with client_of(gateway, mode, token=ANN) as client:
        with pytest.raises(MCPError, match="Unknown tool: nothing"):
            await client.call_tool("nothing", {})
