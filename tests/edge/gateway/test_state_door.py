"""`/state`: a tenant sees and deletes their own, an administrator everyone's, nobody anybody else's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import ALICE, RunningGateway, sha256, until
from .state_tools import COUNTS, remembering, state
from .zone import Zone

BOB = "bob-token"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The statements behind it are tried on both databases in tests/edge/store."""
    return {"CUPEL_STORE_URL": f"sqlite:///{tmp_path}/store.db"}


@pytest.fixture(autouse=True)
async def ready(gateway: RunningGateway) -> None:
    entry = json.dumps({"name": "bob", "sha256": sha256(BOB), "namespaces": ["*"]})
    gateway.tokens.write_text(f"{gateway.tokens.read_text()}\n{entry}\n")

    async def known() -> bool:
        return (await state(gateway, "GET", "tools/counter", BOB))[0] == 404

    await until(known, "bob is known and the store is open")


async def counted(zone: Zone, gateway: RunningGateway) -> None:
    """States of alice (1), bob (2) and an administrator with a Kubernetes token."""
    zone.api.users["a.b.c"] = {
        "authenticated": True,
        "audiences": ["cupel-gateway"],
        "user": {"username": "ada"},
    }
    zone.api.administrators.add(("ada", "tools"))
    await zone.publish(remembering(COUNTS))
    await gateway.listed("counter")
    for token in (ALICE, BOB, BOB):
        await gateway.call("counter", {}, token=token)


async def test_a_tenant_exports_and_deletes_their_own(zone: Zone, gateway: RunningGateway) -> None:
    await counted(zone, gateway)

    status, mine = await state(gateway, "GET", "tools/counter")

    assert (status, mine["tenant"], mine["state"]) == (200, "token/alice", {"n": 1})
    assert (mine["namespace"], mine["tool"], mine["toolUid"]) == ("tools", "counter", "uid-tools-counter")
    assert await state(gateway, "DELETE", "tools/counter") == (200, {"deleted": 1})
    assert (await state(gateway, "GET", "tools/counter"))[0] == 404
    assert await state(gateway, "DELETE", "tools/counter") == (200, {"deleted": 0})
    assert (await state(gateway, "GET", "tools/counter", BOB))[1]["state"] == {"n": 2}
    assert (await gateway.call("counter", {}))["structuredContent"] == {"n": 1}


async def test_an_administrator_exports_and_deletes_everyones(zone: Zone, gateway: RunningGateway) -> None:
    await counted(zone, gateway)

    status, everyones = await state(gateway, "GET", "tools/counter?tenants=all", "a.b.c")

    assert status == 200 and everyones["after"] is None
    assert [(s["tenant"], s["state"]) for s in everyones["states"]] == [
        ("token/alice", {"n": 1}),
        ("token/bob", {"n": 2}),
    ]
    behind = await state(gateway, "GET", "tools/counter?tenants=all&after=token/alice", "a.b.c")
    assert [s["tenant"] for s in behind[1]["states"]] == ["token/bob"]
    assert await state(gateway, "DELETE", "tools/counter?tenants=all", "a.b.c") == (200, {"deleted": 2})
    assert (await state(gateway, "GET", "tools/counter", BOB))[0] == 404


@pytest.mark.parametrize(
    ("what", "token", "status", "said"),
    [
        pytest.param("tools/counter", "wrong", 401, "a valid bearer token", id="nobody"),
        pytest.param("tools/counter", "mallory-token", 404, "no tools in this namespace", id="a caller from elsewhere"),
        pytest.param("tools/a%00b", ALICE, 404, "no GeneratedTool", id="a name no object has"),
        pytest.param("tools/nothing", ALICE, 404, "keeps nothing of you", id="a tool that keeps nothing"),
        pytest.param("tools/counter?tenants=all", ALICE, 403, "the verb administer", id="everyones, by a token of the file"),
        pytest.param("tools/counter?tenants=all", "a.b.d", 403, "the verb administer", id="everyones, by a mere caller"),
        pytest.param("elsewhere/counter?tenants=all", "a.b.c", 403, "in elsewhere", id="an administrator of another namespace"),
        pytest.param("tools/counter?tenants=token/bob", ALICE, 400, "must be `all`", id="somebody elses by name"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_what_is_refused_deletes_nothing(
    zone: Zone, gateway: RunningGateway, method: str, what: str, token: str, status: int, said: str
) -> None:
    zone.api.users["a.b.d"] = {
        "authenticated": True,
        "audiences": ["cupel-gateway"],
        "user": {"username": "eve"},
    }
    zone.api.rights.add(("eve", "tools"))
    await counted(zone, gateway)

    answer = await state(gateway, method, what, token)

    if (method, status, what) == ("DELETE", 404, "tools/nothing"):
        assert answer == (200, {"deleted": 0})
    else:
        assert answer[0] == status and said in answer[1]["error"]
    assert len((await state(gateway, "GET", "tools/counter?tenants=all", "a.b.c"))[1]["states"]) == 2


async def test_without_a_host_it_knows_the_way_is_shut(gateway: RunningGateway) -> None:
    headers = {"authorization": f"Bearer {ALICE}", "host": "evil.example"}
    async with gateway.session.get(f"{gateway.url}/state/tools/counter", headers=headers) as response:
        assert response.status == 421
