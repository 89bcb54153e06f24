"""Asking through gateways of the real identity: RBAC says who may, admission what may be written, and no report is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.contract.admission.installed import apply
from tests.contract.admission.server import GATEWAY, HOME, SERVING, Body, Server
from tests.edge.gateway.asked import ELSE, OTHER_WORDS, WISH, answer, ask, refusal
from tests.edge.gateway.conftest import RunningGateway, until

from cupel.api.capability_gap import CapabilityGap
from cupel.gateway.asking_words import Report
from cupel.wishes.chains import Failure

from .conftest import AGENTS, RBAC, Replicas, bound, may_ask, token

pytestmark = pytest.mark.apiserver
GAPS = f"/apis/cupel.dev/v1alpha1/namespaces/{SERVING}/capabilitygaps"
BINDING = f"/apis/{RBAC}/v1/namespaces/{SERVING}/rolebindings/cupel-gateway-requests"


def agent(server: Server, name: str) -> str:
    return token(server, name, "cupel-gateway")


def user(name: str) -> str:
    return f"system:serviceaccount:{AGENTS}:{name}"


def gaps(server: Server) -> list[Body]:
    items: list[Body] = server.get(GAPS)["items"]
    return items


async def test_a_gap_is_made_on_the_askers_behalf(server: Server, replicas: Replicas) -> None:
    gateway = await replicas.start()

    made = answer(
        await ask(gateway, token=agent(server, "ann"), examples=[{"arguments": {}, "result": {"x": 1}}])
    )

    (body,) = gaps(server)
    spec = body["spec"]
    assert (made["answer"], body["metadata"]["name"]) == ("Recorded", made["gap"]["gap"])
    assert (spec["requestedBy"], spec["onBehalfOf"], spec["origin"]) == (GATEWAY, user("ann"), "Agent")
    assert CapabilityGap.parse(body).askers == (user("ann"), GATEWAY)


async def test_replicas_that_hear_of_it_at_once_make_one_gap_and_lose_no_report(
    server: Server, replicas: Replicas
) -> None:
    gateways = [await replicas.start() for _ in range(2)]
    tokens = [agent(server, name) for name in ("ann", "bob", "eve")]

    results = await asyncio.gather(
        *(ask(gateways[n % 2], WISH if n % 3 else OTHER_WORDS, token=each) for n, each in enumerate(tokens))
    )

    answers = [answer(result) for result in results]
    demand = [body["spec"]["demand"] for body in gaps(server)]
    assert sum(each["reports"] for each in demand) == 3
    assert {each["gap"]["gap"] for each in answers} == {body["metadata"]["name"] for body in gaps(server)}
    again = answer(await ask(gateways[0], token=tokens[0]))
    assert again["answer"] == "AlreadyWanted"


async def test_compare_and_swap_loses_nothing_under_contention(server: Server, replicas: Replicas) -> None:
    gateways = [await replicas.start() for _ in range(2)]
    made = answer(await ask(gateways[0], token=agent(server, "ann")))
    name = made["gap"]["gap"]
    recorders = [gateway.application.front.asking.recorder for gateway in gateways]

    counted = await asyncio.gather(
        *(recorders[n % 2].count(SERVING, name, f"agent-{n}") for n in range(12) if recorders[n % 2]),
        return_exceptions=True,
    )

    (body,) = gaps(server)
    done = [one for one in counted if isinstance(one, CapabilityGap)]
    assert body["spec"]["demand"]["reports"] == 1 + len(done)
    assert len(done) >= 6
    assert {c["by"] for c in body["spec"]["demand"]["callers"]} >= {user("ann")}


async def test_more_callers_than_a_gap_names_are_counted_and_none_is_taken_off(
    server: Server, replicas: Replicas
) -> None:
    gateway = await replicas.start()
    name = answer(await ask(gateway, token=agent(server, "ann")))["gap"]["gap"]
    recorder = gateway.application.front.asking.recorder
    assert recorder is not None

    for number in range(35):
        await recorder.count(SERVING, name, f"agent-{number}")
    await recorder.count(SERVING, name, "agent-34")

    demand = gaps(server)[0]["spec"]["demand"]
    assert (demand["reports"], len(demand["callers"])) == (36, 32)
    assert demand["callers"][0]["by"] == user("ann")


async def test_who_may_not_ask_is_told_and_what_to_bind(server: Server, replicas: Replicas) -> None:
    gateway = await replicas.start()
    stranger = agent(server, "stranger")

    assert await gateway.names(token=stranger) == []
    text = refusal(await ask(gateway, token=stranger))

    assert text.startswith("asking-forbidden: you may not ask for tools in any namespace")
    assert "cupel-asker" in text
    assert gaps(server) == []


async def test_a_gateway_that_is_not_bound_says_so_and_starts_when_it_is(
    server: Server, replicas: Replicas
) -> None:
    server.delete(BINDING).allowed()
    try:
        may_ask(server, GATEWAY, allowed=False)
        gateway = await replicas.start()
        ann = agent(server, "ann")
        assert await gateway.names(token=ann) == []
        assert f"kubectl create rolebinding cupel-gateway-requests -n {SERVING}" in refusal(
            await ask(gateway, token=ann)
        )
    finally:
        apply(server, [bound("cupel-gateway-requests", "cupel-gateway-requests", HOME, "cupel-gateway")])

    async def listed() -> bool:
        return "get_more_tools" in await gateway.names(token=ann)

    await until(listed, "the binding is noticed", 20)
    assert answer(await ask(gateway, token=ann))["answer"] == "Recorded"


async def test_what_telemetry_shows_is_the_gateways_own(server: Server, replicas: Replicas) -> None:
    gateway = await replicas.start(
        CUPEL_GATEWAY_TELEMETRY_UNKNOWN_CALLS="2", CUPEL_GATEWAY_TELEMETRY_CALLERS="2"
    )
    for name in ("ann", "bob"):
        error: dict[str, Any] = await gateway.call("currency-convert", {}, token=agent(server, name))
        assert error["code"] == -32602
    noticing = gateway.application.front.noticing
    assert noticing._spaces[SERVING].refused == _failures(user("ann"), user("bob"))

    await noticing.look()

    (body,) = gaps(server)
    assert (body["spec"]["origin"], body["spec"]["onBehalfOf"]) == ("Telemetry", GATEWAY)


def _failures(*callers: str) -> Any:
    from collections import deque

    return deque([Failure(caller, "currency-convert") for caller in callers])


async def test_a_text_and_a_template_pass_admission(server: Server, replicas: Replicas) -> None:
    gateway = await replicas.start()
    headers = {"authorization": f"Bearer {agent(server, 'ann')}"}
    bodies = {
        "gaps": {"text": f"NEED_INTEGRATION: {ELSE}"},
        "generate": {"need": "Measure texts", "template": _template(), "toolName": "measure"},
    }

    for path, body in bodies.items():
        url = f"{gateway.url}/api/v1/{path}"
        async with gateway.session.post(url, json=body, headers=headers) as response:
            assert response.status == 201, await response.text()

    assert {body["spec"]["origin"] for body in gaps(server)} == {"Text", "Agent"}


def _template() -> dict[str, Any]:
    from cupel.templates.catalogue import TEMPLATES

    template = next(iter(TEMPLATES.values()))
    return {"name": template.name, "parameters": template.example}


async def test_the_gateway_cannot_write_what_a_report_does_not_hold(
    server: Server, replicas: Replicas
) -> None:
    gateway: RunningGateway = await replicas.start()
    recorder = gateway.application.front.asking.recorder
    assert recorder is not None
    gap = await recorder.create(SERVING, Report(wish=WISH, origin="Agent", by="ann"))
    assert gap is not None

    changed = {"spec": {"wish": "something else"}}
    answered = server.call("PATCH", f"{GAPS}/{gap.name}", changed, GATEWAY, "application/merge-patch+json")

    answered.refused("the gateway changes demand, tried and checked only")
