"""`python -m cupel.egress`: the proxy on port 3128."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from cupel.api.names import DIGEST, ZONE
from cupel.kube.connect import api_client, configuration
from cupel.kube.resources import APPROVAL_LEDGER, NAMESPACE, POD, TOOL_REVISION
from cupel.kube.watch import Feed, reflect
from cupel.settings.egress import EgressSettings, egress_settings
from cupel.settings.environment import SettingError
from cupel.telemetry.logs import start_logging

from .directory import SERVING, Directory
from .process import running
from .upstream import SystemResolver, client_context

UNUSABLE = 78
"""EX_CONFIG: the settings cannot work."""


def main() -> int:
    try:
        settings = egress_settings(os.environ)
        client_context(settings.ca_file)
    except SettingError as error:
        return _unusable(str(error))
    except OSError as error:  # ssl.SSLError is one
        return _unusable(f"CUPEL_EGRESS_CA_FILE cannot be used: {error.strerror or type(error).__name__}")
    start_logging(settings.log_format, settings.log_level)
    asyncio.run(serve(settings))
    return 0


async def serve(settings: EgressSettings) -> None:
    """Run until SIGTERM or SIGINT, then finish what is under way."""
    client = api_client(await configuration(os.environ), agent="cupel-egress")

    def feed(directory: Directory) -> list[Coroutine[Any, Any, None]]:
        return [
            reflect(client, Feed(NAMESPACE, f"{ZONE}={SERVING}"), directory.zones),
            reflect(client, Feed(POD, DIGEST), directory.pods),
            reflect(client, Feed(APPROVAL_LEDGER), directory.ledgers),
            reflect(client, Feed(TOOL_REVISION), directory.revisions),
        ]

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    try:
        async with running(settings, SystemResolver(settings.limits.look_ups), feed):
            await stop.wait()
    finally:
        await client.rest_client.close()


def _unusable(problem: str) -> int:
    print(f"cupel egress: {problem}", file=sys.stderr)  # noqa: T201  # before there is a log
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
