"""Kubernetes Events, as `kubectl describe` shows them: real action, regarding and related, repeats counted
in a series.

An Event's name is derived from what it says, so that a repeat, also after a restart, finds it and counts
up.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cupel.api.common import JsonObject

from .client import Client
from .errors import Denied, Unexpected, Weather
from .resources import EVENT

CONTROLLER = "cupel.dev/operator"
MAX_NOTE = 1024
MAX_WAITING = 20_000
ATTEMPTS = 5
PAUSE = 1.0
GIVING_WAY = 0.1
"""Seconds between two Events while passes wait: an Event costs the API server what a status does."""


@dataclass(frozen=True)
class Reference:
    """An object an Event is about."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str

    def wire(self) -> JsonObject:
        return {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "uid": self.uid,
        }


@dataclass(frozen=True)
class Note:
    """One thing that happened to one object."""

    regarding: Reference
    related: Reference | None
    type: Literal["Normal", "Warning"]
    action: str
    reason: str
    text: str
    at: datetime

    @property
    def name(self) -> str:
        said = "/".join((self.regarding.uid, self.type, self.action, self.reason, self.text))
        return f"{self.regarding.name[:200]}.{hashlib.sha256(said.encode()).hexdigest()[:16]}"


class Recorder:
    """Writes Events one after another, behind the back of the passes, and slowly while these are `crowded`.

    What cannot be written is counted and dropped.
    """

    def __init__(
        self,
        client: Client,
        instance: str,
        lost: Callable[[], None],
        crowded: Callable[[], bool],
        controller: str = CONTROLLER,
    ) -> None:
        self._client = client
        self._controller = controller
        self._instance = instance
        self._lost = lost
        self._crowded = crowded
        self._waiting: asyncio.Queue[Note] = asyncio.Queue(MAX_WAITING)

    def record(self, note: Callable[[], Note]) -> None:
        """Make the note and keep it, if there is room. Never blocks."""
        if self._waiting.full():
            self._lost()
        else:
            self._waiting.put_nowait(note())

    async def run(self) -> None:
        while True:
            note = await self._waiting.get()
            if self._crowded():
                await asyncio.sleep(GIVING_WAY)
            for attempt in range(ATTEMPTS):
                if await self._write(note):
                    break
                await asyncio.sleep(PAUSE * 2**attempt)
            else:
                self._lost()

    async def _write(self, note: Note) -> bool:
        try:
            await self._client.create(self._manifest(note))
        except Weather as weather:
            return weather.code == 409 and await self._count(note)
        except (Denied, Unexpected):
            self._lost()  # trying again would change nothing
        return True

    async def _count(self, note: Note) -> bool:
        namespace = note.regarding.namespace
        try:
            found = await self._client.get(EVENT, namespace, note.name)
            if found is None:
                return False
            count = (found.get("series") or {}).get("count", 1) + 1
            series = {"series": {"count": count, "lastObservedTime": _micro(note.at)}}
            await self._client.merge_patch(EVENT, namespace, note.name, series)
        except Weather:
            return False
        except (Denied, Unexpected):
            self._lost()
        return True

    def _manifest(self, note: Note) -> JsonObject:
        manifest: JsonObject = {
            "apiVersion": EVENT.api_version,
            "kind": EVENT.name,
            "metadata": {"name": note.name, "namespace": note.regarding.namespace},
            "eventTime": _micro(note.at),
            "reportingController": self._controller,
            "reportingInstance": self._instance[:128],
            "type": note.type,
            "action": note.action,
            "reason": note.reason,
            "note": note.text[:MAX_NOTE],
            "regarding": note.regarding.wire(),
        }
        return manifest | ({"related": note.related.wire()} if note.related else {})


def _micro(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
