"""What we ourselves may do in a namespace, asked of the API server before it is tried."""

from __future__ import annotations

from collections.abc import Callable

from .client import Client
from .errors import Denied, Unexpected, Weather
from .resources import SELF_REVIEW

ASK_SECONDS = 30.0
"""How long an answer is believed: a RoleBinding that comes or goes is noticed after this."""
Wanted = tuple[str, str, str]
"""(verb, resource, subresource) of group apps."""


class May:
    """Remembers answers for half a minute. What cannot be asked is taken as allowed: the write will tell."""

    def __init__(self, client: Client, steady: Callable[[], float]) -> None:
        self._client = client
        self._steady = steady
        self._known: dict[tuple[str, Wanted], tuple[bool, float]] = {}

    async def do(self, namespace: str, wanted: Wanted) -> bool:
        """Whether we may do this to objects of group apps in a namespace."""
        found = self._known.get((namespace, wanted))
        if found is not None and self._steady() < found[1]:
            return found[0]
        allowed = await self._ask(namespace, wanted)
        self._known[namespace, wanted] = (allowed, self._steady() + ASK_SECONDS)
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
