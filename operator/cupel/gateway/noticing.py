"""Gaps nobody reports: names that are called and not there, arguments that keep failing at one field, and chains of
tools called over and over. What is seen often enough becomes a gap under the gateway's own name.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import NamedTuple

from cupel.decide.sightings import Sightings
from cupel.settings.gateway_front import FrontSettings

from .ask_metrics import AskMetrics
from .asking import OWN_NAMES, Asking
from .asking_words import Report
from .callers import Caller, asker
from .entry import Entry
from .outcome import Outcome
from .problems import Problem

log = logging.getLogger(__name__)

MOST = 2000
"""Things whose sightings are counted."""
MOST_WAITING = 64
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{2,63}\Z")
FIELD = re.compile(r"invalid arguments: `([A-Za-z_][A-Za-z0-9_.\[\]-]{0,99})`")
SEPARATORS = re.compile(r"[_.\-]+|(?<=[a-z])(?=[A-Z])")


class Sight(NamedTuple):
    """Something that shows that a tool is missing, or does not do."""

    namespace: str
    what: str
    """`unknown`, `failing` or `chain`."""
    name: str
    field: str = ""


class Noticing:
    """Counts what calls show, and asks for tools on nobody's behalf but its own."""

    def __init__(self, asking: Asking, settings: FrontSettings, own_name: str, metrics: AskMetrics) -> None:
        self._asking = asking
        self._settings = settings
        self._own_name = own_name
        self._metrics = metrics
        self._sightings: Sightings[Sight] = Sightings(MOST)
        self._due: asyncio.Queue[tuple[Sight, Report]] = asyncio.Queue(MOST_WAITING)

    def unknown(self, caller: Caller, name: str) -> None:
        """Somebody called what is not there."""
        if not self._settings.notices or name in OWN_NAMES or not NAME.match(name):
            return
        space, dot, rest = name.partition(".")
        namespace = space if dot and space in caller.namespaces else self._only(caller)
        plain = rest if dot and space in caller.namespaces else name
        if namespace:
            self._saw(Sight(namespace, "unknown", plain), caller, self._settings.unknown_calls)

    def called(self, caller: Caller, entry: Entry, outcome: Outcome) -> None:
        """A tool was called."""
        if not self._settings.notices:
            return
        field = FIELD.match(outcome.text) if outcome.label == "invalid_arguments" else None
        if field is not None:
            sight = Sight(entry.namespace, "failing", entry.tool_name, field[1])
            self._saw(sight, caller, self._settings.failing_calls)

    async def run(self) -> None:
        """Write down what was seen often enough, until cancelled."""
        while True:
            sight, report = await self._due.get()
            try:
                _, new = await self._asking.record(sight.namespace, report)
            except Problem as problem:
                log.info("no gap of what calls show in %s: %s", sight.namespace, problem)
                continue
            if new:
                self._metrics.noticed.labels(sight.namespace, sight.what).inc()

    def _saw(self, sight: Sight, caller: Caller, enough: int) -> None:
        times = self._sightings.saw(sight, asker(caller), asyncio.get_running_loop().time())
        if times < enough:
            return
        self._sightings.forget(sight)
        try:
            self._due.put_nowait((sight, report(sight, times, self._own_name)))
        except asyncio.QueueFull:
            log.warning("too many gaps wait to be written down; one in %s is left out", sight.namespace)

    def _only(self, caller: Caller) -> str:
        """The caller's namespace, if there is no doubt which one a tool would be for."""
        places = caller.namespaces & self._asking.catalogue.serving_namespaces()
        return next(iter(places)) if len(places) == 1 else ""


def report(sight: Sight, times: int, by: str) -> Report:
    """The wish of what was seen. What is seen stands in `tried`, so that wishes are compared by what they are about."""
    spoken = " ".join(SEPARATORS.split(sight.name)).strip().lower()
    match sight.what:
        case "unknown":
            evidence = (
                f"called as {sight.name}, {times} times (one a minute of each caller): no tool has this name"
            )
            return Report(wish=spoken, origin="Telemetry", by=by, tried=(evidence,))
        case _:
            evidence = (
                f"{sight.name} refused {times} calls (one a minute of each caller) for their `{sight.field}`: a clearer "
                "description, a schema that takes what callers have, or another tool would help"
            )
            wish = f"{spoken} with {sight.field} as callers have it"
            return Report(wish=wish, origin="Telemetry", by=by, tried=(evidence,), checked=(sight.name,))
