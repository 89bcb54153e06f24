"""Answers of the git host that are kept beside their ETag, bounded in count and in bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 2000
MOST_BYTES = 32 * 2**20
"""Of the bodies as they came; strangers choose how long comments and titles are."""


class Kept(Generic[T]):
    """By path; what was not used for longest goes first."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._found: OrderedDict[str, tuple[str, T, int]] = OrderedDict()
        self._bytes = 0

    def get(self, path: str) -> tuple[str, T] | None:
        """The ETag and the answer."""
        found = self._found.get(path)
        if found is None:
            return None
        self._found.move_to_end(path)
        return found[0], found[1]

    def put(self, path: str, tag: str, answer: T, size: int) -> None:
        """In place of what was kept; without an ETag nothing is kept."""
        self._drop(path)
        if not tag or size > self._most_bytes:
            return
        self._found[path] = (tag, answer, size)
        self._bytes += size
        while len(self._found) > self._most or self._bytes > self._most_bytes:
            self._drop(next(iter(self._found)))

    def _drop(self, path: str) -> None:
        if (gone := self._found.pop(path, None)) is not None:
            self._bytes -= gone[2]
