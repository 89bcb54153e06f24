"""The credentials file: what it may say, and errors that name the place and quote nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cupel.egress.credentials import Unusable, add, parse

SECRET = "s3cret/value+7391"
GOOD: dict[str, Any] = {
    "name": "weather",
    "users": [{"namespace": "tools"}],
    "target": "api.example:443",
    "header": {"name": "X-Key", "value": SECRET},
}


def file(**changes: Any) -> bytes:
    entry = {key: value for key, value in (GOOD | changes).items() if value is not None}
    return json.dumps({"credentials": [entry]}).encode()


def test_a_good_file_is_read_and_shows_no_value() -> None:
    found = parse(file())

    assert [each.name for each in found] == ["weather"]
    assert SECRET not in repr(found) + str(found) + repr(add(found, "/", ()))


@pytest.mark.parametrize("content", [b"", b"{}", b"credentials: []\n"])
def test_a_file_without_credentials(content: bytes) -> None:
    assert parse(content) == ()


# fmt: off
BROKEN = [
    ("no-yaml",            b"credentials: [\n- " + SECRET.encode(),                         "line 2 is no YAML"),
    ("a-list",             b"[]",                                                         "the file: "),
    ("a-word",             SECRET.encode(),                                               "the file: "),
    ("unknown-field",      file(**{SECRET: 1}),                                           "credentials.0.(unknown field): Extra inputs"),
    ("no-users",           file(users=None),                                              "credentials.0.users: Field required"),
    ("nobody",             file(users=[]),                                                "credentials.0.users: "),
    ("no-way",             file(header=None),                                             "exactly one of `header`, `query` and `basic`"),
    ("two-ways",           file(query={"name": "k", "value": SECRET}),                    "exactly one of"),
    ("short-value",        file(header={"name": "X-Key", "value": "short"}),              "at least 8 printable characters"),
    ("line-break",         file(header={"name": "X-Key", "value": SECRET + "\r\nX: 1"}),  "printable characters"),
    ("host-header",        file(header={"name": "Host", "value": SECRET}),                "a header that a client may choose"),
    ("header-of-two",      file(header={"name": "A: b", "value": SECRET}),                "a header that a client may choose"),
    ("no-port",            file(target="api.example"),                                    "credentials.0.target: "),
    ("a-url",              file(target="https://api.example:443"),                        "credentials.0.target: "),
    ("unknown-transport",  file(transport="Any"),                                         "credentials.0.transport: "),
    ("colon-in-user",      file(header=None, basic={"username": "a:b", "password": SECRET}), "credentials.0.basic.username: "),
    ("named-twice",        json.dumps({"credentials": [GOOD, GOOD]}).encode(),            "two credentials have one name"),
    ("too-deep",           b"[" * 5000,                                                   ""),
]
# fmt: on


@pytest.mark.parametrize(("content", "words"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_file_that_cannot_be_used_says_where_and_quotes_nothing(content: bytes, words: str) -> None:
    with pytest.raises(Unusable) as raised:
        parse(content)

    assert words in str(raised.value)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "/?key=s3cret%2Fvalue%2B7391"),
        ("/x?", "/x?&key=s3cret%2Fvalue%2B7391"),
        ("/x?a=1&key=mine&b", "/x?a=1&b&key=s3cret%2Fvalue%2B7391"),
        ("/x?k%65y=mine&keys=1", "/x?keys=1&key=s3cret%2Fvalue%2B7391"),
    ],
)
def test_a_parameter_takes_the_place_of_the_tools_own(path: str, expected: str) -> None:
    found = parse(file(header=None, query={"name": "key", "value": SECRET}))

    assert add(found, path, ()).path == expected
