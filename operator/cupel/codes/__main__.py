"""`python -m cupel.codes`: one-time codes, and the ledger's second channel, on port 8005; health on 8081."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import uvicorn

from cupel.clock import unix
from cupel.entrance import Bounded
from cupel.kube.access import Reviewer
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.resources import CODE_ENROLLMENT
from cupel.kube.watch import Feed, reflect
from cupel.messages import send
from cupel.sealed import KeysUnusable, Unreadable, Vault
from cupel.settings.codes import CodesSettings, codes_settings
from cupel.settings.environment import SettingError
from cupel.store.codes import CodeStore
from cupel.store.engine import StoreUnusable, opened
from cupel.store.transaction import StoreAway
from cupel.telemetry.endpoints import serving
from cupel.telemetry.logs import start_logging

from .application import Application
from .contacts import Contacts, ContactsUnusable
from .health import probed
from .ledgers import Ledgers
from .service import Service

log = logging.getLogger("cupel.codes")
UNUSABLE = 78
"""EX_CONFIG: the settings cannot work."""
TIDY_SECONDS = 3600
LOOK_SECONDS = 15


def main() -> int:
    try:
        settings = codes_settings(os.environ)
        vault = Vault.read(settings.keys_file)
        Contacts(settings.contacts_file).check()
    except (SettingError, KeysUnusable, ContactsUnusable) as error:
        print(f"cupel codes: {error}", file=sys.stderr)  # noqa: T201  # before there is a log
        return UNUSABLE
    start_logging(settings.log_format, settings.log_level)
    try:
        asyncio.run(serve(settings, vault))
    except (StoreUnusable, Unreadable) as error:
        log.error("%s", error)
        return UNUSABLE
    return 0


async def serve(settings: CodesSettings, vault: Vault) -> None:
    """Run until SIGTERM or SIGINT, then finish what is under way. Raises StoreUnusable and Unreadable."""
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(opened(settings.store, "codes"))
        api = api_client(await configuration(os.environ), agent="cupel-codes")
        stack.push_async_callback(api.rest_client.close)
        client = Client(api)
        ledgers = Ledgers(client, Reviewer(api))
        service = Service(settings, vault, CodeStore(engine), client, ledgers, send, unix)
        if changed := await service.reencrypt():
            log.info("%d secrets were brought under the first key", changed)
        async with asyncio.TaskGroup() as tasks:
            feed = Feed(CODE_ENROLLMENT, namespace=settings.namespace)
            behind = [
                tasks.create_task(reflect(api, feed, service.enrollments)),
                tasks.create_task(
                    service.enrollments.run(lambda each: service.enrolling.look(each, service.now()))
                ),
                tasks.create_task(every(TIDY_SECONDS, service.tidy)),
                tasks.create_task(every(LOOK_SECONDS, service.count_locked)),
            ]
            async with serving(probed(service), settings.host, settings.health_port):
                await server(Application(service), settings).serve()
                await service.delivering.outbox.settled()
            for task in behind:
                task.cancel()


def server(application: Application, settings: CodesSettings) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            application.app,
            host=settings.host,
            port=settings.port,
            http=Bounded,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=20,
        )
    )


async def every(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    """Now and then, as long as the process lives."""
    while True:
        try:
            await do()
        except StoreAway as away:
            log.warning("the store could not be looked after: %s", away)
        await asyncio.sleep(seconds)


if __name__ == "__main__":
    sys.exit(main())
