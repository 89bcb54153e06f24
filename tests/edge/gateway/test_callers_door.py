"""Who calls a revision, told by a running gateway: to the autopilot, and to nobody else."""

from __future__ import annotations

import json

import pytest

from cupel.api.bundle import short
from cupel.control.one_caller import Heard
from cupel.signals.revision_callers import heard

from .conftest import ALICE, RunningGateway, sha256, until
from .test_revision_metrics import moody
from .zone import Zone

BOB = "bob-token"
AUTOPILOT, AGENT = "a.b.c", "d.e.f"
USERS = {
    AUTOPILOT: "system:serviceaccount:cupel-system:cupel-autopilot",
    AGENT: "system:serviceaccount:tools:cupel-autopilot",
}


@pytest.fixture(autouse=True)
async def known(zone: Zone, gateway: RunningGateway) -> None:
    for token, name in USERS.items():
        user = {"username": name}
        zone.api.users[token] = {"authenticated": True, "audiences": ["cupel-gateway"], "user": user}
    entry = json.dumps({"name": "bob", "sha256": sha256(BOB), "namespaces": ["*"]})
    gateway.tokens.write_text(f"{gateway.tokens.read_text()}\n{entry}\n")


async def served(zone: Zone, gateway: RunningGateway) -> str:
    """The path of a revision that serves."""
    digest = (await zone.publish(moody())).digest()
    await gateway.listed("moody")
    return f"/callers/tools/moody/{short(digest)}?seconds=60"


async def asked(gateway: RunningGateway, path: str, token: str) -> tuple[int, str]:
    return await gateway.get(path, **({"Authorization": f"Bearer {token}"} if token else {}))


async def told(gateway: RunningGateway, path: str) -> Heard:
    status, text = await asked(gateway, path, AUTOPILOT)
    assert status == 200, text
    return heard(text.encode())


async def test_the_autopilot_hears_who_calls_and_whose_calls_fail(
    zone: Zone, gateway: RunningGateway
) -> None:
    path = await served(zone, gateway)

    async def bob_is_known() -> bool:
        return (await asked(gateway, "/api/v1/tools", BOB))[0] == 200

    await until(bob_is_known, "bob's token is read")
    for arguments in ({}, {"how": "raise"}, {"how": "raise"}, {"how": "lie"}, {"how": 7}):
        await gateway.call("moody", arguments, token=BOB)
    await gateway.call("moody", {})

    found = await told(gateway, path)

    assert {name: tally[:3] for name, tally in found.callers.items()} == {
        "token/alice": (1, 0, 0),
        "token/bob": (1, 2, 1),
    }, "arguments that do not fit the schema say nothing of the revision"
    assert sum(found.callers["token/bob"][3:]) == 1
    assert not any(found.rest)
    metrics = (await gateway.get("/metrics"))[1]
    assert "bob" not in metrics, "no label names a caller"


async def test_of_what_nobody_called_there_is_nobody(zone: Zone, gateway: RunningGateway) -> None:
    path = await served(zone, gateway)

    assert not (await told(gateway, path)).callers
    assert not (await told(gateway, path.replace("moody", "other"))).callers


@pytest.mark.parametrize(
    ("token", "query", "status", "says"),
    [
        pytest.param("", "seconds=60", 401, "bearer token", id="nobody"),
        pytest.param("no-token", "seconds=60", 401, "bearer token", id="a stranger"),
        pytest.param(ALICE, "seconds=60", 403, "cupel-autopilot alone", id="a caller"),
        pytest.param(AGENT, "seconds=60", 403, "cupel-autopilot alone", id="an account of the same name"),
        pytest.param(AUTOPILOT, "", 400, "`seconds` must be a number above 0", id="without a time"),
        pytest.param(AUTOPILOT, "seconds=-1", 400, "`seconds` must be", id="a time before now"),
        pytest.param(AUTOPILOT, "seconds=nan", 400, "`seconds` must be", id="a time that is none"),
    ],
)
async def test_nobody_else_is_told(
    gateway: RunningGateway, token: str, query: str, status: int, says: str
) -> None:
    code, text = await asked(gateway, f"/callers/tools/moody/{'1' * 40}?{query}", token)

    assert code == status
    assert says in text
