"""CloudWatch in one region: what is known of each metric, what is due, and how patient we are with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import aiohttp

from .aws_calling import Denied, Misunderstood, Unidentified, answered, judged
from .aws_identity import Wallet, endpoint
from .aws_signing import Scope, signed
from .fetching import Limits, Unreadable
from .metric_data import PERIODS, Found, Query, Sample, batches, body, newest, taken
from .reading import Moment

log = logging.getLogger("cupel.signals")
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "GraniteServiceVersion20100801.GetMetricData",
}
MOST_PAGES = 20
MOST_SPLITS = 64
"""Calls of one look that are halved to find a query that spoils them; the next look goes on from there."""
APART_SECONDS = 600.0
"""How long a query that was not understood is not asked again; and then by itself."""
MOST_SUSPECTS = 16
"""Queries of a look that were not understood before, and are asked by themselves."""
PATIENCE = (2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Seconds after which a region that failed is asked again, the first time, the second, and so on."""
LONGEST_SECONDS = 60.0
"""All calls of one look, together."""
FORBIDDEN = "the account whose metric it is does not let the autopilot's role read it"
PART = "it answered only a part, and nothing of this metric"
SPOILT = "a query beside it is not understood, and is being looked for"

Billed = Callable[[str, int], None]
"""Told of every call: its region, and of how many metrics it is."""


@dataclass(frozen=True)
class Known:
    """What is known of one metric."""

    sample: Sample | None = None
    problem: str = ""
    refused: bool = False
    """A person must change something: an older sample is not good any more either."""
    period: int | None = None
    """The last one that was told."""
    again: float = 0.0
    """Not asked before then, on the steady clock."""


class Region:
    """One call of up to 500 metrics at a look, as far as they are due."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        name: str,
        url: str,
        wallet: Wallet,
        limits: Limits,
        billed: Billed,
    ) -> None:
        self._http = http
        self._billed = billed
        self._name = name
        self._url = url or endpoint("monitoring", name)
        self._wallet = wallet
        self._limits = limits
        self._task: asyncio.Task[None] | None = None
        self._failures = 0
        self._again = 0.0
        """Nothing is asked before then, on the steady clock."""
        self._trouble: Unreadable | None = None
        """Why no more is asked at this look."""
        self._splits = 0
        self.known: dict[Query, Known] = {}

    def begin(self, queries: Iterable[Query], moment: Moment) -> asyncio.Task[None] | None:
        """Ask for what is due. None: nothing is, it is being asked already, or it is given time."""
        if self._task and not self._task.done():
            return None
        if self._trouble and moment.steady < self._again:
            self._missing([query for query in queries if query not in self.known], self._trouble)
            return None
        due = [query for query in queries if self._due(query, moment)]
        self._task = asyncio.create_task(self._ask(due, moment)) if due else None
        return self._task

    def keep(self, wanted: Collection[Query]) -> None:
        """Forget all others."""
        self.known = {query: known for query, known in self.known.items() if query in wanted}

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _due(self, query: Query, moment: Moment) -> bool:
        known = self.known.get(query)
        return known is None or (known.period != query.due(moment.now) and known.again <= moment.steady)

    async def _ask(self, queries: Sequence[Query], moment: Moment) -> None:
        self._trouble, self._splits = None, 0
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._all(queries, moment)
        except TimeoutError:
            self._trouble = Unreadable(f"it did not answer all within {LONGEST_SECONDS:g} s")
        except Exception as mistake:
            log.exception("CloudWatch in %s was not asked", self._name)
            self._trouble = Unreadable(f"a mistake of Cupel's own: {type(mistake).__name__}")
        if self._trouble is None:
            self._failures = 0
            return
        self._again = moment.steady + PATIENCE[min(self._failures, len(PATIENCE) - 1)]
        self._failures += 1
        self._missing([query for query in queries if self._due(query, moment)], self._trouble)

    async def _all(self, queries: Sequence[Query], moment: Moment) -> None:
        suspects: list[Query] = []
        others: list[Query] = []
        for query in queries:
            known = self.known.get(query)
            (suspects if known and known.again else others).append(query)
        for part in batches(others):
            await self._part(part, moment)
        for query in suspects[:MOST_SUSPECTS]:
            await self._part([query], moment)

    async def _part(self, queries: Sequence[Query], moment: Moment) -> None:
        """One call. It is refused as a whole where one query is wrong: halves find that one."""
        if self._trouble:
            return self._missing(queries, self._trouble)
        try:
            found = await self._pages(queries, moment)
        except Misunderstood as misunderstood:
            await self._halves(queries, moment, misunderstood)
        except Unreadable as unreadable:
            if isinstance(unreadable, Unidentified):
                self._wallet.forget()
            self._trouble = unreadable
            self._missing(queries, unreadable)
        else:
            for query, one in zip(queries, found, strict=True):
                self._learn(query, one, moment)

    async def _halves(self, queries: Sequence[Query], moment: Moment, why: Misunderstood) -> None:
        if len(queries) == 1:
            self.known[queries[0]] = Known(
                problem=str(why), refused=True, again=moment.steady + APART_SECONDS
            )
            return
        self._splits += 1
        if self._splits > MOST_SPLITS:
            return self._missing(queries, Unreadable(SPOILT))
        half = len(queries) // 2
        await self._part(queries[:half], moment)
        await self._part(queries[half:], moment)

    async def _pages(self, queries: Sequence[Query], moment: Moment) -> list[Found]:
        found, page = [Found() for _ in queries], ""
        for _ in range(MOST_PAGES):
            page = taken(await self._call(queries, page, moment), found)
            if not page:
                return found
        raise Unreadable(f"its answer has more than {MOST_PAGES} pages")

    async def _call(self, queries: Sequence[Query], page: str, moment: Moment) -> bytes:
        asked = body(queries, moment.now, page)
        who = await self._wallet.credentials(self._name, moment.now)
        scope = Scope(self._name, "monitoring")
        headers = signed(self._url, asked, HEADERS, who, scope, moment.now)
        self._billed(self._name, len(queries))
        return judged(await answered(self._http, self._url, self._limits, asked, headers), moment.now)

    def _learn(self, query: Query, found: Found, moment: Moment) -> None:
        """What was answered of one metric; an older sample stays where there is no newer one."""
        told = query.due(moment.now)
        if found.status == "Forbidden":
            self.known[query] = Known(problem=FORBIDDEN, refused=True, period=told)
            return
        before = self.known.get(query, Known()).sample
        sample = newest(found, query, moment.now) or before
        problem = "" if sample is not before else _nothing(query) if found.status == "Complete" else PART
        self.known[query] = Known(sample, problem, period=told)

    def _missing(self, queries: Iterable[Query], why: Unreadable) -> None:
        """They stay due; what is known is good until it is stale, unless a person must do something."""
        refused = isinstance(why, Denied)
        for query in queries:
            known = self.known.get(query, Known())
            self.known[query] = replace(known, problem=str(why), refused=refused)


def _nothing(query: Query) -> str:
    seconds = PERIODS * query.period
    return (
        f"it has no datapoint in {seconds} s: "
        "are the metric's name and all of its dimensions as CloudWatch has them?"
    )
