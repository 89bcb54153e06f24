"""Acts of people by REST. The gateway has no right to any of them: they are done with the caller's own token,
for that one request, and only where an administrator turned it on (CUPEL_GATEWAY_ACTS_OF_PEOPLE).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from pydantic import ValidationError

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import JsonObject, Model, Resource
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import CONDEMN, TOOL
from cupel.api.tool_revision import ToolRevision
from cupel.clock import second
from cupel.decide.harmless import one_line
from cupel.kube.borrowed import Borrow
from cupel.kube.client import Client
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.kube.refusals import in_words
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL, TOOL_REVISION

from ..problems import Code, Problem
from .bodies import Change, Condemnation, Done, Subject
from .operation import Answer, Asked, Do, Operation

R = TypeVar("R", bound=Resource)
T = TypeVar("T")
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
MANAGER = "cupel-gateway-forwarded"
UNKNOWN_TOKEN = 401
BOTH = (
    "the API server does not know this token: it must be made for the gateway and for the API server "
    "(kubectl create token NAME --audience=cupel-gateway --audience=https://kubernetes.default.svc.cluster.local)"
)
OFF = "acts of people are not forwarded here (CUPEL_GATEWAY_ACTS_OF_PEOPLE is off): use kubectl cupel instead"
PROBLEMS: tuple[Code, ...] = ("acts-off", "token-unusable", "cluster-refused", "unknown-tool", "conflict")
WITH_BODY: tuple[Code, ...] = (*PROBLEMS, "not-json", "too-large")
Act = Callable[[Client], Awaitable[str]]


class People:
    """Their operations; `borrow` None: nothing is forwarded."""

    def __init__(self, borrow: Borrow | None) -> None:
        self._borrow = borrow

    def operations(self) -> tuple[Operation, ...]:
        changes = "Change what is asked for."
        return (
            _operation("PATCH", "", "patchGeneratedTool", changes, self._patch, Change),
            _operation("DELETE", "", "deleteGeneratedTool", "Delete a tool.", self._delete, None),
            _operation("POST", "/approve", "approve", "Approve one digest.", self._approve, Subject),
            _operation("POST", "/reject", "reject", "Reject one digest.", self._reject, Subject),
            _operation("POST", "/rollback", "rollback", "Condemn what serves.", self._rollback, Condemnation),
        )

    async def _patch(self, asked: Asked) -> Answer:
        assert isinstance(asked.body, Change)  # noqa: S101  # the operation says so
        patch = {"spec": asked.body.spec}

        async def act(client: Client) -> str:
            await client.merge_patch(GENERATED_TOOL, *_named(asked), patch, manager=MANAGER)
            return "changed"

        return await self._act(asked, act)

    async def _delete(self, asked: Asked) -> Answer:
        async def act(client: Client) -> str:
            body = await client.get(GENERATED_TOOL, *_named(asked))
            if body is None:
                raise _absent(asked)
            await client.delete(GENERATED_TOOL, *_named(asked), body["metadata"]["uid"])
            return "deleted"

        return await self._act(asked, act)

    async def _approve(self, asked: Asked) -> Answer:
        return await self._decide(asked, "Approve")

    async def _reject(self, asked: Asked) -> Answer:
        return await self._decide(asked, "Reject")

    async def _decide(self, asked: Asked, verdict: Literal["Approve", "Reject"]) -> Answer:
        assert isinstance(asked.body, Subject)  # noqa: S101  # the operation says so
        subject, (namespace, name) = asked.body, _named(asked)
        digest = subject.digest

        async def act(client: Client) -> str:
            revision = await _revision(client, namespace, name, digest)
            why = {"reason": subject.reason} if subject.reason else {}
            review = {"decision": verdict, "by": asked.caller.name, "at": second().isoformat(), **why}
            entry = {"egress": list(revision.spec.egress), "review": review}
            patch = {"spec": {"decisions": {digest: entry}}}
            await client.merge_patch(APPROVAL_LEDGER, namespace, LEDGER_NAME, patch, manager=MANAGER)
            return f"{verdict}: {digest}"

        return await self._act(asked, act)

    async def _rollback(self, asked: Asked) -> Answer:
        assert isinstance(asked.body, Condemnation)  # noqa: S101  # the operation says so
        said = asked.body.digest

        async def act(client: Client) -> str:
            digest = said or await _serving(client, asked)
            patch = {"metadata": {"annotations": {CONDEMN: f"{digest}@{second():%Y-%m-%dT%H:%M:%S.%fZ}"}}}
            await client.merge_patch(GENERATED_TOOL, *_named(asked), patch, manager=MANAGER)
            return f"the operator is asked to condemn {digest}"

        return await self._act(asked, act)

    async def _act(self, asked: Asked, act: Act) -> Answer:
        """Raises Problem."""
        return Answer(Done(done=await acting(self._borrow, asked, act), by=asked.caller.name))


async def acting(borrow: Borrow | None, asked: Asked, act: Callable[[Client], Awaitable[T]]) -> T:
    """What `act` gives, done as the caller. Raises Problem."""
    if borrow is None:
        raise Problem("acts-off", OFF)
    if asked.caller.user is None:
        raise Problem("token-unusable", f"a token of the gateway's file is nobody there; {BOTH}")
    try:
        async with borrow(asked.token) as client:
            return await act(client)
    except Denied as denied:
        raise Problem("cluster-refused", one_line(in_words(str(denied), denied.code))[:1000]) from None
    except Weather as weather:
        raise _weather(weather) from None
    except Unexpected:
        raise Problem("cluster-refused", "the API server does not understand this request") from None


def _operation(method: str, act: str, id: str, summary: str, do: Do, takes: type[Model] | None) -> Operation:
    path, problems = f"/generatedtools/{{namespace}}/{{name}}{act}", WITH_BODY if takes else PROBLEMS
    return Operation(method, path, id, summary, do, Done, takes, problems=problems, forwards=True)


async def _revision(client: Client, namespace: str, name: str, digest: str) -> ToolRevision:
    """The revision of this digest as the caller may see it, if it is what it says. Raises Problem."""
    found = await client.list(TOOL_REVISION, namespace, f"{TOOL}={name}")
    for body in found["items"]:
        if body.get("spec", {}).get("digest") == digest:
            revision = _parsed(ToolRevision, body)
            if revision.spec.tool == name and revision.spec.bundle.digest() == digest:
                return revision
    raise Problem(
        "unknown-tool", f"{name} has no revision of this digest in namespace {namespace}", field="digest"
    )


async def _serving(client: Client, asked: Asked) -> str:
    """The digest to roll back: the canary, else what serves. Raises Problem."""
    body = await client.get(GENERATED_TOOL, *_named(asked))
    if body is None:
        raise _absent(asked)
    digest = _parsed(GeneratedTool, body).status.on_trial
    if not digest:
        raise Problem("unknown-tool", "nothing of this tool serves: name a digest", field="digest")
    return digest


def _parsed(kind: type[R], body: JsonObject) -> R:
    try:
        return kind.parse(body)
    except ValidationError:
        raise Problem("cluster-refused", "the object is of another version of Cupel") from None


def _named(asked: Asked) -> tuple[str, str]:
    """Namespace and object name of a path. Raises Problem."""
    namespace, name = asked.path["namespace"], asked.path["name"]
    if not (NAME.match(namespace) and NAME.match(name)):
        raise Problem("not-found", "the path must name a namespace and a GeneratedTool")
    return namespace, name


def _absent(asked: Asked) -> Problem:
    namespace, name = _named(asked)
    return Problem("unknown-tool", f"there is no GeneratedTool {name[:63]} in namespace {namespace[:63]}")


def _weather(weather: Weather) -> Problem:
    if weather.code == UNKNOWN_TOKEN:
        return Problem("token-unusable", BOTH)
    if weather.code == 409:
        return Problem("conflict", "it changed meanwhile; look again", retry_after=1)
    return Problem(
        "cluster-unavailable", "the API server does not answer", retry_after=weather.retry_after or 2
    )
