"""Log lines: one JSON object a line, or text for people at a terminal."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from cupel.decide.harmless import harmless, one_line

FIELDS = "fields"
"""Name of the `extra` a log call may carry: a dict of further JSON fields."""


class JsonLines(logging.Formatter):
    """`time`, `level`, `logger`, `message`, whatever `extra={"fields": ...}` says, and a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | getattr(record, FIELDS, {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Time, level, message, then the fields as key=value: one line, whatever strangers wrote into them."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        fields = "".join(
            f" {key}={one_line(str(value))}" for key, value in getattr(record, FIELDS, {}).items()
        )
        text = f"{time} {record.levelname[0]} {harmless(record.getMessage())}{fields}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def start_logging(style: str, level: str, stream: TextIO = sys.stderr) -> None:
    """Send all log lines to `stream`. `style` is json or text."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if style == "json" else TextLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("kopf", "aiohttp.access", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
