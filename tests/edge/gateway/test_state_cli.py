"""`cupel state`, against a gateway."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cupel.cli.app import app

from .conftest import ALICE, MALLORY, RunningGateway, until
from .state_tools import COUNTS, remembering, store_is
from .zone import Zone


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"CUPEL_STORE_URL": f"sqlite:///{tmp_path}/store.db"}


async def cupel(gateway: RunningGateway, *arguments: str, token: str = ALICE) -> Result:
    where = ["-n", "tools", "--gateway", f"{gateway.url}/mcp"]
    environment = {"CUPEL_TOKEN": token, "KUBECONFIG": "/nowhere"}
    command = ["state", *arguments, *where]
    return await asyncio.to_thread(CliRunner().invoke, app, command, env=environment)


@pytest.fixture(autouse=True)
async def counted(zone: Zone, gateway: RunningGateway) -> None:
    """A state of alice, and one of an administrator with a Kubernetes token."""
    zone.api.users["a.b.c"] = {
        "authenticated": True,
        "audiences": ["cupel-gateway"],
        "user": {"username": "ada"},
    }
    zone.api.administrators.add(("ada", "tools"))
    zone.api.rights.add(("ada", "tools"))
    await until(lambda: store_is(gateway, "ok"), "the store is open")
    await zone.publish(remembering(COUNTS))
    await gateway.listed("counter")
    for token in (ALICE, "a.b.c"):
        assert not (await gateway.call("counter", {}, token=token))["isError"]


async def test_export_prints_ones_own_as_a_document(gateway: RunningGateway) -> None:
    result = await cupel(gateway, "export", "counter")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["tenant"] == "token/alice"


async def test_export_all_prints_everyones_on_lines(gateway: RunningGateway) -> None:
    result = await cupel(gateway, "export", "counter", "--all", token="a.b.c")

    assert result.exit_code == 0, result.output
    assert [json.loads(line)["tenant"] for line in result.stdout.splitlines()] == ["token/alice", "user/ada"]


async def test_delete_forgets_ones_own_or_everyones(gateway: RunningGateway) -> None:
    own = await cupel(gateway, "delete", "counter", "--yes")
    everyones = await cupel(gateway, "delete", "counter", "--all", "--yes", token="a.b.c")

    assert (own.stdout, everyones.stdout) == ("deleted the state of 1 tenants\n",) * 2
    assert (await cupel(gateway, "export", "counter")).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "token", "code", "said"),
    [
        pytest.param(("export", "counter", "--all"), ALICE, 1, "the verb administer", id="not an administrator"),
        pytest.param(("export", "nothing"), ALICE, 1, "keeps nothing of you", id="nothing kept"),
        pytest.param(("export", "counter"), MALLORY, 1, "no tools in this namespace", id="a caller from elsewhere"),
        pytest.param(("export", "counter"), "wrong", 4, "wants another token", id="a wrong token"),
        pytest.param(("delete", "counter"), ALICE, 2, "give --yes", id="nobody to ask"),
        pytest.param(("export", "counter", "--gateway", "http://127.0.0.1:1"), ALICE, 4, "no gateway answers", id="no gateway"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_one_line(
    gateway: RunningGateway, arguments: tuple[str, ...], token: str, code: int, said: str
) -> None:
    where = [] if "--gateway" in arguments else ["--gateway", f"{gateway.url}/mcp"]
    environment = {"CUPEL_TOKEN": token, "KUBECONFIG": "/nowhere"}
    command = ["state", *arguments, "-n", "tools", *where]
    result = await asyncio.to_thread(CliRunner().invoke, app, command, env=environment)

    assert result.exit_code == code, result.output
    assert said in result.stderr and result.stderr.count("\n") == 1
    assert len(await _tenants(gateway)) == 2


async def _tenants(gateway: RunningGateway) -> list[str]:
    async with gateway.application.keeper.use() as states:
        return [record.tenant for record in await states.export("tools", "counter")]
