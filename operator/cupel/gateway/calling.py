"""One call of one tool: arguments checked, a Pod found and asked, the result checked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from cupel.decide.limits import Crowds
from cupel.toolpod import Answer, RequestTooLarge, ToolPods, Unreachable, call_body

from .catalogue import Catalogue
from .checking import problem
from .claiming import Existing
from .entry import Entry
from .holding import Holding
from .keeper import Keeper
from .metrics import RevisionMetrics
from .outcome import NO_LONGER, Outcome
from .pods import AVOID_SECONDS, Backend
from .remembering import Remembering, Served
from .sharing import Sharing, is_evidence

SLACK_SECONDS = 2.0
"""What a Pod may take beyond the tool's own time: starting the call's process and sending the answer."""
PATIENCE_SECONDS = 5.0
"""How long a call waits for a Pod to become ready, as while one revision takes over from another."""
RETRY_SECONDS = 0.25
MOST_REPEATS = 2
LARGE_BYTES = 65_536
SMALL_EFFORT = 10_000
"""Values larger than this, or that take more to check, are checked in a thread, so that other calls go on."""


class Calls:
    """Calls tools on their Pods."""

    def __init__(
        self,
        catalogue: Catalogue,
        pods: ToolPods,
        crowds: Crowds,
        keeper: Keeper,
        existing: Existing,
        revisions: RevisionMetrics,
        holding: Holding,
    ) -> None:
        self._holding = holding
        self._catalogue = catalogue
        self._pods = pods
        self._crowds = crowds
        self._revisions = revisions
        self._sharing = Sharing(catalogue)
        self._remembering = Remembering(catalogue, keeper, existing, self._counted)

    async def call(self, entry: Entry, arguments: Mapping[str, Any], tenant: str) -> Outcome:
        """Call the tool; never raises for what a tool, a Pod, the store or the caller did."""
        if entry.missing:
            return Outcome("unsupported", f"this tool cannot be called here: {entry.missing}")
        if entry.retired:
            return Outcome("unavailable", self.farewell(entry))
        if self._holding.concerns(entry):
            awake = await self._awake(entry, arguments, tenant)
            if isinstance(awake, Outcome):
                return awake
            entry = awake
        if entry.keeps_state:
            return await self._remembering.call(entry, arguments, tenant)
        mine = (tenant, entry.namespace, entry.tool_name)
        if not self._crowds.one_caller.enter(mine):
            return Outcome(
                "busy", "too many calls of yours of this tool are under way; try again in a second"
            )
        try:
            return (await self._counted(self._sharing.chosen(entry), arguments, None, tenant)).outcome
        finally:
            self._crowds.one_caller.leave(mine)

    def farewell(self, entry: Entry) -> str:
        """What somebody is told who calls a tool that was taken out of use."""
        heir = self._catalogue.tools.get(entry.namespace, entry.successor)
        said = heir.tool_name if heir else entry.successor
        if not said:
            return "this tool was retired, and no other was named for it; look at the list of tools"
        return f"this tool was retired: use {said} instead, after a look at its schemas in the list of tools"

    async def _awake(self, entry: Entry, arguments: Mapping[str, Any], tenant: str) -> Entry | Outcome:
        """Wait for a tool asleep, before anything else is waited for; never with arguments that are wrong."""
        body = await _request(entry, arguments, None)
        return body if isinstance(body, Outcome) else await self._holding.awake(entry, tenant, len(body))

    async def _counted(
        self, entry: Entry, arguments: Mapping[str, Any], state: Mapping[str, Any] | None, tenant: str
    ) -> Served:
        """Serve, unless too many do. A call that waits for its turn is not counted yet: others go on."""
        key = (entry.namespace, entry.tool_name)
        if not self._crowds.all_callers.enter(key):
            return Served(Outcome("busy", "too many calls of this tool are under way; try again in a second"))
        try:
            return await self._serve(entry, arguments, state, tenant)
        finally:
            self._crowds.all_callers.leave(key)

    async def _serve(
        self, entry: Entry, arguments: Mapping[str, Any], state: Mapping[str, Any] | None, tenant: str
    ) -> Served:
        """Go on with the revision that serves by then, while no Pod of this one takes calls."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        body: bytes | Outcome = b""
        asked = ""
        while True:
            if entry.digest != asked:
                body, asked = await _request(entry, arguments, state), entry.digest
            if isinstance(body, Outcome):
                return Served(body)
            served = await self._run(entry, body, tenant)
            if served is not None:
                return served
            left = began + max(PATIENCE_SECONDS, self._holding.seconds_for(entry)) - loop.time()
            if left <= 0:
                return Served(self._nobody(entry))
            await self._catalogue.next_change(min(left, RETRY_SECONDS))
            current = self._catalogue.successor(entry)
            if current is None:
                return Served(Outcome("unavailable", NO_LONGER))
            entry = current

    async def _run(self, entry: Entry, body: bytes, tenant: str) -> Served | None:
        """One run, counted for the revision that served it; None when no Pod took it."""
        clock = asyncio.get_running_loop().time
        started = clock()
        answer = await self._ask(entry, body)
        if answer is None:
            return None
        seconds = clock() - started
        outcome = answer if isinstance(answer, Outcome) else await _judge(entry, answer)
        if is_evidence(entry):
            self._revisions.ran(entry.namespace, entry.tool, entry.digest, outcome.label, seconds, tenant)
        state = answer.state if isinstance(answer, Answer) and outcome.label == "ok" else None
        return Served(outcome, state)

    def _nobody(self, entry: Entry) -> Outcome:
        if self._catalogue.backends.count(entry.namespace, entry.digest):
            return Outcome("busy", "all Pods of this tool are busy; try again in a few seconds")
        return Outcome("unavailable", "no Pod of this tool is ready; try again in a few seconds")

    async def _ask(self, entry: Entry, body: bytes) -> Answer | Outcome | None:
        """Ask Pods in turn. A call that may have reached the tool is made again only if that is harmless."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + entry.timeout_seconds + SLACK_SECONDS
        tried: frozenset[str] = frozenset()
        broken = 0
        while backend := self._catalogue.backends.pick(entry.namespace, entry.digest, tried, loop.time()):
            try:
                return await self._ask_one(backend, body, deadline - loop.time())
            except Unreachable as error:
                backend.avoid_until = loop.time() + AVOID_SECONDS
                if not error.sent:
                    tried |= {backend.address}
                    continue
                broken += 1
                if broken > MOST_REPEATS or not entry.repeatable or loop.time() >= deadline:
                    return Outcome("broken", f"the call was lost: {error}; try again in a few seconds")
        return None

    async def _ask_one(self, backend: Backend, body: bytes, seconds: float) -> Answer:
        backend.in_flight += 1
        try:
            return await self._pods.call(backend.address, body, max(seconds, 0.1))
        finally:
            backend.in_flight -= 1
            self._catalogue.wake()


async def _request(
    entry: Entry, arguments: Mapping[str, Any], state: Mapping[str, Any] | None
) -> bytes | Outcome:
    """What is sent to a Pod, once the arguments satisfy the tool's schema."""
    try:
        body = call_body(
            arguments,
            timeout_seconds=entry.timeout_seconds,
            memory_mebibytes=entry.memory_mebibytes,
            state=state if entry.keeps_state else None,
            proxy=entry.proxy,
        )
    except RequestTooLarge as error:
        return Outcome("invalid_arguments", str(error))
    if wrong := await _checked(len(body), entry.proven.arguments, arguments, "arguments"):
        return Outcome("invalid_arguments", f"invalid arguments: {wrong}")
    return body


async def _checked(size: int, validator: Any, value: Any, root: str) -> str:
    if size <= LARGE_BYTES and validator.effort(value, SMALL_EFFORT) <= SMALL_EFFORT:
        return problem(validator, value, root)
    return await asyncio.to_thread(problem, validator, value, root)


async def _judge(entry: Entry, answer: Answer) -> Outcome:
    if answer.error or answer.result is None:
        return explain(entry, answer)
    try:
        text = json.dumps(answer.result, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return Outcome("invalid_result", "the tool answered a number that JSON does not have")
    if wrong := await _checked(len(text), entry.proven.result, answer.result, "result"):
        return Outcome("invalid_result", f"the tool answered something its outputSchema forbids: {wrong}")
    return Outcome("ok", text, answer.result)


def explain(entry: Entry, answer: Answer) -> Outcome:
    """The outcome of an error, with what the agent can do about it."""
    match answer.error:
        case "ToolError":
            return Outcome("tool_error", answer.message or "the tool failed and said nothing")
        case "Timeout":
            return Outcome("timeout", f"the tool did not end within {entry.timeout_seconds} s; ask for less")
        case "OutOfMemory":
            memory = entry.memory_mebibytes
            return Outcome(
                "out_of_memory", f"the tool needed more than its {memory} MiB of memory; ask for less"
            )
        case "TooLarge":
            return Outcome("too_large", f"the result is too large: {answer.message}; ask for less")
        case _:
            return Outcome("broken", f"the tool is broken ({answer.error}): {answer.message}")
