"""The credentials file as it is now, read again when it changes; one that cannot be used changes nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from .credentials import Credential, Unusable, parse
from .directory import Caller
from .target import Url

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
MOST_BYTES = 1_048_576
Told = Callable[[bool], None]
"""Told after every look whether the file as it is now is in use."""


class Vault:
    """All credentials. `path` may be empty, and a file that is not there holds none."""

    def __init__(self, path: str, told: Told) -> None:
        self._path = path
        self._told = told
        self._content: bytes | None = None
        self._credentials: tuple[Credential, ...] = ()
        self._problem = ""

    def fitting(self, caller: Caller, url: Url) -> tuple[Credential, ...]:
        """What this call gets, in the order the bundle names them."""
        found = {each.name: each for each in self._credentials if each.serves(caller, url)}
        return tuple(found[name] for name in caller.bundle.credentials if name in found)

    def look(self) -> None:
        """Read the file if it is another one now."""
        if not self._path:
            return
        try:
            content = _read(Path(self._path))
            if content == self._content:
                return
            self._content = content
            self._credentials = parse(content)
        except (OSError, Unusable) as error:
            if isinstance(error, OSError):
                self._content = None  # what can be read again is read anew, also when it is the same
            reason = str(error) if isinstance(error, Unusable) else error.strerror or type(error).__name__
            self._say(reason)
        else:
            self._problem = ""
            log.info("the credentials file was read; credentials: %d", len(self._credentials))
            self._told(True)

    def _say(self, problem: str) -> None:
        """Once for each problem, not at every look."""
        self._told(False)
        if problem != self._problem:
            self._problem = problem
            log.error("the credentials file cannot be used, and what was read before stays: %s", problem)

    async def watch(self) -> None:
        """Look again and again; a mounted Secret changes without an event."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()


def _read(path: Path) -> bytes:
    """Raises OSError, and Unusable for a file too large to be one of ours."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unusable(f"it is larger than {MOST_BYTES} bytes")
    return content
