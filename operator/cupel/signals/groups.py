"""Which queries go in one request: as many as can, but fewer and fewer beside one that takes too much."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

K = TypeVar("K")

TOGETHER = 100
"""Queries of one request: Prometheus joins them pair by pair, so that more costs the square."""
APART_SECONDS = 600.0
"""How long a query that spoilt a joined one is kept from others."""
MOST_KNOWN = 10_000
MOST_HALVED = 4
"""Requests of a look that are halved at the next: a Prometheus that is slow as a whole gets few more."""


class Groups:
    """How many others each query may go with. Times are steady seconds."""

    def __init__(self) -> None:
        self._most: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._halved = 0

    def parts(self, keys: Iterable[tuple[K, str]], steady: float) -> list[list[K]]:
        """Keys, each with its query, in the groups that are asked together; the largest first."""
        self._halved = 0
        sized: dict[int, list[K]] = defaultdict(list)
        for key, query in keys:
            sized[self._size(query, steady)].append(key)
        ordered = sorted(sized.items(), reverse=True)
        return [
            group[start : start + size] for size, group in ordered for start in range(0, len(group), size)
        ]

    def took_too_much(self, queries: Sequence[str], steady: float) -> None:
        """Their request was answered too late, or at too great a length: halves find the one that does it."""
        if self._halved >= MOST_HALVED and len(queries) > 1:
            return
        self._halved += len(queries) > 1
        for query in queries:
            self._most.pop(query, None)
            self._most[query] = ((len(queries) + 1) // 2, steady + APART_SECONDS)
        while len(self._most) > MOST_KNOWN:
            self._most.popitem(last=False)

    def _size(self, query: str, steady: float) -> int:
        size, until = self._most.get(query, (TOGETHER, 0.0))
        return size if until > steady else TOGETHER
