"""How the demo speaks: chapters, steps with seconds, a summary at the end."""

from __future__ import annotations

import time

from rich.console import Console
from rich.markup import escape


class Narrator:
    """Prints as it happens, and keeps one line for the summary."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.summary: list[str] = []
        self._parts = 0
        self._began = time.monotonic()

    def chapter(self, title: str) -> None:
        self.console.print(f"\n[bold]{title}[/bold]")

    def part(self, title: str) -> None:
        """A chapter of the story, with its number."""
        self._parts += 1
        self.chapter(f"{self._parts}. {title}")

    def say(self, text: str) -> None:
        self.console.print(f"  {self._clock()} {text}")

    def quote(self, text: str) -> None:
        for line in text.strip().splitlines():
            self.console.print(f"          [dim]{escape(line)}[/dim]")

    def result(self, text: str) -> None:
        self.say(f"[green]{text}[/green]")
        self.summary.append(text)

    def end(self, commands: list[str], hints: list[str]) -> None:
        """The summary, then commands for who goes on alone; printed as they are, to be copied."""
        self.chapter("What happened")
        for line in self.summary:
            self.console.print(f"  - {line}")
        self.chapter("Try it on the demo (the cluster stays until `make down`)")
        self._plain(commands)
        self.chapter("Look around")
        self._plain(hints)

    def _plain(self, lines: list[str]) -> None:
        for line in lines:
            self.console.print(f"  {line}", markup=False)

    def _clock(self) -> str:
        return f"[cyan]{time.monotonic() - self._began:6.1f} s[/cyan]"
