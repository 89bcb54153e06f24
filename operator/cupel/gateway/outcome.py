"""What came of a call, in a word that is counted and a sentence for the agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Label = Literal[
    "ok", "invalid_arguments", "invalid_result", "tool_error", "timeout", "out_of_memory", "too_large",
    "broken", "unavailable", "busy", "rate_limited", "unsupported", "conflict", "state_full",
]  # fmt: skip
NO_LONGER = "this tool is no longer served"


@dataclass(frozen=True)
class Outcome:
    """What came of a call: `ok` with a result, or a label and what the agent should know."""

    label: Label
    text: str
    """The result as JSON text, or a message for the agent."""
    result: Mapping[str, Any] | None = None
