"""The way in: host, origin and bearer token are checked here, then the SDK's transport takes the request.

Three ways lead to the same server. Requests of revision 2026-07-28 stand alone. Clients of 2025-11-25 open a
session with `initialize`. Any other POST without a session, such as one made by curl, is answered alone.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import (
    RequestBodyLimitMiddleware,
    TransportSecurityMiddleware,
    TransportSecuritySettings,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from cupel.kube.access import ReviewFailed
from cupel.settings.gateway import Limits

from .callers import Caller
from .metrics import Metrics
from .server import current_visit
from .sessions import Sessions
from .visit import SCOPE_KEY, Visit

Admit = Callable[[str], Awaitable[Caller | None]]


class Door:
    """An ASGI application; `scope["path_params"]` names a tool when the path does."""

    def __init__(
        self,
        server: Server[Any],
        admit: Admit,
        security: TransportSecuritySettings,
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self._admit = admit
        self._metrics = metrics
        self._security = TransportSecurityMiddleware(security)
        self.sessions = Sessions(server, security, limits)
        self.alone = StreamableHTTPSessionManager(
            server,
            json_response=True,
            stateless=True,
            security_settings=security,
            max_request_body_size=limits.body_bytes,
        )
        self._inside = RequestBodyLimitMiddleware(self._direct, limits.body_bytes)
        self._streams: set[anyio.CancelScope] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        refusal = await self.refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        current_visit.set(scope[SCOPE_KEY])
        if request.method == "GET":
            await self._stream(scope, receive, send)
        else:
            await self._inside(scope, receive, send)

    def close(self) -> None:
        """End the open streams of sessions; their clients come back to another replica."""
        for stream in list(self._streams):
            stream.cancel()

    async def refusal(self, request: Request) -> Response | None:
        """The answer for who may not come in; None, and a visit in the scope, for who may."""
        if (bad := await self.foreign(request)) is not None:
            return bad
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            caller = await self._admit(token.strip()) if kind.lower() == "bearer" else None
        except ReviewFailed:
            self._metrics.refused.labels("review_failed").inc()
            return JSONResponse(
                {"error": "the API server could not be asked whose token this is"}, 503, {"Retry-After": "2"}
            )
        if caller is None:
            self._metrics.refused.labels("unauthorized").inc()
            return unauthorized(token_shown=bool(token))
        self._let_in(request.scope, caller)
        return None

    async def foreign(self, request: Request) -> Response | None:
        """The answer for a host or an origin that is not ours; None for all others."""
        bad = await self._security.validate_request(request)
        if bad is not None:
            self._metrics.refused.labels("host_or_origin").inc()
        return bad

    def _let_in(self, scope: Scope, caller: Caller) -> None:
        params = scope.get("path_params") or {}
        tool = (params["namespace"], params["tool"]) if "tool" in params else None
        scope[SCOPE_KEY] = Visit(caller, tool)
        # The SDK binds a session to this user; it must not learn the token.
        scope["user"] = AuthenticatedUser(AccessToken(token="", client_id=caller.name, scopes=[]))

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.CancelScope() as stream:
            self._streams.add(stream)
            try:
                await self.sessions.handle_request(scope, receive, send)
            finally:
                self._streams.discard(stream)

    async def _direct(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To the sessions: whatever belongs to one or opens one. All else is answered alone."""
        headers = dict(scope["headers"])
        if scope["method"] != "POST" or b"mcp-session-id" in headers:
            await self.sessions.handle_request(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        manager = self.sessions if opens_session(body) else self.alone
        await manager.handle_request(scope, replay, send)


def opens_session(body: bytes) -> bool:
    """Whether this is an `initialize` request."""
    if b'"initialize"' not in body:
        return False
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and message.get("method") == "initialize"


def unauthorized(*, token_shown: bool) -> Response:
    """401, and by RFC 6750 no error code when no token was shown."""
    challenge = 'Bearer realm="cupel"'
    if token_shown:
        challenge += ', error="invalid_token", error_description="the token is not valid here"'
    return JSONResponse({"error": "a valid bearer token is needed"}, 401, {"WWW-Authenticate": challenge})
