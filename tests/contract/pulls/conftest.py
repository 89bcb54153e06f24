"""manifests/base, a zone that turned review by pull request on, and a git host that takes pushes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.contract.admission.installed import any_right, apply
from tests.contract.admission.server import Server
from tests.contract.cli.conftest import server as server
from tests.contract.cli.conftest import stage as stage
from tests.contract.cli.stage import Stage
from tests.contract.codes.process import identity
from tests.contract.pulls.desk import Desk
from tests.edge.pulls.conftest import served as served
from tests.support.github import GitHub

from cupel.kube.connect import api_client, configuration

ACCOUNT = "cupel-pulls"
PEOPLE = {
    "octo-alice": (11, "alice", ["cupel-approvers"]),
    "octo-bob": (12, "bob", ["cupel-approvers"]),
    "octo-carol": (13, "carol", ["cupel-approvers"]),
    "octo-erin": (14, "erin", []),
}
"""Account, person, groups. Nothing lets erin approve."""


@pytest.fixture(scope="module")
def kubeconfig_of_ours(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    apply(server, any_right(server))
    return identity(server, tmp_path_factory.mktemp("pulls"), ACCOUNT)


@pytest.fixture(scope="module")
def zone(stage: Stage) -> Iterator[Stage]:
    """Accounts that are people's; alice asks for tools, and may approve, too."""
    reviewers = [
        {"account": number, "login": login, "person": person, "groups": groups}
        for login, (number, person, groups) in PEOPLE.items()
    ]
    where = {"pullRequests": {"repository": "acme/tools", "reviewers": reviewers}}
    stage.server.patch(stage.path("ApprovalLedger", "ledger"), {"spec": where}, "zoe").allowed()
    yield stage


@pytest.fixture
async def desk(
    zone: Stage, kubeconfig_of_ours: Path, served: tuple[GitHub, str, str], tmp_path: Path
) -> AsyncIterator[Desk]:
    host, api_url, git_url = served
    async with AsyncExitStack() as stack:
        api = api_client(await configuration({"KUBECONFIG": str(kubeconfig_of_ours)}), agent="cupel-pulls")
        stack.push_async_callback(api.rest_client.close)
        here = Desk(zone, host, api, api_url, git_url, tmp_path)
        stack.push_async_callback(here.end)
        yield here
    for kind in ("GeneratedTool", "ToolRevision"):
        for body in zone.server.get(zone.path(kind, "").rstrip("/"))["items"]:
            zone.server.delete(zone.path(kind, body["metadata"]["name"]))
