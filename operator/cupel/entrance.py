"""HTTP as strangers send it, for the services that uvicorn serves: a head has bounds of size and time, a body
of time (and of size, which is the application's), nobody upgrades, and what two servers on the way might read
in two ways is refused. What httptools refuses by itself is not repeated here.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ONCE = frozenset({b"authorization", b"host"})
"""Headers of which one proxy takes the first, and the next one the last."""
INVALID = "Invalid HTTP request received."
LARGE = "The head of this request is too large."
TWICE = "A header that counts once is there twice."
CONNECT = "This is no proxy."


class Bounded(HttpToolsProtocol):
    """One connection. A request that asks for an upgrade, as Java's client does each time, is taken as plain:
    httptools would drop its body, and read what comes of it later as the next request.
    """

    most_head_bytes: ClassVar[int] = 64 * 1024
    head_seconds: ClassVar[float] = 20.0
    body_seconds: ClassVar[float] = 60.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._unfinished = self._size = 0
        self._wrong = INVALID
        self._heading: asyncio.TimerHandle | None = None
        self._body: asyncio.TimerHandle | None = None
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        self._body_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """What came; once more for each upgrade in it, of which nothing is left then."""
        self._unset_keepalive_if_required()
        while data and not self.transport.is_closing():
            data = self._fed(data)

    def _fed(self, data: bytes) -> bytes:
        """What is still to be parsed."""
        if self._heading is None and self._at_head:
            self._expect_head()
        self._unfinished += len(data) if self._at_head else 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._without_upgrade() + data[upgrade.args[0] :]
        except httptools.HttpParserError:
            self._refuse(self._wrong)
            return b""
        if self._at_head and self._unfinished > self.most_head_bytes:
            self._refuse(LARGE)
        return b""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._size = 0

    def on_url(self, url: bytes) -> None:
        self._counted(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._counted(len(name) + len(value) + 4)
        if not self._at_head:  # a trailer: it would count as a header that nobody on the way saw
            return
        key = name.lower()
        if key in ONCE and any(key == known for known, _ in self.headers):
            self._stop(TWICE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self.parser.get_method() == b"CONNECT":
            self._stop(CONNECT)
        if not self.parser.should_upgrade():
            self._head_is_there()
            self._body = self.loop.call_later(self.body_seconds, self.transport.close)
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.parser.should_upgrade():
            self._body_is_there()
            super().on_message_complete()
            self._at_head, self._unfinished = True, 0

    def _without_upgrade(self) -> bytes:
        """The same head, for a parser of its own: this one is at its end."""
        version = self.parser.get_http_version().encode("ascii")
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)]
        lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
        return b"\r\n".join([*lines, b"", b""])

    def _counted(self, size: int) -> None:
        self._size += size
        if self._size > self.most_head_bytes:
            self._stop(LARGE)

    def _stop(self, wrong: str) -> None:
        """The parser makes a mistake of the request of whatever its callbacks raise."""
        self._wrong = wrong
        raise ValueError(wrong)

    def _refuse(self, wrong: str) -> None:
        """Say so, unless that would be read as the answer to a request before."""
        self.logger.warning(wrong)
        under_way = self.cycle is not None and not self.cycle.response_complete
        if under_way and (self._at_head or self.pipeline or self.cycle.response_started):
            self.transport.close()
        else:
            self.send_400_response(wrong)

    def _expect_head(self) -> None:
        self._at_head = True
        self._heading = self.loop.call_later(self.head_seconds, self._head_is_late)

    def _head_is_there(self) -> None:
        self._at_head = False
        if self._heading is not None:
            self._heading.cancel()
            self._heading = None

    def _body_is_there(self) -> None:
        if self._body is not None:
            self._body.cancel()
            self._body = None

    def _head_is_late(self) -> None:
        """Nobody waits for a head for ever; one that was sent ahead waits for the answer before it."""
        self._heading = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._expect_head()
        else:
            self.transport.close()
