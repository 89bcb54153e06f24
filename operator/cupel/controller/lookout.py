"""Asks the gateways which tools are called: each minute, and each second for calls that wait for an archived
tool, which nobody else would wake.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import aiohttp

from cupel.api.common import JsonObject
from cupel.api.names import COMPONENT, GATEWAY_PORT
from cupel.kube.calls_seen import CallsSeen, Tool
from cupel.kube.cluster import Cluster
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.kube.resources import GENERATED_TOOL, POD, TOOL_POLICY, Kind
from cupel.kube.served import tool_name_of
from cupel.kube.stores import Stored
from cupel.signals.fetching import Limits, Unreadable, fetch, pod_url
from cupel.signals.gateway_calls import HELD_PATH, PATH, CallsTold, calls_told

from .workqueue import Key

log = logging.getLogger("cupel.controller")
SECONDS = 60.0
"""Between two looks at all calls."""
TICK = 1.0
"""Between two looks at calls that wait, while a tool is archived."""
LIMITS = Limits(seconds=5.0, size=16 * 1024 * 1024)
AGENT = {"User-Agent": "cupel-operator"}
ARCHIVED = '"sleep":"Archived"'
"""In the text of every tool that is archived, and of few others: those need no parsing."""


class Lists(Protocol):
    """The API server, asked for Pods."""

    async def list(self, kind: Kind, namespace: str = "", selector: str = "") -> JsonObject: ...


class Lookout:
    """Looks for as long as this process leads."""

    def __init__(
        self,
        client: Lists,
        namespace: str,
        cluster: Cluster,
        seen: CallsSeen,
        wake: Callable[[Key], None],
        now: Callable[[], datetime],
        url: Callable[[str, int, str], str] = pod_url,
    ) -> None:
        self._client = client
        self._namespace = namespace
        self._cluster = cluster
        self._seen = seen
        self._wake = wake
        self._now = now
        self._url = url
        self._said = ""

    async def run(self, http: aiohttp.ClientSession) -> None:
        """Until cancelled."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            if clock() >= due:
                due = clock() + SECONDS
                await self.look(http, PATH)
            elif self.archived():
                await self.look(http, HELD_PATH)
            await asyncio.sleep(TICK)

    async def look(self, http: aiohttp.ClientSession, path: str) -> None:
        """One look at every gateway that stands; what cannot be asked is said once."""
        try:
            pods = standing(await self._client.list(POD, self._namespace, f"{COMPONENT}=gateway"))
        except (Weather, Denied, Unexpected) as error:
            self._say(f"the gateways cannot be listed: {error}")
            return
        answers = await asyncio.gather(*(self._ask(http, host, path) for host in pods))
        told = [each for each in answers if isinstance(each, CallsTold)]
        problem = next((each for each in answers if isinstance(each, str)), "" if pods else "none stands")
        self._say(f"not every gateway says which tools are called: {problem}" if problem else "")
        self._heard(told, whole=path == PATH and not problem)

    def _heard(self, told: Sequence[CallsTold], *, whole: bool) -> None:
        before = self._seen.looked_at
        last: dict[Tool, datetime] = {}
        for each in told:
            last |= {tool: max(at, last.get(tool, at)) for tool, at in each.last.items()}
        waiting = frozenset().union(*(each.waiting for each in told))
        called = self._seen.heard(last, waiting, self._now() if whole else None)
        self._wake_up(waiting | called)
        if whole and before is None:
            for namespace, name in self._cluster[TOOL_POLICY].objects:
                self._wake(Key(TOOL_POLICY.name, namespace, name))

    def _wake_up(self, called: frozenset[Tool]) -> None:
        """A pass for every archived tool that a call waits for, or has come for since the last look."""
        for namespace, name, tool_name in self.archived():
            if (namespace, tool_name) in called:
                self._wake(Key(GENERATED_TOOL.name, namespace, name))

    def archived(self) -> list[tuple[str, str, str]]:
        """Namespace, name and MCP name of every archived tool."""
        found = ((each, each.once(_archived_as)) for each in self._cluster[GENERATED_TOOL].objects.values())
        return [(each.namespace, each.name, tool_name) for each, tool_name in found if tool_name]

    async def _ask(self, http: aiohttp.ClientSession, host: str, path: str) -> CallsTold | str:
        try:
            url = self._url(host, GATEWAY_PORT, path)
            return calls_told(await fetch(http, url, LIMITS, headers=AGENT))
        except Unreadable as unreadable:
            return str(unreadable)

    def _say(self, problem: str) -> None:
        if problem != self._said:
            log.log(logging.WARNING if problem else logging.INFO, "%s", problem or "every gateway answers")
        self._said = problem


def standing(answer: JsonObject) -> list[str]:
    """Addresses of Pods that may have taken calls: those that run and are not about to end."""
    return [
        str(pod["status"]["podIP"])
        for pod in answer.get("items") or ()
        if pod.get("status", {}).get("podIP")
        and pod["status"].get("phase") == "Running"
        and "deletionTimestamp" not in pod["metadata"]
    ]


def _archived_as(tool: Stored) -> str:
    """The MCP name of a tool that is archived; empty of all others."""
    if ARCHIVED not in tool.content:
        return ""
    body = tool.body()
    serving = body.get("status", {}).get("serving") or {}
    return tool_name_of(body) if serving.get("sleep") == "Archived" else ""
