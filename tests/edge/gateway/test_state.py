"""Tools that remember: each tenant's state goes in and comes back, by a real launcher, on both databases."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cupel.store.engine import opened
from cupel.store.state import Owner, ToolStates

from .conftest import ALICE, RunningGateway, sha256, until
from .state_tools import COUNTS, OPEN, REMEMBERS, remembering, state, store_is, water_tracker
from .zone import Zone, tool_body

ALICES_PHONE = "alices-phone"
BOB = "bob-token"


@pytest.fixture
def environment(store_url: str) -> dict[str, str]:
    return {"CUPEL_STORE_URL": store_url}


@pytest.fixture(autouse=True)
async def others(gateway: RunningGateway) -> None:
    """More callers: bob, and a second token that shares a tenant with a third."""
    known = [json.loads(line) for line in gateway.tokens.read_text().splitlines()]
    for name, token, tenant in (
        ("bob", BOB, None),
        ("phone", ALICES_PHONE, "a"),
        ("watch", "alices-watch", "a"),
    ):
        entry = {"name": name, "sha256": sha256(token), "namespaces": ["*"]}
        known.append(entry | ({"tenant": tenant} if tenant else {}))
    gateway.tokens.write_text("\n".join(json.dumps(entry) for entry in known))
    await until(lambda: _known(gateway), "the tokens are known")
    await until(lambda: store_is(gateway, "ok"), "the store is open", 20)


async def _known(gateway: RunningGateway) -> bool:
    status, _ = await gateway.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, token="alices-watch")
    return status == 200


async def drink(gateway: RunningGateway, millilitres: int, **how: Any) -> dict[str, int]:
    result = await gateway.call("track_water", {"millilitres": millilitres}, **how)
    return dict(result["structuredContent"])


async def test_the_water_tracker_adds_up_what_each_tenant_drinks(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(water_tracker())
    await gateway.listed("track_water")

    assert await drink(gateway, 250) == {"total": 250, "left": 1750}
    assert await drink(gateway, 500) == {"total": 750, "left": 1250}
    assert await drink(gateway, 100, token=BOB) == {"total": 100, "left": 1900}
    assert await drink(gateway, 300, token=ALICES_PHONE) == {"total": 300, "left": 1700}
    assert await drink(gateway, 300, token="alices-watch") == {"total": 600, "left": 1400}


async def test_nothing_a_caller_says_makes_them_another_tenant(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(remembering(COUNTS))
    await gateway.listed("counter")
    await gateway.call("counter", {})
    claims = {"tenant": "token/alice", "state": {"n": 41}, "ctx": {}}
    headers = {"x-forwarded-user": "alice", "impersonate-user": "alice", "x-tenant": "token/alice"}
    params = {"name": "counter", "arguments": claims, "_meta": {"tenant": "token/alice"}, "state": {"n": 41}}

    _, answer = await gateway.post(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}, token=BOB, headers=headers
    )

    assert answer["result"]["structuredContent"] == {"n": 1}


async def test_a_kubernetes_user_is_a_tenant_by_the_name_the_api_server_says(
    zone: Zone, gateway: RunningGateway, store_url: str
) -> None:
    for token, user in (("a.b.1", "token/alice"), ("a.b.2", "u" * 600)):
        zone.api.users[token] = {
            "authenticated": True,
            "audiences": ["cupel-gateway"],
            "user": {"username": user},
        }
        zone.api.rights.add((user, "tools"))
    await zone.publish(remembering(COUNTS))
    await gateway.listed("counter")

    for token in (ALICE, "a.b.1", "a.b.2"):
        assert (await gateway.call("counter", {}, token=token))["structuredContent"] == {"n": 1}

    async with opened(store_url, "state") as engine:
        tenants = [record.tenant for record in await ToolStates(engine).export("tools", "counter")]
    assert tenants[:2] == ["token/alice", "user-sha256/" + sha256("u" * 600)]
    assert tenants[2] == "user/token/alice"


FAILS = {
    "the tool raises": ('    ctx.state["n"] = 99\n    raise ValueError("no")\n', "no"),
    "a result its schema forbids": (
        '    ctx.state["n"] = 99\n    return {"n": "many"}\n',
        "the tool answered something its outputSchema forbids",
    ),
    "a call that takes too long": ('    ctx.state["n"] = 99\n    time.sleep(60)\n', "the tool did not end within 1 s"),
    "a state over 64 KiB": (
        '    ctx.state["x"] = "y" * 65530\n    return {"n": 2}\n',
        "the state has 65544 bytes of JSON; at most 65536 are allowed",
    ),
    "a state that is not JSON": ('    ctx.state["x"] = {1}\n    return {"n": 2}\n', "the state is not JSON"),
    "a state that is no object": ("    ctx.state = [1]\n    return {'n': 2}\n", "ctx.state became list"),
}  # fmt: skip


@pytest.mark.parametrize("how", FAILS)
async def test_a_call_that_fails_leaves_the_old_state(zone: Zone, gateway: RunningGateway, how: str) -> None:
    code, said = FAILS[how]
    numbers = {"type": "object", "properties": {"n": {"type": "integer"}}}
    body = f"    if not given:\n        ctx.state['n'] = 1\n        return {{'n': 1}}\n    if 'look' in given:\n        return ctx.state\n{code}"
    await zone.publish(remembering(body, output_schema=numbers, serving={"timeoutSeconds": 1}))
    await gateway.listed("counter")
    await gateway.call("counter", {})

    failed = await gateway.call("counter", {"fail": True})

    assert failed["isError"] and said in failed["content"][0]["text"]
    assert (await gateway.call("counter", {"look": True}))["structuredContent"] == {"n": 1}


async def test_calls_of_one_tenant_take_turns_and_all_count(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(remembering("    time.sleep(0.01)" + COUNTS), pods=2)
    await gateway.listed("counter")

    results = await asyncio.gather(
        *(gateway.call("counter", {}, token=token) for token in (ALICE, BOB) for _ in range(9))
    )

    numbers = sorted(result["structuredContent"]["n"] for result in results)
    assert numbers == sorted([*range(1, 10), *range(1, 10)])


async def test_what_only_looks_writes_nothing(zone: Zone, gateway: RunningGateway, store_url: str) -> None:
    await zone.publish(remembering("    return {'n': ctx.state.get('n', 0)}\n"))
    await gateway.listed("counter")

    assert (await gateway.call("counter", {}))["structuredContent"] == {"n": 0}

    async with opened(store_url, "state") as engine:
        assert await ToolStates(engine).owners() == frozenset()


async def test_true_is_not_one_when_states_are_compared(zone: Zone, gateway: RunningGateway) -> None:
    code = "    was = ctx.state.get('x')\n    ctx.state['x'] = given['x']\n    return {'was': was}\n"
    await zone.publish(remembering(code))
    await gateway.listed("counter")

    answers = [
        (await gateway.call("counter", {"x": x}))["structuredContent"]["was"] for x in (1, True, 1.0, 1)
    ]

    assert [repr(answer) for answer in answers] == ["None", "1", "True", "1.0"]


async def interfere(store_url: str, zone: Zone, n: int) -> None:
    """Another gateway's call of the same tenant ends while ours is under way."""
    owner = Owner("tools", "counter", "uid-tools-counter", keep=True)
    async with opened(store_url, "state") as engine:
        states = ToolStates(engine)
        assert await states.save(owner, "token/alice", await states.load(owner, "token/alice"), {"n": n})


WAITS = "    open(given['at'] + str(ctx.state.get('n', 0)), 'w').close()\n    while not glob.glob(given['go']):\n        time.sleep(0.01)\n"


def waiting(name: str = "counter", **overrides: Any) -> dict[str, Any]:
    """A counter that says by a file that it runs, and waits for another one."""
    code = f"import glob, time\ndef run(ctx, /, **given):\n{WAITS}{COUNTS}"
    return tool_body(name, code=code, permissions=REMEMBERS, **OPEN | overrides)


async def begun(path: Path) -> None:
    async def there() -> bool:
        return path.exists()

    await until(there, f"the tool runs ({path.name})")


async def test_a_call_that_was_overtaken_is_made_again_with_the_newer_state(
    zone: Zone, gateway: RunningGateway, store_url: str, tmp_path: Path
) -> None:
    await zone.publish(waiting())
    await gateway.listed("counter")
    call = asyncio.create_task(gateway.call("counter", {"at": f"{tmp_path}/at-", "go": f"{tmp_path}/go"}))
    await begun(tmp_path / "at-0")
    await interfere(store_url, zone, 10)

    (tmp_path / "go").touch()

    assert (await call)["structuredContent"] == {"n": 11}
    assert (tmp_path / "at-10").exists()


async def test_a_state_deleted_while_a_call_runs_stays_deleted_for_it(
    zone: Zone, gateway: RunningGateway, store_url: str, tmp_path: Path
) -> None:
    await interfere(store_url, zone, 10)
    await zone.publish(waiting())
    await gateway.listed("counter")
    call = asyncio.create_task(gateway.call("counter", {"at": f"{tmp_path}/at-", "go": f"{tmp_path}/go"}))
    await begun(tmp_path / "at-10")
    status, _ = await state(gateway, "DELETE", "tools/counter")
    assert status == 200

    (tmp_path / "go").touch()

    assert (await call)["structuredContent"] == {"n": 1}


async def test_a_tool_made_anew_meanwhile_gets_nothing_of_the_old_ones_call(
    zone: Zone, gateway: RunningGateway, store_url: str, tmp_path: Path
) -> None:
    body = waiting()
    bundle = await zone.publish(body)
    await gateway.listed("counter")
    call = asyncio.create_task(gateway.call("counter", {"at": f"{tmp_path}/at-", "go": f"{tmp_path}/go"}))
    await begun(tmp_path / "at-0")
    await interfere(store_url, zone, 10)
    zone.serve(body | {"metadata": body["metadata"] | {"uid": "uid-anew"}}, bundle)
    await until(lambda: _uid_is(gateway, "uid-anew"), "the new tool is known")

    (tmp_path / "go").touch()

    assert "no longer served" in (await call)["content"][0]["text"]


async def _uid_is(gateway: RunningGateway, uid: str) -> bool:
    entry = gateway.application.catalogue.current("tools", "counter")
    return entry is not None and entry.uid == uid


async def test_a_new_revision_goes_on_with_the_state(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(remembering(COUNTS))
    await gateway.listed("counter")
    await gateway.call("counter", {})

    bundle = await zone.publish(remembering(COUNTS.replace('["n"]}', '["n"], "v": 2}')))
    await until(lambda: _serves(gateway, bundle.digest()), "the new revision serves")

    assert (await gateway.call("counter", {}))["structuredContent"] == {"n": 2, "v": 2}


async def _serves(gateway: RunningGateway, digest: str) -> bool:
    entry = gateway.application.catalogue.current("tools", "counter")
    return entry is not None and entry.digest == digest


async def test_a_pod_that_dies_mid_call_does_not_count_twice(
    zone: Zone, gateway: RunningGateway, tmp_path: Path
) -> None:
    await zone.publish(waiting(), pods=2)
    await gateway.listed("counter")
    call = asyncio.create_task(gateway.call("counter", {"at": f"{tmp_path}/at-", "go": f"{tmp_path}/go"}))
    await begun(tmp_path / "at-0")

    for pod in zone.launched:
        if pod.process.returncode is None and await _busy(gateway, pod.port):
            await pod.end()
            break
    (tmp_path / "go").touch()

    assert (await call)["structuredContent"] == {"n": 1}
    assert (await gateway.call("counter", {"at": f"{tmp_path}/at-", "go": f"{tmp_path}/go"}))[
        "structuredContent"
    ] == {"n": 2}


async def _busy(gateway: RunningGateway, port: int) -> bool:
    spaces = gateway.application.catalogue.backends._by_namespace["tools"].values()
    return any(b.in_flight for found in spaces for b in found.values() if b.address.endswith(f":{port}"))


async def broken_store(store_url: str) -> None:
    async with opened(store_url, "state") as engine, engine.begin() as connection:
        await connection.execute(text("ALTER TABLE tool_state RENAME TO elsewhere"))


async def mended_store(store_url: str) -> None:
    async with opened(store_url, "state") as engine, engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO tool_state"))


async def test_a_store_that_fails_refuses_calls_with_state_and_no_others(
    zone: Zone, gateway: RunningGateway, store_url: str
) -> None:
    await zone.publish(remembering(COUNTS))
    await zone.publish(tool_body("word-count"))
    await gateway.listed("counter", "word-count")
    await gateway.call("counter", {})
    await broken_store(store_url)

    refused = await gateway.call("counter", {})
    other = await gateway.call("word-count", {"text": "a b"})

    assert refused["isError"] and "was not called; try again later" in refused["content"][0]["text"]
    assert "elsewhere" not in str(refused)
    assert other["structuredContent"] == {"words": 2}
    status, said = await gateway.get("/health")
    assert (status, json.loads(said)) == (200, {"status": "ok", "store": "unavailable"})
    metrics = (await gateway.get("/metrics"))[1]
    assert "cupel_gateway_store_up 0.0" in metrics and "cupel_gateway_store_failures_total 1.0" in metrics
    assert (await state(gateway, "GET", "tools/counter"))[0] == 503

    await mended_store(store_url)
    assert (await gateway.call("counter", {}))["structuredContent"] == {"n": 2}
    assert await store_is(gateway, "ok")


async def test_a_store_that_fails_after_the_tool_ran_is_told(
    zone: Zone, gateway: RunningGateway, store_url: str, tmp_path: Path
) -> None:
    await zone.publish(waiting())
    await gateway.listed("counter")
    call = asyncio.create_task(gateway.call("counter", {"at": f"{tmp_path}/at-", "go": f"{tmp_path}/go"}))
    await begun(tmp_path / "at-0")
    await broken_store(store_url)

    (tmp_path / "go").touch()

    assert "its state could not be kept: this call does not count" in (await call)["content"][0]["text"]


async def test_calls_that_wake_a_tool_count_once_each(zone: Zone, gateway: RunningGateway) -> None:
    """All of them wait at once, in no turn: each sees what the one before left."""
    body = remembering(COUNTS)
    bundle = await zone.publish(body, pods=0, sleep="Asleep")
    await gateway.listed("counter")
    calls = [asyncio.create_task(gateway.call("counter", {})) for _ in range(4)]
    await until(lambda: _hold(gateway, 4), "all are held")

    await zone.launch(bundle)

    answers = await asyncio.gather(*calls)
    assert sorted(one["structuredContent"]["n"] for one in answers) == [1, 2, 3, 4]


async def _hold(gateway: RunningGateway, calls: int) -> bool:
    labels = {"namespace": "tools", "tool": "counter"}
    registry = gateway.application.metrics.registry
    return registry.get_sample_value("cupel_gateway_held_calls", labels) == calls
