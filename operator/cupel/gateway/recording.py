"""Writing a wish down: as a new gap, or as one more report on the gap there is, by compare and swap."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import ValidationError

from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import API_VERSION, JsonObject
from cupel.api.names import MANAGED_BY, PART_OF
from cupel.decide import gap_state
from cupel.decide.demand import PAUSE, counted
from cupel.decide.harmless import one_line
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.kube.refusals import in_words
from cupel.kube.resources import CAPABILITY_GAP, Kind

from .asking_words import Report
from .problems import Problem

log = logging.getLogger(__name__)

MANAGER = "cupel-gateway"
MOST_REMEMBERED = 10_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TRIES = 6
"""Writers of one gap that meet: each round at least one of them succeeds."""
PAUSE_SECONDS = 0.05
CONFLICT, GONE = 409, 404


class Gapwriter(Protocol):
    """What a `cupel.kube.client.Client` does of this. Raises Weather, Denied, Unexpected."""

    def get(self, kind: Kind, namespace: str, name: str) -> Awaitable[JsonObject | None]: ...

    def create(self, manifest: JsonObject, *, manager: str) -> Awaitable[JsonObject]: ...

    def merge_patch(
        self, kind: Kind, namespace: str, name: str, patch: JsonObject, *, manager: str
    ) -> Awaitable[JsonObject]: ...


class Recorder:
    """Writes gaps."""

    def __init__(self, client: Gapwriter, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._lately: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()
        """Namespace, gap and caller of reports counted here: of those a gap has no room to name, too."""

    async def create(self, namespace: str, report: Report, name: str = "") -> CapabilityGap | None:
        """A new gap; None when one of its name is there already. Raises Problem."""
        body = manifest(namespace, report, self._now(), name or name_of(report))
        try:
            return CapabilityGap.parse(await self._client.create(body, manager=MANAGER))
        except Weather as weather:
            if weather.code == CONFLICT:
                return None
            raise _passing(weather) from None
        except Denied as denied:
            raise refused(denied, namespace) from None
        except (Unexpected, ValidationError) as error:
            raise _unexpected(error) from None

    async def read(self, namespace: str, name: str) -> CapabilityGap | None:
        """The gap as the API server has it now. Raises Problem."""
        try:
            body = await self._client.get(CAPABILITY_GAP, namespace, name)
            return None if body is None else CapabilityGap.parse(body)
        except Weather as weather:
            raise _passing(weather) from None
        except Denied as denied:
            raise refused(denied, namespace) from None
        except (Unexpected, ValidationError) as error:
            raise _unexpected(error) from None

    async def count(self, namespace: str, name: str, *by: str) -> CapabilityGap | None:
        """One more report of each on a gap; the gap as it is then, or None when it is gone. Raises Problem.

        Only over exactly what was read: whoever comes second reads again, so no report is lost.
        """
        for tried in range(TRIES):
            try:
                return await self._count_once(namespace, name, by)
            except Weather as weather:
                if weather.code != CONFLICT:
                    raise _passing(weather) from None
            except Denied as denied:
                raise refused(denied, namespace) from None
            except (Unexpected, ValidationError) as error:
                raise _unexpected(error) from None
            await asyncio.sleep(PAUSE_SECONDS * 2**tried * random.uniform(0.5, 1))  # noqa: S311  # jitter, no secret
        raise Problem("busy", f"too many report {name} at once; it is known, try again later", retry_after=5)

    async def _count_once(self, namespace: str, name: str, by: tuple[str, ...]) -> CapabilityGap | None:
        body = await self._client.get(CAPABILITY_GAP, namespace, name)
        if body is None:
            return None
        gap, now = CapabilityGap.parse(body), self._now()
        due = [key for key in ((namespace, name, each) for each in by) if self._due(key, now)]
        demand = counted(gap.spec.demand, (each for _, _, each in due), now)
        if demand is None:
            return gap
        patch = {
            "metadata": {"resourceVersion": gap.metadata.resource_version},
            "spec": {"demand": demand.wire()},
        }
        answer = await self._client.merge_patch(CAPABILITY_GAP, namespace, name, patch, manager=MANAGER)
        for key in due:
            self._remember(key, now)
        return CapabilityGap.parse(answer)

    def _due(self, key: tuple[str, str, str], now: datetime) -> bool:
        return now - self._lately.get(key, LONG_AGO) >= PAUSE

    def _remember(self, key: tuple[str, str, str], now: datetime) -> None:
        self._lately[key] = now
        self._lately.move_to_end(key)
        while len(self._lately) > MOST_REMEMBERED:
            self._lately.popitem(last=False)


def name_of(report: Report) -> str:
    return gap_state.name_of(report.wish, report.template, report.openapi)


def manifest(namespace: str, report: Report, now: datetime, name: str) -> JsonObject:
    """The gap as it is created."""
    demand = counted(None, (report.by, *report.shown_by), now)
    spec: dict[str, Any] = {
        "wish": report.wish,
        "tried": list(report.tried),
        "checked": list(dict.fromkeys(report.checked)),
        "examples": [each.wire() for each in report.examples],
        "toolName": report.tool_name,
        "template": report.template.wire() if report.template else None,
        "openapi": report.openapi.wire() if report.openapi else None,
        "origin": report.origin,
        "demand": demand.wire() if demand else None,
        "onBehalfOf": report.by,
    }
    return {
        "apiVersion": API_VERSION,
        "kind": "CapabilityGap",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {PART_OF: "cupel", MANAGED_BY: "cupel-gateway"},
        },
        "spec": {key: value for key, value in spec.items() if value not in (None, [])},
    }


def refused(denied: Denied, namespace: str) -> Problem:
    """What the API server's refusal means for who asked."""
    if denied.code == GONE:
        return Problem(
            "cluster-refused", f"namespace {namespace} is gone, or this cluster has no CapabilityGaps (CRDs)"
        )
    return Problem("cluster-refused", one_line(in_words(str(denied), denied.code))[:600])


def _passing(weather: Weather) -> Problem:
    log.warning("a gap could not be written: %s", weather)
    after = weather.retry_after or 2
    return Problem("cluster-unavailable", "the API server does not answer; try again", retry_after=after)


def _unexpected(error: Exception) -> Problem:
    log.error("a gap could not be written: %s", type(error).__name__)
    return Problem(
        "cluster-refused", "the API server's answer was not understood; the gateway's log says more"
    )
