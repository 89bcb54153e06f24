"""Strangers' text as people can be shown it: it moves no cursor and passes for none of ours. Pure."""

from __future__ import annotations


def harmless(text: str) -> str:
    """Text as one line can show it: whatever is not printable is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def harmless_lines(text: str) -> list[str]:
    """Lines of a text, split at line feeds alone, each harmless."""
    return [harmless(line) for line in text.split("\n")]


def one_line(text: str) -> str:
    return harmless(" ".join(text.split()))
