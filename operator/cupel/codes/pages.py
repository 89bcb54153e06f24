"""The page for phones: what a link opens, and what its form sends."""

from __future__ import annotations

import logging
from typing import Literal
from urllib.parse import parse_qs

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cupel.decide.digits import typed
from cupel.store.transaction import StoreAway

from .links import Link
from .page import HEADERS, decision_page, told
from .requests import DecisionRequest, Refusal
from .service import Service
from .visitor import address_of, body_of

log = logging.getLogger(__name__)
FORM_BYTES = 2048
AGAIN = frozenset({"Wrong", "Replayed", "Locked", "LockedForGood", "WrongDigest", "BadForm", "TryAgain"})
"""After these the same link may be tried again, so the form stays."""
TOO_MANY = 429


class Pages:
    """Every refusal is a page, too."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def show(self, request: Request) -> Response:
        """Looking uses nothing up: chat programs open links before people do."""
        try:
            link = await self._opened(request)
            return await self._page(link)
        except (Refusal, StoreAway) as refusal:
            return _refused(refusal)

    async def decide(self, request: Request) -> Response:
        try:
            link = await self._opened(request)
            form = parse_qs((await body_of(request, FORM_BYTES)).decode("utf-8", "replace"))
            return await self._decided(link, form, address_of(request))
        except (Refusal, StoreAway) as refusal:
            return _refused(refusal)

    async def _opened(self, request: Request) -> Link:
        now = self._service.now()
        link = await self._service.linking.open(request.path_params["token"], now)
        seconds = await self._service.wait(link.person)
        if seconds:
            raise Refusal("TooManyRequests", f"too many requests: wait {seconds:.0f} seconds", TOO_MANY)
        return link

    async def _page(self, link: Link, problem: str = "", status: int = 200) -> Response:
        disclosure = await self._service.disclosure(link.namespace, link.digest)
        return HTMLResponse(decision_page(disclosure, link.person, problem), status, HEADERS)

    async def _decided(self, link: Link, form: dict[str, list[str]], address: str) -> Response:
        service = self._service
        try:
            asked = _asked(link, form)
            answer = await service.decisions.decide(asked, address, service.now(), link.via)
        except Refusal as refusal:
            if refusal.reason not in AGAIN:
                raise
            return await self._page(link, str(refusal), refusal.status)
        await service.linking.use(link)
        title = "Approved" if answer["decision"] == "Approve" else "Rejected"
        return HTMLResponse(told(title, answer["message"]), 200, HEADERS)


def _asked(link: Link, form: dict[str, list[str]]) -> DecisionRequest:
    """What the link says and the form adds. Raises Refusal."""
    decision: Literal["Approve", "Reject"] = "Reject" if form.get("decision") == ["Reject"] else "Approve"
    if form.get("decision") not in (["Approve"], ["Reject"]):
        raise Refusal("BadForm", "press Approve or Reject")
    try:
        return DecisionRequest(
            person=link.person,
            namespace=link.namespace,
            digest=link.digest,
            digest_prefix=typed("".join(form.get("prefix", []))),
            decision=decision,
            code="".join(form.get("code", [])).replace(" ", ""),
        )
    except ValidationError:
        raise Refusal(
            "BadForm", "give 16 digits of the digest (0-9, a-f), and a code of six or eight digits"
        ) from None


def _refused(refusal: Refusal | StoreAway) -> Response:
    if isinstance(refusal, StoreAway):
        log.error("the store did not answer: %s", refusal)
        return HTMLResponse(told("Try again", "The store did not answer."), 503, HEADERS)
    return HTMLResponse(told("This cannot be done", str(refusal)), refusal.status, HEADERS)
