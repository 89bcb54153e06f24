"""How differences between two versions of a tool are shown in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from cupel.decide.comparison import Difference
from cupel.decide.harmless import harmless

from .output import folded

COLOURS = {"+": "green", "-": "red", "@": "cyan"}


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
