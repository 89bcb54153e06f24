"""What goes back to the tool: the target's answer, cleaned, or a sentence why there is none. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus

from cupel.decide.redaction import Secret, redacted

from .message import Fields, encode, end_to_end
from .outcome import Failure, Refusal
from .upstream import Answer

USERINFO = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*@")
PLACES = frozenset({"location", "content-location", "refresh", "link"})
MOST_REASON = 400


def answer(found: Answer, method: str, secrets: tuple[Secret, ...]) -> bytes:
    """The answer's bytes. Raises Failure when a credential could not be kept out of it."""
    fields = end_to_end(found.head)
    encodings = {value.strip().lower() for value in found.head.all("content-encoding")} - {"identity", ""}
    if secrets and encodings and found.body:
        raise Failure("compressed", "the answer is compressed, so the credential cannot be kept out of it")
    body = redacted(found.body, secrets)
    length = found.head.all("content-length")[:1] if method == "HEAD" else [str(len(body))]
    told = [("Content-Length", each) for each in length] if found.status not in (204, 304) else []
    return _head(found.status, (*_clean(fields, secrets), *told)) + body


def _clean(fields: Fields, secrets: Iterable[Secret]) -> Fields:
    """Fields without credentials: neither ours, nor a user name and password in a place to go next."""
    return tuple(
        (name, redacted(_place(name, value).encode("latin-1"), secrets).decode("latin-1"))
        for name, value in fields
    )


def _place(name: str, value: str) -> str:
    return USERINFO.sub(lambda match: f"{match[1] or ''}//", value) if name.lower() in PLACES else value


def refusal(why: Refusal | Failure) -> bytes:
    """A short answer of our own; the reason is in a header, so that no target can be mistaken for us."""
    status, name = (403, "cupel-refused") if isinstance(why, Refusal) else (why.status, "cupel-failed")
    text = "".join(c if " " <= c <= "~" else "?" for c in str(why))[:MOST_REASON]
    body = f"{text}\n".encode()
    told = ((name, text), ("Content-Type", "text/plain"), ("Content-Length", str(len(body))))
    return _head(status, told) + body


def _head(status: int, fields: Fields) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unnamed"
    return encode(f"HTTP/1.1 {status} {phrase}", (*fields, ("Connection", "close")))
