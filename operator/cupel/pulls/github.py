"""The git host's REST API, as far as pull requests need it: one request, one answer, or one of two problems.

Every GET carries the ETag of the last answer: unchanged answers cost nothing of the hourly allowance. When
the host says wait, nothing is asked until then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from .kept import Kept
from .problems import Away, Refused
from .token import Token

VERSION = "2022-11-28"
MOST_BYTES = 8 * 2**20
"""Of one answer."""
LIMIT_SECONDS = 60.0
"""How long to wait where a limit was met and the host does not say until when."""
LONGEST_SECONDS = 3600.0
LIMITS = frozenset({403, 429})


@dataclass(frozen=True)
class Answer:
    """Decoded body of a 200 or 201."""

    body: Any
    more: bool = False
    """Whether a further page follows."""
    size: int = 0
    """Bytes of the body as it came."""


class Host:
    """One account at one git host."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        token: Token,
        timeout: float,
        clocks: tuple[Callable[[], float], Callable[[], float]],
    ) -> None:
        """`clocks`: a steady one, and seconds since 1970, in which the host says when a limit ends."""
        self._session = session
        self._url = url
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._steady, self._now = clocks
        self._quiet_until = 0.0
        self._kept: Kept[Answer] = Kept()
        self.answered = 0
        """Requests that did what they were to do."""

    def account_mark(self) -> str:
        """Another one for another token. Raises Refused."""
        return self._token.mark()

    async def get(self, path: str) -> Answer:
        """Raises Away and Refused."""
        known = self._kept.get(path)
        answer, tag = await self._send("GET", path, {"If-None-Match": known[0]} if known else {})
        if answer is None:
            if known is None:
                raise Away(f"GET {path}: unchanged since nothing")
            return known[1]
        self._kept.put(path, tag, answer, answer.size)
        return answer

    async def post(self, path: str, body: Mapping[str, object]) -> Any:
        """Raises Away and Refused."""
        answer, _ = await self._send("POST", path, {}, body)
        return answer.body if answer else None

    async def patch(self, path: str, body: Mapping[str, object]) -> Any:
        """Raises Away and Refused."""
        answer, _ = await self._send("PATCH", path, {}, body)
        return answer.body if answer else None

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, object] | None = None
    ) -> tuple[Answer | None, str]:
        """The answer, or None where it is as it was; and its ETag."""
        wait = self._quiet_until - self._steady()
        if wait > 0:
            raise Away("the git host asked us to wait", wait)
        sent = {
            "Authorization": f"Bearer {self._token.read()}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": "cupel-pulls",
            **headers,
        }
        try:
            async with self._session.request(
                method,
                self._url + path,
                headers=sent,
                json=body,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                content = await _content(response)
                call, found = f"{method} {path}", None
                if response.status != 304:
                    found = self._judged(call, response.status, content, response.headers)
                self.answered += 1
                return found or (None, "")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Away(f"{method} {path}: {type(error).__name__}") from None

    def _judged(
        self, call: str, status: int, content: bytes, headers: Mapping[str, str]
    ) -> tuple[Answer, str]:
        if status in LIMITS and (wait := self._limit(headers, content)):
            self._quiet_until = self._steady() + wait
            raise Away(f"{call}: the git host's limit is met", wait)
        try:
            body = json.loads(content) if len(content) <= MOST_BYTES else None
        except ValueError:
            body = None
        if status in (200, 201) and len(content) > MOST_BYTES:
            raise Refused(f"{call}: the answer is longer than {MOST_BYTES >> 20} MiB", status)
        if status in (200, 201) and body is not None:
            more = 'rel="next"' in headers.get("Link", "")
            return Answer(body, more, len(content)), headers.get("ETag", "")
        if status >= 500 or status in (200, 201, 408, 425):
            raise Away(f"{call}: status {status}", _seconds(headers.get("Retry-After")))
        said = body.get("message") if isinstance(body, dict) else ""
        raise Refused(f"{call}: status {status} {str(said)[:200]}".rstrip(), status)

    def _limit(self, headers: Mapping[str, str], content: bytes) -> float:
        """Seconds to wait; 0 where this is no limit but a refusal."""
        if after := _seconds(headers.get("Retry-After")):
            return min(after, LONGEST_SECONDS)
        if headers.get("X-RateLimit-Remaining") == "0":
            left = _seconds(headers.get("X-RateLimit-Reset")) - self._now()
            return min(max(left, 1.0), LONGEST_SECONDS)
        return LIMIT_SECONDS if b"rate limit" in content.lower() else 0.0


async def _content(response: aiohttp.ClientResponse) -> bytes:
    """The body, cut where it is longer than any answer we know."""
    found = bytearray()
    async for chunk in response.content.iter_any():
        found += chunk
        if len(found) > MOST_BYTES:
            break
    return bytes(found)


def _seconds(value: str | None) -> float:
    return float(value) if value is not None and value.isdigit() else 0.0
