"""The two fates a call may meet besides success: weather, which passes, and denial, which does not pass by
itself.
"""

from __future__ import annotations


class Weather(Exception):
    """It will pass by itself: a timeout, a lost connection, 401, 409, 429 or 5xx, or a write the fence held
    back.
    """

    def __init__(self, message: str, code: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        """HTTP status; 0 when there was no answer."""
        self.retry_after = retry_after
        """Seconds the server asked us to wait, when it did."""


class Denied(Exception):
    """The server refused and only a change can lift it (403, 404, 413, 422); the text is the server's
    message.
    """

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Unexpected(Exception):
    """An answer that means a mistake of ours, such as 400 or 405."""
