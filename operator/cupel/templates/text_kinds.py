"""Kinds of things texts hold, how they are found, and texts that hold them."""

from __future__ import annotations

from typing import Literal

Kind = Literal["email", "url", "number", "date", "time", "hashtag", "mention", "ip", "phone", "amount"]
KINDS: dict[Kind, str] = {
    "email": r"\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b",
    "url": r"\bhttps?://[A-Za-z0-9][^\s<>\"']*[A-Za-z0-9/_=&#-]",
    "number": r"(?<![\w.])[+-]?[0-9]+(?:\.[0-9]+)?(?![\w]|\.[0-9])",
    "date": r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b",
    "time": r"\b[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?\b",
    "hashtag": r"(?<!\w)#\w+",
    "mention": r"(?<![\w@])@\w+",
    "ip": r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w]|\.[0-9])",
    "phone": r"(?<!\w)\+[1-9](?:[ ()./-]{0,2}[0-9]){6,14}\b",
    "amount": r"(?<!\w)(?:EUR|USD|GBP|PLN|BRL|€|\$|£) ?[0-9]+(?:[.,][0-9]{3})*(?:[.,][0-9]{1,2})?(?![0-9])",
}
FACTS: dict[Kind, tuple[str, list[str]]] = {
    "email": (
        "Ask ana@example.com, or b.c+d@mail.example.org. Not @x or y@.",
        ["ana@example.com", "b.c+d@mail.example.org"],
    ),
    "url": (
        "See https://example.com/a?b=1. And http://x.org, not ftp://y.",
        ["https://example.com/a?b=1", "http://x.org"],
    ),
    "number": ("From -3.5 to 12, not v2 nor 1.2.3.", ["-3.5", "12"]),
    "date": ("From 2026-03-31 to 2026-04-02, not 26-03-31.", ["2026-03-31", "2026-04-02"]),
    "time": ("At 9:05 or 23:59:59, not 9:75.", ["9:05", "23:59:59"]),
    "hashtag": ("#one and #dwa_2, not a#b.", ["#one", "#dwa_2"]),
    "mention": ("@ana and @rui_2, not a@b.", ["@ana", "@rui_2"]),
    "ip": ("From 10.0.0.1 to 192.168.1.254, not 1.2.3 nor 1.2.3.4.5.", ["10.0.0.1", "192.168.1.254"]),
    "phone": ("Call +48 22 123 45 67 or +1-202-555-0143, not 112.", ["+48 22 123 45 67", "+1-202-555-0143"]),
    "amount": ("Paid EUR 1.234,50 and $20, not 20.", ["EUR 1.234,50", "$20"]),
}
