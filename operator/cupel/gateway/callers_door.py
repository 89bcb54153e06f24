"""`/callers/{namespace}/{tool}/{digest}`: whose runs spoil a revision, told to the autopilot alone.

Names of callers are their own: any agent reaches this port, so whoever asks shows who they are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import isfinite
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cupel.kube.access import ReviewFailed

from .callers import Caller
from .heaviest import Table
from .revision_callers import RevisionCallers

Admit = Callable[[str], Awaitable[Caller | None]]


class CallersDoor:
    """Answers GET, to the autopilot of the system's namespace."""

    def __init__(self, callers: RevisionCallers, admit: Admit, system_namespace: str) -> None:
        self._callers = callers
        self._admit = admit
        self._reader = f"system:serviceaccount:{system_namespace}:cupel-autopilot"

    async def answer(self, request: Request) -> Response:
        """One request, from whoever it is."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            caller = await self._admit(token.strip()) if kind.lower() == "bearer" else None
        except ReviewFailed:
            return _error(503, "the API server could not be asked whose token this is")
        if caller is None:
            return _error(401, "a valid bearer token is needed")
        if caller.user is None or caller.user.name != self._reader:
            return _error(403, f"who calls a tool is told to {self._reader} alone")
        seconds = _seconds(request.query_params.get("seconds", ""))
        if seconds is None:
            return _error(400, "`seconds` must be a number above 0: how much of the past is asked about")
        params = request.path_params
        found = self._callers.of((params["namespace"], params["tool"], params["digest"]), seconds)
        return JSONResponse(shown(found))


def shown(found: Table) -> dict[str, Any]:
    """The answer: runs by caller, and of those who are not named."""
    callers = {caller: list(runs) for caller, runs in found.callers.items()}
    return {"callers": callers, "rest": list(found.rest)}


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and value > 0 else None


def _error(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)
