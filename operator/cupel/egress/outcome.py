"""How a call may end other than with the target's answer: refused by us, or failed on the way."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "malformed", "unknown_caller", "not_approved", "target", "address", "limit", "server_name", "revoked",
]  # fmt: skip
"""Why we refused; labels of a metric."""
Weather = Literal["unresolved", "unreachable", "tls", "bad_answer", "too_large", "timeout", "compressed"]
"""Why an allowed call came to nothing; labels of a metric."""


class Refusal(Exception):
    """The call may not be made: 403 with the header `cupel-refused`. The text is for the tool's author."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Failure(Exception):
    """The call was allowed and came to nothing: 502 or 504 with the header `cupel-failed`."""

    def __init__(self, reason: Weather, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def status(self) -> int:
        return 504 if self.reason == "timeout" else 502
