"""What opens the recorder's port: others on this machine can reach it, and must not use it."""

from __future__ import annotations

import base64
import hmac
import secrets

USER = "cupel"


class Key:
    """Drawn for one run; told to the tool's process in its proxy's URL and to nobody else."""

    def __init__(self) -> None:
        self._secret = secrets.token_urlsafe(32)
        pair = base64.b64encode(f"{USER}:{self._secret}".encode()).decode()
        self._expected = f"Basic {pair}".encode()

    def __repr__(self) -> str:
        return "Key()"

    def url(self, port: int) -> str:
        """The proxy's, as RFC 3986 writes a user into it."""
        return f"http://{USER}:{self._secret}@127.0.0.1:{port}"

    def opens(self, told: list[str]) -> bool:
        """Whether these are the values of `Proxy-Authorization` of who was told. Constant time."""
        return len(told) == 1 and hmac.compare_digest(told[0].encode("utf-8", "replace"), self._expected)
