"""Gateways in this process, each under the gateway's own service account, on a real API server with all our policies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
import yaml
from kubernetes.aio.client.configuration import Configuration
from tests.contract.admission.installed import apply, install, remove
from tests.contract.admission.server import GATEWAY, HOME, SERVING, Body, Server, connect
from tests.edge.gateway.conftest import RunningGateway, until
from tests.edge.gateway.zone import free_port
from tests.support.waiting import until as waited

from cupel.gateway.__main__ import feeds
from cupel.gateway.application import Application
from cupel.gateway.front import Cluster
from cupel.kube.access import Reviewer
from cupel.kube.borrowed import borrower
from cupel.kube.client import Client
from cupel.kube.connect import api_client
from cupel.kube.existing import Existing
from cupel.settings.gateway import gateway_settings

AGENTS = "matrix-agents"
API = "https://kubernetes.default.svc.cluster.local"
"""The audience of the API server itself, here."""
RBAC = "rbac.authorization.k8s.io"


@pytest.fixture(scope="session")
def server(apiserver_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    here = connect(apiserver_kubeconfig, tmp_path_factory.mktemp("kubeconfig"))
    fresh = install(here)
    accounts = [account(name, AGENTS) for name in ("ann", "bob", "eve", "stranger")]
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": AGENTS}}
    apply(here, [space, *accounts])
    askers = ("ann", "bob", "eve")
    apply(
        here,
        [bound("askers", "cupel-asker", AGENTS, *askers), bound("calls", "cupel-caller", AGENTS, *askers)],
    )
    apply(here, [bound("cupel-gateway-requests", "cupel-gateway-requests", HOME, "cupel-gateway")])
    for name in askers:
        may_ask(here, f"system:serviceaccount:{AGENTS}:{name}")
    may_ask(here, GATEWAY)
    yield here
    remove(here, admission=fresh)


def account(name: str, namespace: str) -> Body:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}


def bound(name: str, role: str, home: str, *accounts: str) -> Body:
    """A RoleBinding in the zone."""
    subjects = [{"kind": "ServiceAccount", "namespace": home, "name": each} for each in accounts]
    return {
        "apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": {"name": name, "namespace": SERVING},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}, "subjects": subjects,
    }  # fmt: skip


def may_ask(server: Server, user: str, *, allowed: bool = True) -> None:
    """Wait until RBAC knows what was bound, or no longer is: it learns of it with some lag."""
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    wanted = {"verb": "create", "group": "cupel.dev", "resource": "capabilitygaps", "namespace": SERVING}
    review: Body = {"spec": {"resourceAttributes": wanted}}

    def known() -> bool:
        status: Body = server.call("POST", path, review, user).allowed().body["status"]
        return bool(status["allowed"]) == allowed

    waited(known, what=f"RBAC knows whether {user} may ask")


def token(server: Server, name: str, *audiences: str, namespace: str = AGENTS) -> str:
    """A token of a service account; without audiences, for the API server."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"audiences": list(audiences)},
    }
    made: str = server.call("POST", path, body).allowed().body["status"]["token"]
    return made


@dataclass
class Replicas:
    """Starts gateways, and ends them."""

    server: Server
    host: str
    authority: str
    stack: AsyncExitStack
    started: list[RunningGateway] = field(default_factory=list)

    async def start(self, **environment: str) -> RunningGateway:
        running = await self.stack.enter_async_context(self._running(environment))
        self.started.append(running)
        return running

    @asynccontextmanager
    async def _running(self, environment: dict[str, str]) -> AsyncIterator[RunningGateway]:
        ours: Configuration = Configuration(
            host=self.host, api_key={"BearerToken": token(self.server, "cupel-gateway", namespace=HOME)},
            api_key_prefix={"BearerToken": "Bearer"},
        )  # fmt: skip
        ours.ssl_ca_cert = self.authority
        client = api_client(ours)
        application = Application(
            gateway_settings(environment), None, Reviewer(client), Existing(client), feeds(Client(client)),
            Cluster(Client(client), Reviewer(client), borrower(ours)),
        )  # fmt: skip
        port = free_port()
        config = uvicorn.Config(
            application.app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=5
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        async with aiohttp.ClientSession() as session:
            running = RunningGateway(application, f"http://127.0.0.1:{port}", Path(), session)
            await until(lambda: _ready(running, serving), "the gateway knows everything", 20)
            yield running
            application.drain()
            server.should_exit = True
        await serving
        await client.rest_client.close()


async def _ready(running: RunningGateway, serving: asyncio.Task[None]) -> bool:
    if serving.done():
        serving.result()
        pytest.fail("the gateway stopped")
    try:
        healthy = (await running.get("/health"))[0] == 200
    except aiohttp.ClientConnectorError:
        return False
    return healthy and running.application.front.gaps.known


@pytest.fixture
async def replicas(server: Server, apiserver_kubeconfig: Path) -> AsyncIterator[Replicas]:
    clear(server)
    configuration = server_configuration(apiserver_kubeconfig)
    async with AsyncExitStack() as stack:
        yield Replicas(server, *configuration, stack)
    clear(server)


def server_configuration(kubeconfig: Path) -> tuple[str, str]:
    """Address and certificate authority."""
    cluster: dict[str, Any] = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))["clusters"][0]["cluster"]
    return cluster["server"], cluster["certificate-authority"]


def clear(server: Server) -> None:
    server.delete(f"/apis/cupel.dev/v1alpha1/namespaces/{SERVING}/capabilitygaps")
