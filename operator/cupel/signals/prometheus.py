"""Figures from Prometheus: as many queries as possible in one request, the others by themselves."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlencode

import aiohttp

from .fetching import Limits, Refusal, TooMuch, Unreadable, bearer, fetch
from .groups import TOGETHER as TOGETHER
from .groups import Groups
from .promql import joined, whole
from .reading import Key, Moment, Reading, Readings, Request
from .vector import numbered, single

ALONE_AT_ONCE = 16
MOST_ALONE = 10_000
ALONE_SECONDS = 600.0
"""How long a query that spoilt a joined one is asked by itself."""


class Prometheus:
    """One Prometheus, or what speaks its HTTP API. `token_file` is read at every look: tokens are rotated."""

    def __init__(self, http: aiohttp.ClientSession, url: str, limits: Limits, token_file: str = "") -> None:
        self._http = http
        self._url = f"{url.rstrip('/')}/api/v1/query"
        self._limits = limits
        self._token_file = token_file
        self._alone: OrderedDict[str, float] = OrderedDict()
        """Until when a query is asked by itself."""
        self._groups = Groups()

    async def read(self, requests: Sequence[Request], moment: Moment) -> Readings:
        """One sample for each query; its time is the one Prometheus gives it."""
        queries = {r.key: r.signal.prometheus.query for r in requests if r.signal.prometheus}
        alone = {key for key, query in queries.items() if not self._joins(query, moment.steady)}
        parts = self._groups.parts(
            ((key, query) for key, query in queries.items() if key not in alone), moment.steady
        )
        gate = asyncio.Semaphore(ALONE_AT_ONCE)
        tasks = [self._together(part, queries, moment.steady, gate) for part in parts]
        tasks += [self._each(sorted(alone), queries, moment.steady, gate)]
        found: dict[Key, Reading] = {}
        for answers in await asyncio.gather(*tasks):
            found |= answers
        return found

    def _joins(self, query: str, steady: float) -> bool:
        return whole(query) and self._alone.get(query, 0.0) <= steady

    async def _together(
        self, keys: Sequence[Key], queries: dict[Key, str], steady: float, gate: asyncio.Semaphore
    ) -> dict[Key, Reading]:
        """All by one request.

        One wrong query spoils it: then each by itself, and the wrong one for a while.
        """
        if len(keys) == 1:
            return await self._each(keys, queries, steady, gate)
        try:
            answer = await self._ask(_form_of(tuple(queries[key] for key in keys)), gate)
            return dict(zip(keys, numbered(answer, len(keys)), strict=True))
        except Unreadable as unreadable:
            if isinstance(unreadable, TooMuch):
                self._groups.took_too_much([queries[key] for key in keys], steady)
            if not _misunderstood(unreadable):
                return {key: Reading.missing(f"Prometheus: {unreadable}") for key in keys}
        found = await self._each(keys, queries, steady, gate)
        wrong = [key for key in keys if found[key].value is None]
        for key in wrong or keys:  # none wrong by itself: one is a scalar, which cannot be joined
            self._set_apart(queries[key], steady + ALONE_SECONDS)
        return found

    def _set_apart(self, query: str, until: float) -> None:
        self._alone[query] = until
        while len(self._alone) > MOST_ALONE:
            self._alone.popitem(last=False)

    async def _each(
        self, keys: Sequence[Key], queries: dict[Key, str], steady: float, gate: asyncio.Semaphore
    ) -> dict[Key, Reading]:
        readings = await asyncio.gather(*(self._one(queries[key], steady, gate) for key in keys))
        return dict(zip(keys, readings, strict=True))

    async def _one(self, query: str, steady: float, gate: asyncio.Semaphore) -> Reading:
        try:
            return single(await self._ask(_form(query), gate))
        except Unreadable as unreadable:
            if isinstance(unreadable, TooMuch):
                self._groups.took_too_much([query], steady)
            said = "it does not understand the query" if _misunderstood(unreadable) else str(unreadable)
            return Reading.missing(f"Prometheus: {said}")

    async def _ask(self, form: bytes, gate: asyncio.Semaphore) -> bytes:
        async with gate:
            return await fetch(self._http, self._url, self._limits, form, bearer(self._token_file))


@lru_cache(maxsize=128)  # the same are asked at every look; joining and encoding 12,800 takes 80 ms
def _form_of(queries: tuple[str, ...]) -> bytes:
    return _form(joined(queries))


def _form(query: str) -> bytes:
    return urlencode({"query": query}).encode()


def _misunderstood(unreadable: Unreadable) -> bool:
    return isinstance(unreadable, Refusal) and unreadable.status in (400, 422)
