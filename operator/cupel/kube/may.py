"""What we ourselves may do in a namespace, asked of the API server before it is tried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .client import Client
from .errors import Denied, Unexpected, Weather
from .resources import SELF_REVIEW

ASK_SECONDS = 30.0
"""How old an answer gets: a RoleBinding that comes or goes is noticed by the first one after this."""
Wanted = tuple[str, str, str]
"""(verb, resource, subresource) of group apps."""
Question = tuple[str, Wanted]
"""The namespace it is asked about, and what."""


class May:
    """Remembers answers for half a minute; then the next one is asked for, and nobody waits for it.

    What cannot be asked is taken as allowed: the write will tell.
    """

    def __init__(self, client: Client, steady: Callable[[], float]) -> None:
        self._client = client
        self._steady = steady
        self._known: dict[Question, tuple[bool, float]] = {}
        self._asking: dict[Question, asyncio.Task[bool]] = {}

    async def do(self, namespace: str, wanted: Wanted) -> bool:
        """Whether we may do this to objects of group apps in a namespace."""
        question = (namespace, wanted)
        found = self._known.get(question)
        if found is None:
            return await self._learn(question)
        allowed, until = found
        if self._steady() >= until and question not in self._asking:
            asking = self._asking[question] = asyncio.create_task(self._learn(question))
            asking.add_done_callback(lambda _: self._asking.pop(question))
        return allowed

    async def _learn(self, question: Question) -> bool:
        allowed = await self._ask(*question)
        self._known[question] = (allowed, self._steady() + ASK_SECONDS)
        return allowed

    async def _ask(self, namespace: str, wanted: Wanted) -> bool:
        verb, resource, subresource = wanted
        attributes = {
            "namespace": namespace,
            "verb": verb,
            "group": "apps",
            "resource": resource,
            "subresource": subresource,
        }
        review = {
            "apiVersion": SELF_REVIEW.api_version,
            "kind": SELF_REVIEW.name,
            "metadata": {},
            "spec": {"resourceAttributes": attributes},
        }
        try:
            answer = await self._client.create(review)
            return answer["status"].get("allowed") is True
        except (Denied, Weather, Unexpected, KeyError):
            return True
