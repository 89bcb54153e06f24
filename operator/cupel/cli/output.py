"""How the commands speak: consoles, exit codes, failures in one line."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from rich.cells import chop_cells
from rich.console import Console
from rich.text import Text

from cupel.api.common import JsonObject
from cupel.decide.harmless import one_line

PIPE_WIDTH = 10_000
"""Nothing is wrapped or cut where no person reads along."""


class Exit(IntEnum):
    """Exit codes; docs/cli.md says which command uses which."""

    OK = 0
    REFUSED = 1
    UNUSABLE = 2
    """Also: wrong usage; and for `status`, that a person must act."""
    TIMEOUT = 3
    UNREACHABLE = 4


class Format(StrEnum):
    """What `-o` takes."""

    TEXT = "text"
    JSON = "json"


class Failure(Exception):
    """The command ends here; the text is one line and says what to do."""

    def __init__(self, message: str, code: Exit = Exit.REFUSED) -> None:
        super().__init__(message)
        self.code = code


def console() -> Console:
    """Standard output; colours and the terminal's width only on a terminal."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a mark must not end a command on an ASCII terminal
    return Console(
        file=sys.stdout,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if sys.stdout.isatty() else PIPE_WIDTH,
    )


def cut(text: str, most: int) -> str:
    """At most so many characters on a terminal; whole where no person reads along."""
    return text if len(text) <= most or not sys.stdout.isatty() else text[: most - 1] + "…"


def note(message: str) -> None:
    """One line for people, on standard error, so that standard output stays what was asked for."""
    print(one_line(message), file=sys.stderr)


def print_json(value: JsonObject) -> None:
    """One JSON document; control characters come out escaped."""
    print(json.dumps(value, indent=2, ensure_ascii=not _utf8()))


def _utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def folded(out: Console, prefix: str, line: str, style: str = "") -> None:
    """One line of a stranger's text; what does not fit goes on behind a mark, not like a new line."""
    width = max(20, out.width - len(prefix))
    for number, part in enumerate(chop_cells(line, width) or [""]):
        mark = prefix if number == 0 else "…".rjust(len(prefix))
        out.print(Text.assemble((mark, "dim"), (part, style)), no_wrap=True, overflow="ignore", crop=False)


def span(duration: timedelta) -> str:
    """A duration in its largest unit: 45s, 12m, 3h, 5d."""
    seconds = max(0, int(duration.total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def ago(moment: datetime | None, now: datetime) -> str:
    return span(now - moment) if moment is not None else "?"
