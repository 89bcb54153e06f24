"""Who may ask for tools, and where: the caller's right, and this gateway's own to write it down.

A Kubernetes caller needs `create capabilitygaps` in the namespace, a token of the file the scope `ask`, and
this gateway the ClusterRole `cupel-gateway-requests`. Answers are remembered for a minute at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from cupel.api.common import GROUP
from cupel.kube.access import Permission, ReviewFailed, User

from .callers import Caller, Scope
from .doorkeeper import KEEP_REFUSAL_SECONDS, KEEP_SECONDS, MOST, REVIEWS_AT_ONCE
from .memory import Memory
from .problems import Problem

GAPS = "capabilitygaps"
BIND = (
    "this gateway may not ask for tools in namespace {0}: an administrator must run kubectl create "
    "rolebinding cupel-gateway-requests -n {0} --clusterrole=cupel-gateway-requests "
    "--serviceaccount={1}:cupel-gateway"
)


class Rights(Protocol):
    """What the API server is asked. Both raise `cupel.kube.access.ReviewFailed` when it does not answer."""

    def may(self, user: User, wanted: Permission) -> Awaitable[bool]: ...

    def may_ourselves(self, wanted: Permission) -> Awaitable[bool]: ...


class Askers:
    """Answers for callers; `rights` None: this gateway asks for nothing."""

    def __init__(
        self, rights: Rights | None, serving: Callable[[], frozenset[str]], system_namespace: str
    ) -> None:
        self._rights = rights
        self._serving = serving
        self._system_namespace = system_namespace
        self._places: Memory[tuple[User, frozenset[str]], frozenset[str]] = Memory(
            MOST, lambda _: KEEP_SECONDS
        )
        self._may: Memory[tuple[User, Permission], bool] = Memory(MOST, lambda _: KEEP_SECONDS)
        self._ours: Memory[str, bool] = Memory(MOST, _believed)
        self._reviews = asyncio.Semaphore(REVIEWS_AT_ONCE)

    async def namespaces(self, caller: Caller) -> frozenset[str]:
        """Serving namespaces in which they may ask. Raises ReviewFailed."""
        if "ask" not in caller.scopes or self._rights is None:
            return frozenset()
        serving = self._serving()
        if caller.user is None:
            return caller.namespaces & serving
        user = caller.user
        return await self._places.recall((user, serving), lambda: self._where(user, serving))

    async def reads(self, caller: Caller, namespace: str) -> bool:
        """Whether they may read every gap there, what strangers wrote included. Raises ReviewFailed."""
        if caller.user is None or self._rights is None:
            return False
        user, wanted = caller.user, Permission("get", GROUP, GAPS, namespace)
        return await self._may.recall((user, wanted), lambda: self._holds(user, wanted))

    async def writable(self, namespaces: frozenset[str]) -> frozenset[str]:
        """Those of them in which this gateway may ask. Raises ReviewFailed."""
        ordered = sorted(namespaces)
        answers = await asyncio.gather(*(self._we_may(space) for space in ordered))
        return frozenset(space for space, allowed in zip(ordered, answers, strict=True) if allowed)

    async def chosen(self, caller: Caller, named: str | None) -> str:
        """The namespace they ask in. Raises Problem, that says who must bind what."""
        may = await self._known(caller)
        if named is not None and named not in may:
            raise Problem("asking-forbidden", _forbidden(caller, f"namespace {named}"), field="namespace")
        if not may:
            raise Problem("asking-forbidden", _forbidden(caller, "any namespace"))
        if named is None and len(may) > 1:
            some = ", ".join(sorted(may)[:20])
            message = f"`namespace` is needed: you may ask in {some}{', ...' if len(may) > 20 else ''}"
            raise Problem("namespace-required", message, field="namespace")
        return named if named is not None else next(iter(may))

    async def require_ours(self, namespace: str) -> None:
        """Raises Problem when this gateway may not ask there."""
        try:
            ours = await self._we_may(namespace)
        except ReviewFailed:
            raise unanswered() from None
        if not ours:
            raise Problem("gateway-unbound", BIND.format(namespace, self._system_namespace))

    async def _known(self, caller: Caller) -> frozenset[str]:
        try:
            return await self.namespaces(caller)
        except ReviewFailed:
            raise unanswered() from None

    async def _where(self, user: User, namespaces: frozenset[str]) -> frozenset[str]:
        ordered = sorted(namespaces)
        wanted = [Permission("create", GROUP, GAPS, space) for space in ordered]
        answers = await asyncio.gather(*(self._holds(user, each) for each in wanted))
        return frozenset(space for space, allowed in zip(ordered, answers, strict=True) if allowed)

    async def _holds(self, user: User, wanted: Permission) -> bool:
        assert self._rights is not None  # noqa: S101  # every way here asked
        async with self._reviews:
            return await self._rights.may(user, wanted)

    async def _we_may(self, namespace: str) -> bool:
        async def ask() -> bool:
            if self._rights is None:
                return False
            async with self._reviews:
                return await self._rights.may_ourselves(Permission("create", GROUP, GAPS, namespace))

        return await self._ours.recall(namespace, ask)


def require_scope(caller: Caller, scope: Scope) -> None:
    """Raises Problem when the token is not for this."""
    if scope not in caller.scopes:
        has = ", ".join(sorted(caller.scopes))
        remedy = "an administrator adds it in the file of tokens"
        message = f"this token's scopes ({has}) do not include {scope}: {remedy}"
        raise Problem("scope-missing", message)


def unanswered() -> Problem:
    return Problem("cluster-unavailable", "the API server could not be asked what you may do", retry_after=2)


def _forbidden(caller: Caller, where: str) -> str:
    if caller.user is None:
        remedy = "an administrator adds the scope ask, or the namespace"
        return f"this token may not ask for tools in {where}: {remedy}"
    return (
        f"you may not ask for tools in {where}: an administrator binds a role with create on "
        "capabilitygaps.cupel.dev, such as the ClusterRole cupel-asker, there; it counts within a minute"
    )


def _believed(allowed: bool) -> float:  # the answer itself
    return KEEP_SECONDS if allowed else KEEP_REFUSAL_SECONDS
