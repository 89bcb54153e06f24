"""Sessions of revision 2025-11-25: so many in all, and fewer of one caller."""

from __future__ import annotations

from typing import Any

from mcp.server.auth.middleware.bearer_auth import AuthorizationContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http import StreamableHTTPServerTransport
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from cupel.settings.gateway import Limits

SESSION_SECONDS = 1800


class Sessions(StreamableHTTPSessionManager):
    """The SDK's, which knows one limit for all: one caller could take all places of the others."""

    def __init__(self, server: Server[Any], security: TransportSecuritySettings, limits: Limits) -> None:
        super().__init__(
            server,
            json_response=True,
            security_settings=security,
            max_request_body_size=limits.body_bytes,
            session_idle_timeout=SESSION_SECONDS,
            max_sessions=limits.sessions,
        )
        self._per_caller = limits.sessions_per_caller

    def _admit_session(self, requestor: AuthorizationContext | None) -> StreamableHTTPServerTransport | None:
        """None where there is no room, for anybody or for them. The SDK asks nobody else."""
        theirs = sum(owner == requestor for owner in self._session_owners.values())
        return None if theirs >= self._per_caller else super()._admit_session(requestor)
