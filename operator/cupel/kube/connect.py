"""Connections to the API server: where it is, who we are, and the fence that writes must pass."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import aiohttp
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from kubernetes.aio.config import load_incluster_config, load_kube_config

Permit = Callable[[], bool]
"""Whether a write may go out now; asked just before its bytes are handed to the socket."""

MAX_CONNECTIONS = 64
FRAMES = 30_000
"""The API server takes JSON 10,000 deep: one such object must not keep us from reading all others."""


def always() -> bool:
    """The permit of a process that is alone."""
    return True


def fenced(permit: Permit) -> type[aiohttp.ClientRequest]:
    """A request class that drops the connection instead of writing when `permit` says no.

    aiohttp keeps the headers back until the body is written, and every write of ours has a body (reads have
    none), so that nothing of a refused request reaches the server. Asking earlier is not enough: a process
    may be stopped for minutes while a request waits for its turn, its connection or its task.
    """

    class Fenced(aiohttp.ClientRequest):
        async def write_bytes(self, writer: Any, conn: Any, content_length: int | None = None) -> None:
            if permit():
                await super().write_bytes(writer, conn, content_length)
            else:
                conn.close()

    return Fenced


class Abrupt(aiohttp.TCPConnector):
    """A connector whose end leaves nothing open: not what was being opened just then, nor what says goodbye.

    aiohttp aborts the connections a closed connector still has. One that comes into being afterwards, and one
    that was given up before, say a TLS goodbye, which would outlive a loop that ends now.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._made: WeakSet[asyncio.BaseTransport] = WeakSet()

    async def _create_connection(self, *asked: Any) -> Any:
        made = await super()._create_connection(*asked)
        if self.closed:
            made.abort()
        elif made.transport is not None:
            self._made.add(made.transport)
        return made

    def abort(self) -> None:
        for transport in self._made:
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()


class Rest(RESTClientObject):
    """The package's own client, over our connector: this is the method it says to override."""

    def _create_connector(self) -> aiohttp.TCPConnector:
        self._connector = Abrupt(limit=self.maxsize, ssl=self.ssl_context)
        return self._connector

    async def close(self) -> None:
        await super().close()
        self._connector.abort()
        await asyncio.sleep(0)  # sockets are closed in the loop's next turn


async def configuration(values: Mapping[str, str]) -> Configuration:
    """Where the API server is: the kubeconfig KUBECONFIG names, else the Pod's service account, else
    ~/.kube/config.
    """
    sys.setrecursionlimit(max(FRAMES, sys.getrecursionlimit()))
    found: Configuration = Configuration()
    kubeconfig = values.get("KUBECONFIG", "").strip()
    if kubeconfig or "KUBERNETES_SERVICE_HOST" not in values:
        path = kubeconfig or str(Path("~/.kube/config").expanduser())
        await load_kube_config(  # type: ignore[no-untyped-call]  # the package has no types
            config_file=path, client_configuration=found, persist_config=False
        )
    else:
        load_incluster_config(client_configuration=found)  # type: ignore[no-untyped-call]  # same  # type: ignore[no-untyped-call]  # same
    return found


def api_client(found: Configuration, permit: Permit = always, agent: str = "cupel-operator") -> ApiClient:
    """A client of its own connections. `agent` is who the audit log says it was."""
    found.retries = None  # retries live in the work queue: one attempt here, no more
    found.connection_pool_maxsize = MAX_CONNECTIONS
    # trust_env would look for a proxy in a thread at every request
    found.client_session_kwargs = {"request_class": fenced(permit), "trust_env": False}
    client = ApiClient(found)
    client.user_agent = agent
    client.rest_client = Rest(found)
    client.rest_client.pool_manager = client.rest_client._create_pool_manager()
    return client


@dataclass(frozen=True)
class Access:
    """The same connection in plain words, for kopf, which brings its own client. Empty: not used."""

    server: str
    ca_file: str
    certificate_file: str
    key_file: str
    token: str
    insecure: bool


async def access(found: Configuration) -> Access:
    """Read again at every login: a service account's token is rotated."""
    authorization = (await found.auth_settings()).get("BearerToken", {}).get("value") or ""
    return Access(
        server=str(found.host),
        ca_file=found.ssl_ca_cert or "",
        certificate_file=found.cert_file or "",
        key_file=found.key_file or "",
        token=str(authorization).split(" ", 1)[-1].strip(),
        insecure=not found.verify_ssl,
    )
