"""`ctx`: all a tool can reach besides its arguments: state, as JSON in and out, and HTTP by a proxy."""

from __future__ import annotations

import json
import time

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any
    from urllib.parse import SplitResult

REFUSED_HEADER = "cupel-refused"
REFUSALS = {599: "UnrecordedCall", 403: "EgressRefused"}
"""What a proxy's status means when it comes with that header."""
MAX_RESPONSE_BYTES = 1_048_576
DEFAULT_PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """A request that may not be made; `kind` is the error type the caller is told."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Response:
    """What a server answered. Header names are lower case."""

    __slots__ = ("headers", "status", "text")

    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status = status
        self.headers = headers
        self.text = text

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json.loads(self.text)


class Http:
    """Requests in absolute form, in plain HTTP, to the proxy; the proxy speaks TLS to the target."""

    __slots__ = ("_allowed", "_deadline", "_proxy")

    def __init__(self, proxy: str, allowed: frozenset[str], deadline: float) -> None:
        self._proxy = proxy
        self._allowed = allowed
        self._deadline = deadline

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | bytes | None = None,
    ) -> Response:
        """One request. Raises OSError when nothing answers, ValueError for a bad or over-long exchange."""
        proxy = self._way_to(url)
        from http.client import HTTPConnection, HTTPException  # only calls that need it pay for it

        remaining = max(0.001, self._deadline - time.monotonic())
        connection = HTTPConnection(proxy.hostname or "", proxy.port, timeout=remaining)
        try:
            content = body.encode() if isinstance(body, str) else body
            connection.request(method.upper(), url, body=content, headers={**(headers or {}), **_key(proxy)})
            answer = connection.getresponse()
            text = answer.read(MAX_RESPONSE_BYTES + 1)
            return _response(answer.status, answer.getheaders(), text)
        except HTTPException as error:
            raise ValueError(f"the answer is no HTTP: {type(error).__name__}") from error
        finally:
            connection.close()

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        return self.request("GET", url, headers=headers)

    def head(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        return self.request("HEAD", url, headers=headers)

    def delete(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        return self.request("DELETE", url, headers=headers)

    def post(
        self, url: str, *, headers: Mapping[str, str] | None = None, body: str | bytes | None = None
    ) -> Response:
        return self.request("POST", url, headers=headers, body=body)

    def put(
        self, url: str, *, headers: Mapping[str, str] | None = None, body: str | bytes | None = None
    ) -> Response:
        return self.request("PUT", url, headers=headers, body=body)

    def patch(
        self, url: str, *, headers: Mapping[str, str] | None = None, body: str | bytes | None = None
    ) -> Response:
        return self.request("PATCH", url, headers=headers, body=body)

    def _way_to(self, url: str) -> SplitResult:
        """The proxy, when this URL is permitted. The proxy judges again: this is for the message."""
        from urllib.parse import urlsplit  # as above

        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError(f"not an absolute http or https URL: {url[:200]}")
        target = f"{parts.hostname}:{parts.port or DEFAULT_PORTS[parts.scheme]}"
        if target not in self._allowed:
            raise Refused("EgressRefused", f"{target} is not in permissions.egress")
        if not self._proxy:
            raise Refused("EgressRefused", "this call was given no proxy, so nothing may be requested")
        return urlsplit(self._proxy)


class Context:
    """The first parameter of a tool that asks for it."""

    __slots__ = ("http", "state")

    def __init__(self, state: dict[str, Any], http: Http) -> None:
        self.state = state
        self.http = http


def _key(proxy: SplitResult) -> dict[str, str]:
    """What the proxy's URL says opens it, as a recorder's does."""
    if proxy.password is None:
        return {}
    from binascii import b2a_base64  # as above

    pair = b2a_base64(f"{proxy.username}:{proxy.password}".encode(), newline=False).decode()
    return {"Proxy-Authorization": f"Basic {pair}"}


def _response(status: int, headers: list[tuple[str, str]], body: bytes) -> Response:
    named = {name.lower(): value for name, value in headers}
    if status in REFUSALS and REFUSED_HEADER in named:
        raise Refused(REFUSALS[status], named[REFUSED_HEADER])
    if len(body) > MAX_RESPONSE_BYTES:
        raise ValueError(f"the response is larger than {MAX_RESPONSE_BYTES} bytes")
    return Response(status, named, body.decode("utf-8", "replace"))
