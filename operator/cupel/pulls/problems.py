"""The two fates of a request to the git host besides success; those of the API server are in `cupel.kube`."""

from __future__ import annotations


class Away(Exception):
    """It will pass by itself: no answer, a server error, or a limit. Nothing is decided meanwhile."""

    def __init__(self, message: str, seconds: float = 0) -> None:
        super().__init__(message)
        self.seconds = seconds
        """How long the host asked us to wait; 0 when it did not say."""


class Refused(Exception):
    """The host says no and only a person can change that: the token, its rights, the repository's name."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status
