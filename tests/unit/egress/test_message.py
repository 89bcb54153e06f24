"""Heads: read strictly, and written so that nobody can add a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cupel.egress.message import (
    Framing,
    Head,
    Malformed,
    encode,
    end_to_end,
    framing,
    parse_head,
    status_of,
    without,
)


def test_a_head_is_read_as_it_was_written() -> None:
    head = parse_head(b"GET / HTTP/1.1\r\nHost: a\r\nX-A:\t 1 2 \r\nX-A: caf\xe9\r\nX-Empty:\r\n\r\n")

    assert head.line == "GET / HTTP/1.1"
    assert head.fields == (("Host", "a"), ("X-A", "1 2"), ("X-A", "café"), ("X-Empty", ""))


# fmt: off
MALFORMED = [
    ("cut",             b"GET / HTTP/1.1\r\nHost: a\r\n"),
    ("folded",          b"GET / HTTP/1.1\r\nA: 1\r\n\t2\r\n\r\n"),
    ("bare-lf",         b"GET / HTTP/1.1\r\nA: 1\n\r\n\r\n"),
    ("bare-cr",         b"GET / HTTP/1.1\r\nA: 1\rB: 2\r\n\r\n"),
    ("nul",             b"GET / HTTP/1.1\r\nA: \x00\r\n\r\n"),
    ("control",         b"GET / HTTP/1.1\r\nA: \x1b[0m\r\n\r\n"),
    ("delete",          b"GET / HTTP/1.1\r\nA: \x7f\r\n\r\n"),
    ("no-colon",        b"GET / HTTP/1.1\r\nA\r\n\r\n"),
    ("no-name",         b"GET / HTTP/1.1\r\n: 1\r\n\r\n"),
    ("space-in-name",   b"GET / HTTP/1.1\r\nA B: 1\r\n\r\n"),
    ("space-after",     b"GET / HTTP/1.1\r\nA : 1\r\n\r\n"),
    ("too-many",        b"GET / HTTP/1.1\r\n" + b"A: 1\r\n" * 101 + b"\r\n"),
]
# fmt: on


@pytest.mark.parametrize("raw", [m[1] for m in MALFORMED], ids=[m[0] for m in MALFORMED])
def test_a_head_that_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_head(raw)


@given(st.binary(max_size=200))
def test_what_is_read_is_written_back_as_one_head(raw: bytes) -> None:
    try:
        head = parse_head(b"GET / HTTP/1.1\r\n" + raw + b"\r\n\r\n")
    except Malformed:
        return
    assert parse_head(encode(head.line, head.fields)) == head


@pytest.mark.parametrize("value", ["a\r\nB: 1", "a\nB: 1", "a\0"])
def test_a_field_cannot_add_a_line(value: str) -> None:
    with pytest.raises(Malformed):
        encode("GET / HTTP/1.1", [("A", value)])


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((), Framing()),
        ((("Content-Length", "0"),), Framing(length=0)),
        ((("content-length", "12"),), Framing(length=12)),
        ((("Transfer-Encoding", "Chunked"),), Framing(chunked=True)),
    ],
)
def test_where_a_body_ends(fields: tuple[tuple[str, str], ...], expected: Framing) -> None:
    assert framing(Head("", fields)) == expected


@pytest.mark.parametrize(
    ("line", "status"), [("HTTP/1.1 200 OK", 200), ("HTTP/1.0 404 Not Found", 404), ("HTTP/1.1 599", 599)]
)
def test_a_status(line: str, status: int) -> None:
    assert status_of(Head(line, ())) == status


@pytest.mark.parametrize(
    "line", ["HTTP/2 200", "HTTP/1.1 2000 OK", "HTTP/1.1 099 x", "ICY 200 OK", "HTTP/1.1  200 OK"]
)
def test_a_status_line_that_is_none(line: str) -> None:
    with pytest.raises(Malformed):
        status_of(Head(line, ()))


def test_fields_of_one_connection_stay_there() -> None:
    head = Head(
        "", (("Connection", "x-a, close"), ("X-A", "1"), ("X-B", "2"), ("CUPEL-REFUSED", "x"), ("TE", "x"))
    )

    assert end_to_end(head) == (("X-B", "2"),)


def test_a_name_is_the_same_with_underscores() -> None:
    assert without((("X_Api_KEY", "1"), ("X-Api", "2")), ["x-api-key"]) == (("X-Api", "2"),)
