"""What a cell of a trace says: a moment, or a count. Text in, a number out; NaN is neither."""

from __future__ import annotations

import re
from datetime import UTC, datetime

ORDINARY = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"^\d{1,3}(,\d{3})+(\.\d*)?$")
_DECIMAL_COMMA = re.compile(r"^\d+,\d*$")
_NAN = float("nan")
_LONGEST = 64
"""Characters of a moment that is tidied: spaces without end would take long to look through."""


def number(text: str) -> float:
    """1234, 1.2e3, 1,234 and, where no other reading is left, 12,5."""
    if ORDINARY.match(text):
        return float(text)
    if _THOUSANDS.match(text):
        return float(text.replace(",", ""))
    return float(text.replace(",", ".")) if _DECIMAL_COMMA.match(text) else _NAN


def moment(text: str) -> float:
    """Seconds since 1970, or of the trace's own clock: a number, or ISO 8601, without a zone in UTC."""
    if ORDINARY.match(text):
        return float(text)
    found = _iso(text) or (_iso(_tidied(text)) if len(text) <= _LONGEST else None)
    if found is None:
        return _NAN
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _tidied(text: str) -> str:
    """At most six digits after the point, which is all that Python reads; dashes for slashes; UTC as an
    offset."""
    text = re.sub(r"([.,]\d{6})\d+", r"\1", text.strip().strip("\"'"))
    text = re.sub(r"^(\d{4})/(\d\d)/(\d\d)\b", r"\1-\2-\3", text)
    return re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text)
