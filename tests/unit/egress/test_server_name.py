"""The server name in a ClientHello: as Python's own TLS writes it, in pieces, forged and cut."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cupel.egress.server_name import Incomplete, NoHello, server_name


def hello(name: str | None) -> bytes:
    """What a client of this machine says first."""
    context = ssl.create_default_context()
    context.check_hostname = name is not None
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


def extension(kind: int, content: bytes) -> bytes:
    return kind.to_bytes(2, "big") + len(content).to_bytes(2, "big") + content


def made(*extensions: bytes) -> bytes:
    """A ClientHello with these extensions."""
    whole = b"".join(extensions)
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    body += len(whole).to_bytes(2, "big") + whole
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message


def named(*names: bytes) -> bytes:
    entries = b"".join(b"\x00" + len(name).to_bytes(2, "big") + name for name in names)
    return extension(0, len(entries).to_bytes(2, "big") + entries)


def in_records(raw: bytes, size: int) -> bytes:
    """The same message, cut into records of this size."""
    message = raw[5:]
    pieces = [message[start : start + size] for start in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


def test_the_name_a_real_client_asks_for() -> None:
    assert server_name(hello("API.Example")) == "api.example"
    assert server_name(hello(None)) == ""


@pytest.mark.parametrize("size", [100, 200, 1000])
def test_a_hello_in_many_records(size: int) -> None:
    assert server_name(in_records(hello("api.example"), size)) == "api.example"


def test_a_hello_that_is_not_all_there_yet() -> None:
    raw = hello("api.example")

    for end in range(len(raw)):
        with pytest.raises(Incomplete):
            server_name(raw[:end])


# fmt: off
FORGED = [
    ("http",                 b"GET / HTTP/1.1\r\n\r\n"),
    ("another-record",       b"\x17\x03\x03\x00\x01\x00"),
    ("sslv2",                b"\x80\x2e\x01\x03\x01"),
    ("another-message",      b"\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00"),
    ("empty-record",         b"\x16\x03\x01\x00\x00"),
    ("many-records",         in_records(made(named(b"api.example")), 1)),
    ("a-hello-of-16-mb",     b"\x16\x03\x01\x00\x04\x01\xff\xff\xff"),
    ("two-names",            made(named(b"api.example", b"evil.example"))),
    ("two-name-extensions",  made(named(b"api.example"), named(b"evil.example"))),
    ("encrypted-hello",      made(named(b"api.example"), extension(0xFE0D, b"\x00"))),
    ("not-ascii",            made(named("äpi.example".encode()))),
    ("name-cut",             made(extension(0, b"\x00\x10\x00\x00\x20api"))),
    ("extension-cut",        made(b"\x00\x00\x00\x40x")),
]
# fmt: on


@pytest.mark.parametrize("raw", [f[1] for f in FORGED], ids=[f[0] for f in FORGED])
def test_what_is_no_hello(raw: bytes) -> None:
    with pytest.raises(NoHello):
        server_name(raw)


def test_a_hello_without_extensions_names_nobody() -> None:
    assert server_name(made()) == ""


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tail: bytes) -> None:
    for raw in (tail, made()[:5] + tail, made(named(b"a.example"))[:60] + tail):
        try:
            server_name(raw)
        except (Incomplete, NoHello):
            pass
