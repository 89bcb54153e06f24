"""The token of our account at the git host: read from its file for every use, so that a new one counts."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .problems import Refused


class Token:
    """Never shown: not in `repr`, and in no message."""

    def __init__(self, file: str) -> None:
        self._file = Path(file)

    def __repr__(self) -> str:
        return f"Token({self._file})"

    def read(self) -> str:
        """Raises Refused."""
        try:
            text = self._file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise Refused(f"the token file {self._file} cannot be read: {type(error).__name__}") from None
        if not text or not text.isprintable() or " " in text:
            raise Refused(f"the token file {self._file} must hold one token and nothing else")
        return text

    def mark(self) -> str:
        """Tells tokens apart without holding one. Raises Refused."""
        return hashlib.sha256(self.read().encode()).hexdigest()
