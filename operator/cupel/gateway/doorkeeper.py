"""Whose bearer token is this, and where may they call? Tokens of the file first, then Kubernetes tokens."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from cupel.api.common import GROUP
from cupel.kube.access import Permission, User

from .callers import EVERYWHERE, Caller, Token, TokenFile, tenant_of_token, tenant_of_user
from .memory import Memory

KEEP_SECONDS = 60.0
"""How long a Kubernetes token and the rights behind it are believed, even when withdrawn meanwhile."""
KEEP_REFUSAL_SECONDS = 10.0
MOST = 10_000
MAX_TOKEN_CHARACTERS = 8192
REVIEWS_AT_ONCE = 16
FILE_SECONDS = 1.0


class Kubernetes(Protocol):
    """What the API server is asked. Both raise `cupel.kube.access.ReviewFailed` when it does not answer."""

    def whose(self, token: str, audience: str) -> Awaitable[User | None]: ...

    def may(self, user: User, wanted: Permission) -> Awaitable[bool]: ...


class Doorkeeper:
    """Turns a bearer token into a Caller. Answers of the API server are remembered for at most a minute."""

    def __init__(
        self,
        tokens: TokenFile | None,
        kubernetes: Kubernetes | None,
        audience: str,
        serving_namespaces: Callable[[], frozenset[str]],
    ) -> None:
        self._tokens = tokens
        self._kubernetes = kubernetes
        self._audience = audience
        self._serving_namespaces = serving_namespaces
        self._file_seen = 0.0
        self._users: Memory[bytes, User | None] = Memory(MOST, _believed)
        self._rights: Memory[tuple[User, frozenset[str]], frozenset[str]] = Memory(
            MOST, lambda _: KEEP_SECONDS
        )
        self._reviews = asyncio.Semaphore(REVIEWS_AT_ONCE)

    async def admit(self, token: str) -> Caller | None:
        """Who this is; None when the token is not valid. Raises ReviewFailed when nobody can say."""
        if not token or len(token) > MAX_TOKEN_CHARACTERS:
            return None
        if (known := self._of_file(token)) is not None:
            return Caller(
                f"token/{known.name}",
                self._places(known),
                tenant_of_token(known),
                scopes=frozenset(known.scopes),
            )
        if self._kubernetes is None or token.count(".") != 2:
            return None
        key = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        user = await self._users.recall(key, lambda: self._whose(token))
        if user is None:
            return None
        serving = self._serving_namespaces()
        places = await self._rights.recall((user, serving), lambda: self._may(user, serving))
        return Caller(user.name, places, tenant_of_user(user), user)

    async def administers(self, caller: Caller, namespace: str) -> bool:
        """Whether they hold the verb `administer` on the ledger there, now. Raises ReviewFailed."""
        if self._kubernetes is None or caller.user is None:
            return False
        wanted = Permission("administer", GROUP, "approvalledgers", namespace)
        async with self._reviews:
            return await self._kubernetes.may(caller.user, wanted)

    def _of_file(self, token: str) -> Token | None:
        if self._tokens is None:
            return None
        now = asyncio.get_running_loop().time()
        if now - self._file_seen >= FILE_SECONDS:
            self._file_seen = now
            self._tokens.refresh()
        return self._tokens.owner(token)

    def _places(self, token: Token) -> frozenset[str]:
        return self._serving_namespaces() if EVERYWHERE in token.namespaces else frozenset(token.namespaces)

    async def _whose(self, token: str) -> User | None:
        assert self._kubernetes is not None  # noqa: S101  # admit() asked
        async with self._reviews:
            return await self._kubernetes.whose(token, self._audience)

    async def _may(self, user: User, namespaces: frozenset[str]) -> frozenset[str]:
        """The namespaces in which `user` holds the verb `call` on generatedtools."""
        answers = await asyncio.gather(*(self._may_in(user, space) for space in namespaces))
        return frozenset(space for space, allowed in zip(namespaces, answers, strict=True) if allowed)

    async def _may_in(self, user: User, namespace: str) -> bool:
        assert self._kubernetes is not None  # noqa: S101  # admit() asked
        async with self._reviews:
            return await self._kubernetes.may(user, Permission("call", GROUP, "generatedtools", namespace))


def _believed(user: User | None) -> float:
    return KEEP_REFUSAL_SECONDS if user is None else KEEP_SECONDS
