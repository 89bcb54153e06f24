"""What differs between two versions of a tool, part by part; strangers' words, shown harmless."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from cupel.api.bundle import Bundle

from .output import folded, harmless, harmless_lines

COLOURS = {"+": "green", "-": "red", "@": "cyan"}
TEXTS = ("code", "description")
"""Parts that are text; the others are compared as JSON, one value a line."""
PARTS = (*TEXTS, "permissions", "interface", "examples", "tests")
REST = "all else"


@dataclass(frozen=True)
class Difference:
    """One part of the bundle, and how it changed."""

    part: str
    lines: tuple[str, ...]
    """A unified diff without file names; empty: unchanged."""


def differences(old: Bundle, new: Bundle) -> tuple[Difference, ...]:
    """Every part of a bundle; together they are all of it."""
    before, after = _texts(old), _texts(new)
    return tuple(Difference(part, tuple(changes(before[part], after[part]))) for part in before)


def _texts(bundle: Bundle) -> dict[str, str]:
    wire = bundle.wire()
    texts = {part: wire[part] if part in TEXTS else _json(wire.get(part)) for part in PARTS}
    return texts | {REST: _json({key: value for key, value in wire.items() if key not in PARTS})}


def _json(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def changes(was: str, now: str) -> Iterator[str]:
    """A unified diff of strangers' texts, harmless, without file names."""
    lines = difflib.unified_diff(harmless_lines(was), harmless_lines(now), lineterm="", n=5)
    return (line for place, line in enumerate(lines) if place >= 2)


def show(out: Console, found: tuple[Difference, ...], since: str) -> None:
    """Print the parts that changed, each under its heading, then the names of those that did not."""
    for each in found:
        if each.lines:
            heading(out, f"{each.part}: {since}")
        for line in each.lines:
            mark, text = ("  ", line) if line.startswith("@@") else (f"  {line[:1]} ", line[1:])
            folded(out, mark, text, COLOURS.get(line[:1], ""))
    heading(out, f"unchanged: {', '.join(each.part for each in found if not each.lines) or 'nothing'}")


def heading(out: Console, text: str) -> None:
    out.print()
    out.print(Text(harmless(text), style="bold"))
