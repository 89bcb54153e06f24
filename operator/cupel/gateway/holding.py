"""Calls of tools that sleep by their policy: held until a Pod answers, within bounds.

The gateway wakes nothing itself. Who waits is counted; the autopilot reads that several times a second, of an
archived tool the operator itself, and the operator starts the Pod.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cupel.decide.sleep import Sleep
from cupel.settings.gateway import Hold

from .catalogue import Catalogue
from .entry import Entry
from .hold_metrics import End, HoldMetrics
from .outcome import NO_LONGER, Outcome

MOST_BYTES = 32 * 1024 * 1024
"""Of the arguments of all calls that are held: they stay in memory all the while."""
DRAIN_SECONDS = 5.0
"""What a call may still wait for a Pod that is on its way, once this gateway was told to end."""
OFF = "this tool is switched off (`spec.serving.replicas` is 0), and no call wakes it; ask whoever runs it"
RESTARTS = "this gateway is being restarted while the tool was asleep; it was not called: call again"
LATE = (
    "the tool was asleep, and no Pod of it was ready within {seconds:g} s; it was not called. Call again "
    "in a minute; if that fails too, `kubectl describe gtool {tool} -n {namespace}` tells whoever runs it why"
)
FULL = (
    "the tool is asleep, and too many calls{whose} wait already for tools to wake; try again in a few seconds"
)


@dataclass(frozen=True)
class Standing:
    """How it stands with a tool that a held call is for."""

    entry: Entry | None
    """What serves for it now; None: nothing."""
    pods: int = 0
    """Pods of that digest that take calls."""
    sleep: Sleep | None = None
    """None: it is awake, as far as the operator knows."""
    off: bool = False
    """A person wants no Pod of it."""

    @property
    def concerns_us(self) -> bool:
        """No Pod takes the call, and it is known why."""
        return self.entry is not None and not self.pods and (self.off or self.sleep is not None)


@dataclass(frozen=True)
class Ended:
    """How holding a call ended."""

    end: End
    answer: Entry | Outcome


def ended(standing: Standing, left: float, hold: Hold, *, draining: bool) -> Ended | None:
    """How holding ends, as it stands with `left` seconds to go; None: it goes on."""
    entry = standing.entry
    if entry is None:
        return Ended("gone", Outcome("unavailable", NO_LONGER))
    if standing.off and not standing.pods:
        return Ended("off", Outcome("unavailable", OFF))
    if not standing.concerns_us:  # without a Pod: another one is waited for as for any tool that serves
        return Ended("woken", entry)
    if draining and standing.sleep in (
        "Asleep",
        "Archived",
    ):  # nobody looks at our figures any more: it would not be woken
        return Ended("restarted", Outcome("unavailable", RESTARTS))
    if left <= 0:
        text = LATE.format(seconds=hold.seconds, tool=entry.tool, namespace=entry.namespace)
        return Ended("late", Outcome("unavailable", text))
    return None


@dataclass
class _Held:
    """Calls of one tool that wait."""

    change: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0


class Holding:
    """Holds calls. Each looks again when the API server said something new, not whenever a call ended."""

    def __init__(self, catalogue: Catalogue, hold: Hold, metrics: HoldMetrics) -> None:
        self._catalogue = catalogue
        self._hold = hold
        self._metrics = metrics
        self._held: dict[tuple[str, str], _Held] = {}
        self._by_caller: Counter[str] = Counter()
        self._bytes = 0
        self._drains_at: float | None = None
        catalogue.on_news(self._look)

    def close(self) -> None:
        """This gateway ends: nothing is held any more but for a Pod that is nearly there."""
        self._drains_at = asyncio.get_running_loop().time()
        self._look()

    def seconds_for(self, entry: Entry) -> float:
        """How long a call that came as its tool fell asleep may look for a Pod; 0: as long as any other."""
        standing = self._standing(entry)
        asleep = standing.concerns_us and not standing.off and self._drains_at is None
        return self._hold.seconds if asleep else 0.0

    def concerns(self, entry: Entry) -> bool:
        """Whether a call of this tool would find no Pod, because it sleeps or was switched off."""
        return self._standing(entry).concerns_us

    async def awake(self, entry: Entry, tenant: str, size: int) -> Entry | Outcome:
        """What to call once a Pod is ready, perhaps another revision; or why the call is not made.

        `size`: bytes that its arguments take.
        """
        if (found := self._ended(entry, self._hold.seconds)) is not None:
            return found.answer
        if (whose := self._full(entry, tenant, size)) is not None:
            self._metrics.ended(entry.namespace, entry.tool_name, "full")
            return Outcome("busy", FULL.format(whose=whose))
        with self._counted(entry, tenant, size) as held:
            return await self._until_ended(entry, held)

    async def _until_ended(self, entry: Entry, held: _Held) -> Entry | Outcome:
        clock = asyncio.get_running_loop().time
        began = clock()
        while True:
            left = self._until(began) - clock()
            if (found := self._ended(entry, left)) is not None:
                self._metrics.ended(entry.namespace, entry.tool_name, found.end, clock() - began)
                return found.answer
            await _changed(held.change, left)

    def _until(self, began: float) -> float:
        until = began + self._hold.seconds
        return until if self._drains_at is None else min(until, self._drains_at + DRAIN_SECONDS)

    def _ended(self, entry: Entry, left: float) -> Ended | None:
        return ended(self._standing(entry), left, self._hold, draining=self._drains_at is not None)

    def _standing(self, entry: Entry) -> Standing:
        current = self._catalogue.successor(entry)
        if current is None:
            return Standing(None)
        if pods := self._catalogue.backends.count(current.namespace, current.digest):
            return Standing(current, pods)
        tool = self._catalogue.tools.get(current.namespace, current.tool)
        if tool is None or tool.status.serving is None:
            return Standing(current)
        return Standing(current, 0, tool.status.serving.sleep, tool.spec.serving.replicas == 0)

    def _full(self, entry: Entry, tenant: str, size: int) -> str | None:
        """Whose calls are too many, as words for a sentence; None: there is room for one more."""
        held = self._held.get((entry.namespace, entry.tool_name))
        if held is not None and held.calls >= self._hold.per_tool:
            return " of it"
        if self._by_caller[tenant] >= self._hold.per_caller:
            return " of yours"
        full = self._by_caller.total() >= self._hold.at_once or self._bytes + size > MOST_BYTES
        return "" if full else None

    @contextmanager
    def _counted(self, entry: Entry, tenant: str, size: int) -> Iterator[_Held]:
        key = (entry.namespace, entry.tool_name)
        held = self._held.setdefault(key, _Held())
        self._count(held, key, tenant, size, 1)
        try:
            yield held
        finally:
            self._count(held, key, tenant, size, -1)
            if not held.calls:
                del self._held[key]
            self._by_caller += Counter()  # forgets those who have none

    def _count(self, held: _Held, key: tuple[str, str], tenant: str, size: int, one: int) -> None:
        held.calls += one
        self._by_caller[tenant] += one
        self._bytes += one * size
        self._metrics.waiting(*key, held.calls)

    def _look(self) -> None:
        for held in self._held.values():
            held.change.set()


async def _changed(change: asyncio.Event, seconds: float) -> None:
    """Something is new, or the time is up."""
    change.clear()
    try:
        async with asyncio.timeout(seconds):
            await change.wait()
    except TimeoutError:
        return
