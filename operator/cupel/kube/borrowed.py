"""Somebody else's token, used for one act of theirs and kept nowhere, on a connection of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from kubernetes.aio.client.configuration import Configuration

from .client import Client
from .connect import api_client

Borrow = Callable[[str], AbstractAsyncContextManager[Client]]
"""From a bearer token to a client that acts by it."""


def borrower(ours: Configuration) -> Borrow:
    """Clients of the same API server. Of our configuration only its address and authority count."""

    @asynccontextmanager
    async def borrow(token: str) -> AsyncIterator[Client]:
        theirs: Configuration = Configuration(
            host=ours.host, api_key={"BearerToken": token}, api_key_prefix={"BearerToken": "Bearer"}
        )
        theirs.ssl_ca_cert, theirs.verify_ssl = ours.ssl_ca_cert, ours.verify_ssl
        theirs.tls_server_name = ours.tls_server_name
        client = Client(api_client(theirs, agent="cupel-gateway (forwarded)"))
        try:
            yield client
        finally:
            theirs.api_key.clear()
            await client.close()

    return borrow
