"""HTTP/1.1 heads, read strictly: what two readers could take differently is refused (RFC 9112, 11). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\t \x21-\x7e\x80-\xff]*")
REQUEST = re.compile(r"([A-Z]{1,16}) ([\x21-\x7e]+) HTTP/1\.1")
STATUS = re.compile(r"HTTP/1\.[01] ([1-5][0-9]{2})( [\t \x21-\x7e\x80-\xff]*)?")
LENGTH = re.compile(r"[0-9]{1,12}")
MOST_FIELDS = 100
OF_ONE_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade", "content-length", "http2-settings",
})  # fmt: skip
"""Fields about one connection; lengths are ours to say again."""
Fields = tuple[tuple[str, str], ...]


class Malformed(ValueError):
    """The bytes are no message that has exactly one reading."""


@dataclass(frozen=True)
class Head:
    """A first line and the fields, in order; names as they were written."""

    line: str
    fields: Fields

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name]


@dataclass(frozen=True)
class Framing:
    """Where a body ends: after `length` bytes, or by chunks; neither for none, or until the end."""

    length: int | None = None
    chunked: bool = False


def parse_head(raw: bytes) -> Head:
    """Read a head that ends in an empty line. Raises Malformed."""
    text = raw.decode("latin-1")
    if not text.endswith("\r\n\r\n"):
        raise Malformed("the head is cut")
    lines = text[:-4].split("\r\n")
    if any("\n" in line or "\r" in line or "\0" in line for line in lines):
        raise Malformed("a line must end in CR LF, and hold neither elsewhere")
    if len(lines) - 1 > MOST_FIELDS:
        raise Malformed(f"more than {MOST_FIELDS} header fields")
    return Head(lines[0], tuple(map(_field, lines[1:])))


def _field(line: str) -> tuple[str, str]:
    if line[:1] in (" ", "\t"):
        raise Malformed("a header field is continued on a second line")
    name, colon, value = line.partition(":")
    value = value.strip(" \t")
    if not colon or not TOKEN.fullmatch(name) or not VALUE.fullmatch(value):
        raise Malformed("a header field is not `name: value`")
    return name, value


def request_line(head: Head) -> tuple[str, str]:
    """Method and target. Raises Malformed."""
    match = REQUEST.fullmatch(head.line)
    if match is None:
        raise Malformed("the request line is not `METHOD target HTTP/1.1`")
    return match[1], match[2]


def status_of(head: Head) -> int:
    """The status code. Raises Malformed."""
    match = STATUS.fullmatch(head.line)
    if match is None:
        raise Malformed("the status line is none")
    return int(match[1])


def framing(head: Head) -> Framing:
    """Where the body ends, as the fields say. Raises Malformed when they say it twice, or not clearly."""
    lengths, codings = head.all("content-length"), head.all("transfer-encoding")
    if lengths and codings:
        raise Malformed("Content-Length and Transfer-Encoding together")
    if codings:
        if [coding.lower() for coding in codings] != ["chunked"]:
            raise Malformed("a Transfer-Encoding other than chunked")
        return Framing(chunked=True)
    if not lengths:
        return Framing()
    if len(lengths) > 1 or not LENGTH.fullmatch(lengths[0]):
        raise Malformed("Content-Length must be one number")
    return Framing(length=int(lengths[0]))


def end_to_end(head: Head) -> Fields:
    """The fields that go on: not those of one connection, nor those `Connection` names, nor any of ours."""
    named = {name.strip().lower() for value in head.all("connection") for name in value.split(",")}
    return tuple(
        (name, value)
        for name, value in head.fields
        if name.lower() not in OF_ONE_HOP | named and not name.lower().startswith("cupel-")
    )


def without(fields: Fields, names: Iterable[str]) -> Fields:
    """The fields but those of these names; a server may read `_` as `-`."""
    dropped = {_plain(name) for name in names}
    return tuple((name, value) for name, value in fields if _plain(name) not in dropped)


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def encode(line: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """The bytes of a head. Raises Malformed rather than write a line that was not asked for."""
    lines = [line, *(f"{name}: {value}" for name, value in fields)]
    if any(character in each for each in lines for character in "\r\n\0"):
        raise Malformed("a line break in a header field")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
