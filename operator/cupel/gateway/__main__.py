"""`python -m cupel.gateway`: the MCP endpoint on port 8004."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from cupel.api.names import DIGEST, ZONE
from cupel.entrance import Bounded
from cupel.kube.access import Reviewer
from cupel.kube.borrowed import borrower
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.existing import Existing
from cupel.kube.resources import (
    APPROVAL_LEDGER,
    CAPABILITY_GAP,
    GENERATED_TOOL,
    NAMESPACE,
    POD,
    TOOL_POLICY,
    TOOL_REVISION,
)
from cupel.kube.watch import Feed, reflect
from cupel.settings.environment import SettingError
from cupel.settings.gateway import GatewaySettings, gateway_settings
from cupel.store.engine import StoreUnusable, parsed
from cupel.telemetry.logs import start_logging
from cupel.telemetry.tracing import exporter_for

from .application import Application, Feeders
from .callers import TokenFile, TokensUnusable
from .catalogue import SERVING, Catalogue
from .front import Cluster
from .gaps import Gaps

UNUSABLE = 78
"""EX_CONFIG: the settings cannot work."""
LONGEST_CALL_SECONDS = 85
"""The longest timeout a tool may have, and all that surrounds a call: a wake, its turn, a Pod not ready."""


def main() -> int:
    try:
        settings = gateway_settings(os.environ)
        tokens = TokenFile(settings.tokens_file) if settings.tokens_file else None
        if settings.store_url:
            parsed(settings.store_url)
    except StoreUnusable as error:
        print(f"cupel gateway: CUPEL_STORE_URL: {error}", file=sys.stderr)  # noqa: T201  # as below
        return UNUSABLE
    except (SettingError, TokensUnusable) as error:
        print(f"cupel gateway: {error}", file=sys.stderr)  # noqa: T201  # before there is a log
        return UNUSABLE
    start_logging(settings.log_format, settings.log_level)
    trace_to(settings.otlp_endpoint)
    return asyncio.run(serve(settings, tokens))


async def serve(settings: GatewaySettings, tokens: TokenFile | None) -> int:
    """Run until SIGTERM or SIGINT, then finish what is under way; the exit code."""
    client = api_client(await configuration(os.environ))
    client.user_agent = "cupel-gateway"

    kubernetes = Reviewer(client) if settings.kubernetes_tokens else None
    cluster = Cluster(Client(client), Reviewer(client), borrower(client.configuration))
    application = Application(settings, tokens, kubernetes, Existing(client), feeds(Client(client)), cluster)
    try:
        await run(application, settings)
        return UNUSABLE if application.keeper.foreign.is_set() else 0
    finally:
        await client.rest_client.close()


def feeds(of: Client) -> Feeders:
    """What a gateway watches."""
    client = of.api

    def feed(catalogue: Catalogue, gaps: Gaps) -> list[Coroutine[Any, Any, None]]:
        return [
            reflect(client, Feed(NAMESPACE, f"{ZONE}={SERVING}"), catalogue.zones),
            reflect(client, Feed(GENERATED_TOOL), catalogue.tools),
            reflect(client, Feed(TOOL_REVISION), catalogue.revisions),
            reflect(client, Feed(APPROVAL_LEDGER), catalogue.ledgers),
            reflect(client, Feed(POD, DIGEST), catalogue.pods),
            reflect(client, Feed(TOOL_POLICY), catalogue.policies),
            reflect(client, Feed(CAPABILITY_GAP), gaps.store),
        ]

    return feed


class Server(uvicorn.Server):
    """Leaves signals to `run`: uvicorn's own handlers stop at once, and end the process by the signal."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run(application: Application, settings: GatewaySettings) -> None:
    """Serve HTTP; on a signal turn new calls away, then stop accepting, then wait for calls under way."""
    server = Server(
        uvicorn.Config(
            application.app,
            host=settings.host,
            port=settings.port,
            http=Bounded,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=LONGEST_CALL_SECONDS,
        )
    )
    loop = asyncio.get_running_loop()

    def stop() -> None:
        application.drain()
        loop.call_later(settings.drain_seconds, setattr, server, "should_exit", True)

    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop)

    async def stop_when_the_store_is_foreign() -> None:
        await application.keeper.foreign.wait()
        stop()

    refused = asyncio.create_task(stop_when_the_store_is_foreign())
    await server.serve()
    refused.cancel()


def trace_to(endpoint: str) -> None:
    """Send the spans the MCP SDK makes to this OTLP endpoint; nowhere when it is empty."""
    exporter = exporter_for(endpoint)
    if exporter is not None:
        provider = TracerProvider(resource=Resource.create({"service.name": "cupel-gateway"}))
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)


if __name__ == "__main__":
    sys.exit(main())
