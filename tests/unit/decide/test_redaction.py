"""A secret is found however a server writes it back, and other text is left alone."""

from __future__ import annotations

import base64
import html
import json
import time
from urllib.parse import quote, quote_plus

import pytest

from cupel.decide.redaction import redacted, secret

VALUE = "a\"b/c d+é'&q\\8<Zx=="

# fmt: off
SPELLINGS = [
    ("as-it-is",            VALUE.encode()),
    ("latin-1",             VALUE.encode("latin-1")),
    ("percent",             quote(VALUE, safe="").encode()),
    ("percent-keeps-slash", quote(VALUE).encode()),
    ("percent-form",        quote_plus(VALUE).encode()),
    ("percent-lower",       "".join(c if c.isalnum() and c.isascii() else quote(c, safe="").lower() for c in VALUE).encode()),
    ("percent-everything",  "".join(f"%{b:02x}" for b in VALUE.encode()).encode()),
    ("json",                json.dumps(VALUE)[1:-1].encode()),
    ("json-utf8",           json.dumps(VALUE, ensure_ascii=False)[1:-1].encode()),
    ("json-of-php",         json.dumps(VALUE)[1:-1].replace("/", "\\/").encode()),
    ("json-of-go",          json.dumps(VALUE)[1:-1].replace("&", "\\u0026").replace("<", "\\u003C").encode()),
    ("html",                html.escape(VALUE).encode()),
    ("html-decimal",        "".join(f"&#{ord(c)};" for c in VALUE).encode()),
    ("html-hexadecimal",    "".join(f"&#x{ord(c):X};" for c in VALUE).encode()),
    ("html-names",          VALUE.replace("&", "&amp;").replace("/", "&sol;").replace("é", "&eacute;").encode()),
    ("base64",              base64.b64encode(VALUE.encode())),
    ("base64-of-urls",      base64.urlsafe_b64encode(VALUE.encode("latin-1")).rstrip(b"=")),
]
# fmt: on


@pytest.mark.parametrize("text", [s[1] for s in SPELLINGS], ids=[s[0] for s in SPELLINGS])
def test_it_is_removed_as(text: bytes) -> None:
    assert redacted(b"<" + text + b"><" + text + b">", [secret(VALUE)]) == b"<[removed]><[removed]>"


def test_other_text_stays_and_nothing_is_shown() -> None:
    found = secret(VALUE)

    assert redacted(VALUE[:-3].encode(), [found]) == VALUE[:-3].encode()
    assert VALUE not in repr(found)


@pytest.mark.parametrize("text", [b"q" * 4_000_000, b"\\" * 4_000_000, b"%25" * 1_000_000])
def test_a_hostile_answer_is_searched_in_no_time(text: bytes) -> None:
    began = time.monotonic()
    redacted(text, [secret("q" * 40 + "1"), secret("\\" * 40 + "1"), secret("%" * 40 + "1")])

    assert time.monotonic() - began < 5


def test_a_value_of_many_thousand_characters() -> None:
    value = "".join(f"{number}/" for number in range(1500))

    assert redacted(f"<{value}>".encode(), [secret(value)]) == b"<[removed]>"
