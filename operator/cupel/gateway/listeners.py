"""Telling clients that their list of tools changed, in both revisions, and only those it changed for."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.session import ServerSession
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
    NotificationParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
)

from cupel.decide.limits import Crowd

from .visit import visit_of

log = logging.getLogger(__name__)

Context = ServerRequestContext[Any, Any]
MOST_STREAMS = 2000


class Listeners:
    """Open listen streams (2026-07-28) and sessions (2025-11-25), by the namespaces they see."""

    def __init__(self, per_caller: int) -> None:
        self._crowd = Crowd(per_caller)
        self._streams: dict[frozenset[str], tuple[InMemorySubscriptionBus, ListenHandler]] = {}
        self._sessions: dict[str, tuple[frozenset[str], ServerSession]] = {}
        self._telling: set[asyncio.Task[None]] = set()

    async def listen(
        self, ctx: Context, params: SubscriptionsListenRequestParams
    ) -> SubscriptionsListenResult:
        """Serve one listen stream until the client leaves or `close` ends it."""
        if ctx.request is None:
            raise MCPError(INTERNAL_ERROR, "this server answers over HTTP only")
        visit = visit_of(ctx.request.scope)
        caller = (visit.caller.name, "")
        if not self._crowd.enter(caller):
            raise MCPError(INVALID_REQUEST, "too many streams of yours listen already; close some")
        try:
            return await self._listened(visit.watched, ctx, params)
        finally:
            self._crowd.leave(caller)

    async def _listened(
        self, namespaces: frozenset[str], ctx: Context, params: SubscriptionsListenRequestParams
    ) -> SubscriptionsListenResult:
        bus = InMemorySubscriptionBus()
        fresh = (bus, ListenHandler(bus, max_subscriptions=MOST_STREAMS))
        _, handler = self._streams.setdefault(namespaces, fresh)
        return await handler(ctx, params)

    async def initialized(self, ctx: Context, params: NotificationParams) -> None:
        """Remember a session of the earlier revision for as long as its connection lives."""
        connection = ctx.session._connection  # the SDK hands its exit stack to handlers by no other way
        session = connection.session_id
        if session is None or ctx.request is None:
            return
        self._sessions[session] = (visit_of(ctx.request.scope).watched, ctx.session)
        connection.exit_stack.callback(self._sessions.pop, session, None)

    def changed(self, namespaces: frozenset[str]) -> None:
        """The lists of these namespaces changed."""
        task = asyncio.get_running_loop().create_task(self._tell(namespaces))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, namespaces: frozenset[str]) -> None:
        for watched, (bus, _) in list(self._streams.items()):
            if watched & namespaces:
                await bus.publish(ToolsListChanged())
        for watched, session in list(self._sessions.values()):
            if watched & namespaces:
                try:
                    await session.send_tool_list_changed()
                except Exception:  # one dead connection must not keep the news from the others
                    log.info("a session could not be told that its tools changed", exc_info=True)

    def close(self) -> None:
        """End all listen streams in the way the protocol asks for."""
        for _, handler in self._streams.values():
            handler.close()
