"""Whether the code service can answer; on its own port, for counts would tell people of their guesses."""

from __future__ import annotations

from functools import partial

from aiohttp import web
from prometheus_client import generate_latest

from cupel.telemetry.endpoints import application

from .service import Service


def probed(service: Service) -> web.Application:
    return application(partial(unready, service), partial(generate_latest, service.metrics.registry))


async def unready(service: Service) -> str:
    """Empty when all is well."""
    if not service.enrollments.synced:
        return "syncing"
    return "" if await service.store.alive() else "the store does not answer"
