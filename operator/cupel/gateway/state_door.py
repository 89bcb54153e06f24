"""`/state/{namespace}/{tool}`: a tenant reads or deletes what a tool keeps of them; an administrator, of all.

`tool` is the GeneratedTool's name, which states are kept by, also when the tool is gone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cupel.decide.limits import Allowance
from cupel.kube.access import ReviewFailed
from cupel.store.state import Record, StoreFailed

from .askers import require_scope
from .callers import Caller
from .keeper import Keeper
from .problems import Problem
from .visit import visit_of

NAME = re.compile(r"^[a-z0-9.-]{1,63}\Z")
PAGE = 100
"""Records an answer has at most: 6.4 MB."""
Administers = Callable[[Caller, str], Awaitable[bool]]
Refusal = Callable[[Request], Awaitable[Response | None]]


class StateDoor:
    """Answers GET and DELETE. Who comes in is decided by the same door as for MCP."""

    def __init__(
        self, keeper: Keeper, refusal: Refusal, administers: Administers, allowance: Allowance
    ) -> None:
        self._keeper = keeper
        self._refusal = refusal
        self._administers = administers
        self._allowance = allowance

    async def answer(self, request: Request) -> Response:
        """One request, from whoever it is."""
        if (refusal := await self._refusal(request)) is not None:
            return refusal
        caller = visit_of(request.scope).caller
        if wait := self._allowance.wait(caller.name, asyncio.get_running_loop().time()):
            return _error(429, "too many requests", {"Retry-After": str(int(wait) + 1)})
        if not self._keeper.url:
            return _error(404, "this gateway keeps no state: CUPEL_STORE_URL is not set")
        try:
            return await self._of_one_or_all(request, caller)
        except ReviewFailed:
            return _error(503, "the API server could not be asked what you may do", {"Retry-After": "2"})
        except StoreFailed:
            return _error(503, "the store of state does not answer", {"Retry-After": "5"})

    async def _of_one_or_all(self, request: Request, caller: Caller) -> Response:
        namespace, tool = request.path_params["namespace"], request.path_params["tool"]
        tenants = request.query_params.get("tenants", "")
        if not (NAME.match(namespace) and NAME.match(tool)):
            return _error(404, "this is no namespace and no GeneratedTool")
        if tenants not in ("", "all"):
            return _error(400, "`tenants` must be `all`, or left out for your own state")
        if tenants == "all":
            if not await self._administers(caller, namespace):
                return _error(
                    403, f"all tenants' state takes the verb administer on approvalledgers in {namespace}"
                )
            return await self._all(request, namespace, tool)
        if namespace not in caller.namespaces:
            return _error(404, "you may call no tools in this namespace")
        try:
            require_scope(caller, "call" if request.method == "DELETE" else "read")
        except Problem as problem:
            return _error(403, problem.message)
        return await self._own(request, namespace, tool, caller.tenant)

    async def _own(self, request: Request, namespace: str, tool: str, tenant: str) -> Response:
        async with self._keeper.use() as states:
            if request.method == "DELETE":
                return JSONResponse({"deleted": await states.delete(namespace, tool, tenant)})
            found = await states.export(namespace, tool, tenant=tenant)
        if not found:
            return _error(404, f"{tool} keeps nothing of you")
        return JSONResponse({"namespace": namespace, "tool": tool, **shown(found[0])})

    async def _all(self, request: Request, namespace: str, tool: str) -> Response:
        async with self._keeper.use() as states:
            if request.method == "DELETE":
                return JSONResponse({"deleted": await states.delete(namespace, tool)})
            after = request.query_params.get("after", "").replace("\x00", "")
            found = await states.export(namespace, tool, after=after, most=PAGE)
        more = found[-1].tenant if len(found) == PAGE else None
        page = {"namespace": namespace, "tool": tool, "states": [shown(record) for record in found]}
        return JSONResponse({**page, "after": more})


def shown(record: Record) -> dict[str, Any]:
    """A record as it is exported."""
    return {
        "tenant": record.tenant,
        "toolUid": record.uid,
        "keep": record.keep,
        "updatedAt": record.updated_at.isoformat(timespec="seconds"),
        "state": record.state,
    }


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": message}, status, headers)
