"""A secret in all the spellings servers write it back in, and their removal from what they answer."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from html.entities import html5
from typing import Any

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

REMOVED = b"[removed]"
NAMES: dict[str, list[str]] = {}
"""The names HTML has for a character."""
for _name, _meant in html5.items():
    if _name.endswith(";"):
        NAMES.setdefault(_meant, []).append(_name)

MOST_MEMORY = 64 << 20


@dataclass(frozen=True)
class Secret:
    """What must not be handed on; says nothing of itself."""

    pattern: Any = field(repr=False)


@lru_cache(512)
def secret(value: str) -> Secret:
    """Finds a value whose every character may be written in a way of its own, and the value in base64."""
    forms = [_spelled(value, "\\")]
    if "\\" in value:  # a pattern of its own: one of both would try every way to read a row of them
        forms.append(_spelled(value, "\\\\"))
    for raw in {value.encode("latin-1", "replace"), value.encode()}:
        for form in {base64.b64encode(raw), base64.urlsafe_b64encode(raw)}:
            forms.append(re.escape(form.rstrip(b"=")) + b"={0,2}")
    return Secret(_compiled(b"|".join(forms)))


def _compiled(pattern: bytes) -> Any:
    """By RE2, which reads 100 MB/s of any text; a value too long for it takes Python's."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = MOST_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return re.compile(pattern)


def redacted(content: bytes, secrets: Iterable[Secret]) -> bytes:
    """The content with every secret in it replaced."""
    for each in secrets:
        content = each.pattern.sub(REMOVED, content)
    return content


def _spelled(value: str, backslash: str) -> bytes:
    return b"".join(_character(each, backslash) for each in value)


def _character(character: str, backslash: str) -> bytes:
    """One character: itself, after a backslash, or as %XX, \\u00XX, &#NN;, &#xXX; or &name; (either case).

    Every way begins with a letter of its own, so that the search passes over other text at once.
    """
    code = ord(character)
    if character == "\\":
        itself = [re.escape(backslash.encode())]
    else:
        plain = {
            character.encode("latin-1", "replace") if code < 256 else character.encode(),
            character.encode(),
        }
        itself = [re.escape(form) for form in sorted(plain)]
        itself += [rb"\\" + re.escape(character.encode())]
    units = character.encode("utf-16-be")
    escaped = b"".join(rb"\\u" + _hex(units[at : at + 2].hex()) for at in range(0, len(units), 2))
    percent = {character.encode(), bytes([code])} if code < 256 else {character.encode()}
    return b"(?:%s)" % b"|".join([
        *itself,
        *(b"".join(b"%" + _hex(f"{byte:02x}") for byte in raw) for raw in sorted(percent)),
        escaped,
        b"&#0{0,6}%d;" % code,
        b"&#[xX]0{0,6}" + _hex(f"{code:x}") + b";",
        *(b"&" + re.escape(name.encode()) for name in NAMES.get(character, ())),
        *([rb"\+"] if character == " " else []),
    ])  # fmt: skip


def _hex(digits: str) -> bytes:
    """These digits, in either case."""
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in digits).encode()
