"""Requests in, answers out: authenticated and rationed as for MCP; every failure is a problem+json."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from cupel.api.common import JsonObject, Model
from cupel.kube.access import ReviewFailed

from ..door import Door
from ..executing import Executing, slower
from ..problems import Code, Problem, fields_of, invalid
from ..visit import visit_of
from .operation import Asked, Operation

log = logging.getLogger(__name__)

ROOT = "/api/v1"
PROBLEM = "application/problem+json"
REFUSED: dict[int, tuple[Code, str]] = {
    401: ("unauthorized", "give a valid token: Authorization: Bearer TOKEN"),
    403: ("origin-refused", "pages of this origin may not call: CUPEL_GATEWAY_ORIGINS names those that may"),
    421: ("host-refused", "this Host is not one of the gateway's: CUPEL_GATEWAY_HOSTS adds names"),
    503: ("cluster-unavailable", "the API server could not be asked whose token this is"),
}


class RestDoor:
    """An ASGI application for each path."""

    def __init__(
        self,
        operations: Iterable[Operation],
        door: Door,
        executing: Executing,
        body_bytes: int,
        description: JsonObject,
    ) -> None:
        self._door = door
        self._executing = executing
        self._body_bytes = body_bytes
        self._description = description
        self._by_path: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            self._by_path.setdefault(operation.path, {})[operation.method] = operation

    def mount(self) -> Mount:
        """All paths; what is none of them is a problem, too."""
        every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        routes = [Route(path, self._of(methods), methods=every) for path, methods in self._by_path.items()]
        describe = Route("/openapi.json", self._describe, methods=["GET"])
        return Mount(ROOT, routes=[describe, *routes, Route("/{rest:path}", self._nothing, methods=every)])

    def _of(self, methods: dict[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            operation = methods.get(request.method)
            if operation is None:
                allowed = ", ".join(sorted(methods))
                problem = Problem("method-not-allowed", f"this path takes {allowed}")
                return problem_response(problem, {"Allow": allowed})
            return await self._answer(request, operation)

        return answer

    async def _answer(self, request: Request, operation: Operation) -> Response:
        try:
            if (refused := await self._door.refusal(request)) is not None:
                return _reworded(refused)
            answer = await operation.do(await self._read(request, operation))
            return JSONResponse(answer.body.wire(), answer.status)
        except Problem as problem:
            return problem_response(problem)
        except ReviewFailed:
            asked = "the API server could not be asked what you may do"
            return problem_response(Problem("cluster-unavailable", asked, retry_after=2))

    async def _read(self, request: Request, operation: Operation) -> Asked:
        """Raises Problem."""
        caller = visit_of(request.scope).caller
        if operation.rationed and (wait := self._executing.wait(caller)):
            raise Problem("rate-limited", slower(wait), retry_after=wait)
        known = {each.name for each in operation.query}
        for name in request.query_params:
            if name not in known:
                right = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
                said = f"`{name[:64]}` is no parameter of this path: {right}"
                raise Problem("invalid-field", said, field=name[:64])
        body = None
        if operation.takes is not None:
            body = taken(operation.takes, await self._body(request))
        token = (
            request.headers.get("authorization", "").partition(" ")[2].strip() if operation.forwards else ""
        )
        return Asked(caller, request.path_params, dict(request.query_params), body, token)

    async def _body(self, request: Request) -> bytes:
        whole = bytearray()
        async for chunk in request.stream():
            whole += chunk
            if len(whole) > self._body_bytes:
                raise Problem("too-large", f"a request may have {self._body_bytes} bytes")
        return bytes(whole)

    async def _describe(self, request: Request) -> Response:
        if (refused := await self._door.foreign(request)) is not None:
            return _reworded(refused)
        return JSONResponse(self._description)

    async def _nothing(self, request: Request) -> Response:
        if (refused := await self._door.refusal(request)) is not None:
            return _reworded(refused)
        return problem_response(Problem("not-found", f"{ROOT}/openapi.json lists the paths there are"))


def taken(model: type[Model], raw: bytes) -> Model:
    """The body as the model. Raises Problem."""
    try:
        value = json.loads(raw or b"{}", parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem("not-json", "the body must be a JSON object in UTF-8") from None
    if not isinstance(value, dict):
        raise Problem("not-json", "the body must be a JSON object")
    try:
        return model.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise invalid(error, fields_of(model)) from None
    except RecursionError:
        raise Problem("invalid-field", "the body is nested too deeply") from None


def problem_response(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Problem details, with Retry-After where waiting helps."""
    more = {"Retry-After": str(int(problem.retry_after) + 1)} if problem.retry_after else {}
    return JSONResponse(problem.wire(), problem.status, {**(headers or {}), **more}, PROBLEM)


def _reworded(refused: Response) -> Response:
    """The door's own refusal as problem details; its headers stay."""
    code, message = REFUSED[refused.status_code]
    kept = {
        name: refused.headers[name] for name in ("www-authenticate", "retry-after") if name in refused.headers
    }
    return problem_response(Problem(code, message), kept)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
