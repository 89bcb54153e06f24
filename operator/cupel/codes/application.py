"""The code service as an ASGI application: decisions, confirmations, links, codes to be sent, the page."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cupel.api.common import JsonObject
from cupel.store.transaction import StoreAway

from .deciding import subject_of
from .pages import Pages
from .requests import (
    ConfirmRequest,
    DecisionRequest,
    DeliveryRequest,
    LinkRequest,
    Refusal,
    parsed,
)
from .service import Service
from .visitor import address_of, body_of

log = logging.getLogger(__name__)
BODY_BYTES = 8192
TOO_MANY = 429
M = TypeVar("M", DecisionRequest, ConfirmRequest, LinkRequest, DeliveryRequest)
Answer = Callable[[M, str], Awaitable[JsonObject]]


class Application:
    """`app` is what an ASGI server runs."""

    def __init__(self, service: Service) -> None:
        self._service = service
        pages = Pages(service)
        self.app = Starlette(
            routes=[
                Route("/v1/decisions", self._post(DecisionRequest, self._decide), methods=["POST"]),
                Route("/v1/enrollments/confirm", self._post(ConfirmRequest, self._confirm), methods=["POST"]),
                Route("/v1/links", self._post(LinkRequest, self._link), methods=["POST"]),
                Route("/v1/deliveries", self._post(DeliveryRequest, self._deliver), methods=["POST"]),
                Route("/approve/{token:str}", pages.show, methods=["GET"]),
                Route("/approve/{token:str}", pages.decide, methods=["POST"]),
            ],
        )

    def _post(self, model: type[M], answer: Answer[M]) -> Callable[[Request], Awaitable[Response]]:
        """A handler that parses, holds the caller to the limits, and puts every refusal into words."""

        async def handle(request: Request) -> Response:
            try:
                asked = parsed(model, await body_of(request, BODY_BYTES))
                await self._admit(asked.person)
                return JSONResponse(await answer(asked, address_of(request)))
            except Refusal as refusal:
                return refused(refusal.reason, str(refusal), refusal.status)
            except StoreAway as away:
                log.error("the store did not answer: %s", away)
                return refused("TryAgain", "the store did not answer; try again", 503)

        return handle

    async def _admit(self, person: str) -> None:
        seconds = await self._service.wait(person)
        if seconds:
            raise Refusal("TooManyRequests", f"too many requests: wait {seconds:.0f} seconds", TOO_MANY)

    async def _decide(self, asked: DecisionRequest, address: str) -> JsonObject:
        return await self._service.decisions.decide(asked, address, self._service.now())

    async def _confirm(self, asked: ConfirmRequest, address: str) -> JsonObject:
        answer = await self._service.confirming.confirm(asked, address, self._service.now())
        self._service.enrollments.nudge()
        return answer

    async def _link(self, asked: LinkRequest, address: str) -> JsonObject:
        return await self._noted(
            asked, address, "Link", self._service.linking.make(asked, self._service.now())
        )

    async def _deliver(self, asked: DeliveryRequest, address: str) -> JsonObject:
        subject = subject_of(asked.namespace, asked.digest)
        answer = self._service.delivering.deliver(asked, subject, "", self._service.now())
        return await self._noted(asked, address, "Delivery", answer)

    async def _noted(
        self, asked: LinkRequest | DeliveryRequest, address: str, what: str, answer: Awaitable[JsonObject]
    ) -> JsonObject:
        """The answer, and a line in the audit, whatever it is."""
        note = self._service.decisions.note
        try:
            found = await answer
        except Refusal as refusal:
            await note(asked, f"{what}: {refusal.reason}", address, self._service.now())
            raise
        await note(asked, what, address, self._service.now())
        return found


def refused(reason: str, message: str, status: int) -> Response:
    """A refusal of ours, told from those of the API server by its kind."""
    body: JsonObject = {"kind": "CodeRefusal", "reason": reason, "message": message}
    return JSONResponse(body, status, {"Cache-Control": "no-store"})
