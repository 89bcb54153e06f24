"""The digits of a digest that a person carries from one channel to the other. Pure."""

from __future__ import annotations

from cupel.api.bundle import hexdigits

COUNT = 16
"""64 bits: to make another tool with the same 32 takes an hour on one machine."""
GROUP = 4


def first_digits(digest: str) -> str:
    return hexdigits(digest)[:COUNT]


def grouped(digest: str) -> str:
    """As people read and type them: 4464-2037-1f0a-9be2."""
    digits = first_digits(digest)
    return "-".join(digits[place : place + GROUP] for place in range(0, COUNT, GROUP))


def typed(text: str) -> str:
    """Digits as somebody typed them: groups, capitals and the prefix do not matter."""
    return text.strip().lower().removeprefix("sha256-").replace("-", "").replace(" ", "")


def concealed(text: str, digest: str) -> str:
    """The text without the digits, which must come by the other channel; object names hold some of them."""
    digits = hexdigits(digest)
    for length in (len(digits), 40, COUNT, 12, 10, 8):
        text = text.replace(digits[:length], "…")
    return text
