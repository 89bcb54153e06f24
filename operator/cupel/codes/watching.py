"""Which CodeEnrollments there are, and looking at each when something happened, and now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from cupel.api.code_enrollment import CodeEnrollment
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.store.transaction import StoreAway

from .requests import Refusal

log = logging.getLogger(__name__)
TICK_SECONDS = 15.0
MOST = 1000
"""Enrolments looked at at once; more than that is no work of people."""
Look = Callable[[CodeEnrollment], Awaitable[None]]


class Enrollments:
    """The sink of a reflector, and the loop behind it."""

    def __init__(self) -> None:
        self.synced = False
        self._objects: dict[str, CodeEnrollment] = {}
        self._wake = asyncio.Event()

    def replace(self, objects: list[Mapping[str, Any]]) -> None:
        self._objects = {}
        for body in objects:
            self._put(body)
        self.synced = True
        self._wake.set()

    def changed(self, body: Mapping[str, Any]) -> None:
        self._put(body)
        self._wake.set()

    def deleted(self, body: Mapping[str, Any]) -> None:
        self._objects.pop(str(body["metadata"]["name"]), None)

    def nudge(self) -> None:
        """Something changed that no event tells of."""
        self._wake.set()

    def _put(self, body: Mapping[str, Any]) -> None:
        name = str(body["metadata"]["name"])
        try:
            self._objects[name] = CodeEnrollment.parse(body)
        except ValidationError as error:
            self._objects.pop(name, None)
            log.warning("CodeEnrollment %s cannot be read: %d mistakes", name, error.error_count())

    async def run(self, look: Look) -> None:
        """Until cancelled. What fails is tried again at the next tick."""
        while True:
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            for each in due(self._objects.values()):
                await self._look(each, look)

    async def _look(self, each: CodeEnrollment, look: Look) -> None:
        try:
            await look(each)
        except (Weather, StoreAway, Refusal) as passing:
            log.info("CodeEnrollment %s waits: %s", each.name, passing)
        except (Denied, Unexpected) as refused:
            log.warning("CodeEnrollment %s cannot be answered: %s", each.name, refused)
        except Exception:
            log.exception("a mistake of ours about CodeEnrollment %s", each.name)


def due(objects: Iterable[CodeEnrollment]) -> list[CodeEnrollment]:
    """The newest of each person, and of each reset: nobody keeps others waiting by making many.

    An older one of the same is looked at once the newer is gone; what is being deleted, never.
    """
    left = [each for each in objects if each.metadata.deletion_timestamp is None]
    newest = {(e.spec.person, e.spec.purpose, e.spec.resets): e for e in sorted(left, key=_age)}
    return list(newest.values())[:MOST]


def _age(each: CodeEnrollment) -> tuple[str, str]:
    created = each.metadata.creation_timestamp
    return (created.isoformat() if created else "", each.name)
