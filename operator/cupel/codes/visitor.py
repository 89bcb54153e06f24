"""What a request says of who sends it, and how much of it is read."""

from __future__ import annotations

from starlette.requests import Request

from .requests import Refusal

TOO_LARGE = 413


def address_of(request: Request) -> str:
    """Where it came from, and for whom a proxy says it speaks: nothing we trust, all we know."""
    peer = request.client.host if request.client else "?"
    forwarded = request.headers.get("x-forwarded-for", "")
    text = f"{peer} for {forwarded}" if forwarded else peer
    return "".join(c for c in text if c.isprintable())[:128]


async def body_of(request: Request, limit: int) -> bytes:
    """Raises Refusal when it is longer."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refusal("TooLarge", f"the body is longer than {limit} bytes", TOO_LARGE)
    return bytes(body)
