"""The tool protocol from the outside: health, definition, call."""

from .answer import Answer, Definition
from .client import RequestTooLarge, ToolPods, Unreachable, call_body
from .verify import unreached, verify

__all__ = [
    "Answer",
    "Definition",
    "RequestTooLarge",
    "ToolPods",
    "Unreachable",
    "call_body",
    "unreached",
    "verify",
]
