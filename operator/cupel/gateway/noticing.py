"""Gaps nobody reports: names that are called and not there, arguments that keep failing at one field, chains
of tools called over and over. What several callers show often enough is a gap under the gateway's own name.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

from cupel.api.names import RESERVED_TOOLS
from cupel.settings.gateway_front import FrontSettings
from cupel.wishes.chains import Call, Candidate, Failure, Watched, chains, failed, failures, watched
from cupel.wishes.frequent import Counts

from .ask_metrics import AskMetrics
from .asking import Asking
from .asking_words import Report
from .callers import Caller, asker
from .entry import Entry
from .outcome import Outcome
from .problems import Problem

log = logging.getLogger(__name__)

LOOK_SECONDS = 15.0
MOST_EVENTS = 5000
"""Of a namespace between two looks; the oldest are left out."""
MOST_AT_ONCE = 3
"""Gaps of a namespace that one look makes."""
NAME = re.compile(r"^[A-Za-z0-9_.-]{1,128}$")
"""What may be a tool's name, its namespace before it; anything else, of any length, is not kept."""
FIELD = re.compile(r"invalid arguments: `([A-Za-z_][A-Za-z0-9_-]{0,62})")
RULES = (
    ("is required", "required"), ("is not of type", "type"), ("is not one of", "enum"),
    ("does not match", "pattern"), ("is too long", "maxLength"), ("is too short", "minLength"),
    ("Additional properties", "additionalProperties"),
)  # fmt: skip
"""What a validator's message begins or ends with, and the rule of JSON Schema it speaks of."""
What = Literal["chain", "failing", "unknown"]


@dataclass
class _Space:
    """What was seen in one namespace."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS))
    refused: deque[Failure] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS))
    chains: Watched = field(default_factory=Watched)
    failures: Counts = field(default_factory=dict)


class Noticing:
    """Looks at calls, and asks for tools on nobody's behalf but its own."""

    def __init__(self, asking: Asking, settings: FrontSettings, own_name: str, metrics: AskMetrics) -> None:
        self._asking = asking
        self._settings = settings
        self._own_name = own_name
        self._metrics = metrics
        self._spaces: dict[str, _Space] = {}

    def unknown(self, caller: Caller, name: str) -> None:
        """Somebody called what is not there. It counts where there is no doubt in which namespace."""
        if not self._settings.notices or name in RESERVED_TOOLS or not NAME.match(name):
            return
        space, dot, rest = name.partition(".")
        if dot and space in caller.namespaces:
            self._space(space).refused.append(Failure(asker(caller), rest))
        elif namespace := self._only(caller):
            self._space(namespace).refused.append(Failure(asker(caller), name))

    def called(self, caller: Caller, entry: Entry, outcome: Outcome) -> None:
        """A tool was called."""
        if not self._settings.notices:
            return
        space = self._space(entry.namespace)
        if outcome.label == "ok":
            now = asyncio.get_running_loop().time()
            space.calls.append(Call(asker(caller), entry.tool_name, now))
        elif outcome.label == "invalid_arguments" and (argument := FIELD.match(outcome.text)):
            rule = next((rule for words, rule in RULES if words in outcome.text), "")
            space.refused.append(Failure(asker(caller), entry.tool_name, argument[1], rule))

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while self._settings.notices:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Count what was seen since, and write down what was seen often enough."""
        self._forget(self._asking.catalogue.serving_namespaces())
        for namespace, space in list(self._spaces.items()):
            count(space)
            for what, candidate in self._due(space)[:MOST_AT_ONCE]:
                if await self._write(namespace, what, candidate):
                    told(space, candidate)

    def _due(self, space: _Space) -> list[tuple[What, Candidate]]:
        """What passed its threshold."""
        settings = self._settings
        by = settings.noticed_callers
        found: list[tuple[What, Candidate]] = [
            ("chain", each) for each in chains(space.chains, settings.repeated_chains, by)
        ]
        least = min(settings.unknown_calls, settings.failing_calls)
        for each in failures(space.failures, least, by):
            known = each.tools[0] in {thing[0] for thing in space.failures if len(thing) > 1 and thing[1]}
            what: What = "unknown" if "a name no tool has" in each.wish or not known else "failing"
            if each.times >= (settings.unknown_calls if what == "unknown" else settings.failing_calls):
                found.append((what, each))
        return found

    async def _write(self, namespace: str, what: What, candidate: Candidate) -> bool:
        """Whether it is written down; what cannot be now is tried at the next look."""
        try:
            _, new = await self._asking.record(namespace, report(what, candidate, self._own_name))
        except Problem as problem:
            log.info("no gap of what calls in %s show: %s", namespace, problem)
            return problem.status < 500
        if new:
            self._metrics.noticed.labels(namespace, what).inc()
        return True

    def _forget(self, serving: frozenset[str]) -> None:
        for namespace in self._spaces.keys() - serving:
            del self._spaces[namespace]

    def _space(self, namespace: str) -> _Space:
        return self._spaces.setdefault(namespace, _Space())

    def _only(self, caller: Caller) -> str:
        """The caller's namespace, if there is but one that a tool could be for."""
        places = caller.namespaces & self._asking.catalogue.serving_namespaces()
        return next(iter(places)) if len(places) == 1 else ""


def count(space: _Space) -> None:
    """Bring the counts up to date with what was seen."""
    space.chains = watched(space.chains, list(space.calls))
    space.failures = failed(space.failures, list(space.refused))
    space.calls.clear()
    space.refused.clear()


def told(space: _Space, candidate: Candidate) -> None:
    """Begin again with it: the gap counts it from now on."""
    kept = {thing: seen for thing, seen in space.chains.counts.items() if thing != candidate.tools}
    space.chains = replace(space.chains, counts=kept)
    space.failures = {
        thing: seen
        for thing, seen in space.failures.items()
        if not failures({thing: seen}, 1, 1) or failures({thing: seen}, 1, 1)[0].wish != candidate.wish
    }


def report(what: What, candidate: Candidate, by: str) -> Report:
    """The wish of what was seen; how often stands in `tried`, for wishes are compared by their words."""
    evidence = f"seen {candidate.times} times or more, of {candidate.callers} callers or more ({what})"
    checked = () if what == "unknown" else candidate.tools
    return Report(
        wish=candidate.wish[:2000],
        origin="Telemetry",
        by=by,
        shown_by=candidate.by,
        tried=(evidence,),
        checked=checked,
    )
