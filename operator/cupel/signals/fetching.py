"""One HTTP answer of a stranger, bounded in time and size; no redirect is followed, nothing is unpacked."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

HEADERS = {
    "Accept": "text/plain;version=0.0.4",
    "Accept-Encoding": "identity",
    "User-Agent": "cupel-autopilot",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOTHING: Mapping[str, str] = {}


class Unreadable(Exception):
    """There is no usable answer; the text says why, in words that hold nothing of the answer's body."""


class TooMuch(Unreadable):
    """It took too long, or answered at too great a length: asked for less, it may be read."""


@dataclass(frozen=True)
class Limits:
    """How long one answer may take, in seconds, and how large it may be, in bytes."""

    seconds: float
    size: int


def session() -> aiohttp.ClientSession:
    """For every source: no cookies, no proxy of the environment, nothing unpacked behind our back."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        connector=aiohttp.TCPConnector(limit=1024, limit_per_host=4),
    )


class Refusal(Unreadable):
    """It answered, and not with 200."""

    def __init__(self, status: int) -> None:
        redirect = 300 <= status < 400
        said = f"a redirect ({status}), which is not followed" if redirect else f"status {status}"
        super().__init__(f"it answered with {said}")
        self.status = status


async def fetch(
    http: aiohttp.ClientSession,
    url: str,
    limits: Limits,
    form: bytes | None = None,
    headers: Mapping[str, str] = NOTHING,
) -> bytes:
    """The body of a 200 answer; with `form`, encoded, it is a POST. Raises Unreadable."""
    method, timeout = ("GET" if form is None else "POST"), aiohttp.ClientTimeout(total=limits.seconds)
    asked = {**HEADERS, **headers, **({} if form is None else FORM)}
    try:
        async with http.request(
            method, url, data=form, headers=asked, timeout=timeout, allow_redirects=False
        ) as answer:
            if answer.status != 200:
                raise Refusal(answer.status)
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise Unreadable("it answered packed, which was not asked for")
            return await bounded(answer, limits.size)
    except TimeoutError:
        raise TooMuch(f"it did not answer within {limits.seconds:g} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unreadable(f"it cannot be read: {type(error).__name__}") from None


async def bounded(answer: aiohttp.ClientResponse, size: int) -> bytes:
    """Its body. Raises TooMuch where that is larger than `size` bytes."""
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > size:
            raise TooMuch(f"its answer is larger than {size // 1024} KiB")
    return bytes(body)


def bearer(token_file: str) -> Mapping[str, str]:
    """Headers that show the token of a file, read anew: tokens are rotated. Raises Unreadable."""
    if not token_file:
        return NOTHING
    try:
        return {"Authorization": f"Bearer {Path(token_file).read_text('utf-8').strip()}"}
    except (OSError, ValueError):
        raise Unreadable("the file of its token cannot be read") from None


def pod_url(host: str, port: int, path: str) -> str:
    """URL of a Pod's port.

    Raises Unreadable for an address no Pod has: a Pod's status is written by its node, or by a thief.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise Unreadable("it has no address") from None
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        raise Unreadable("its address is none of a Pod")
    return f"http://{f'[{host}]' if address.version == 6 else host}:{port}{path}"
