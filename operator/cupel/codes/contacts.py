"""How people are reached: a file, mounted from a Secret, from person to transports to apprise URLs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from cupel.messages import UnusableUrl, transport

MAX_BYTES = 4_194_304


class ContactsUnusable(ValueError):
    """The file cannot be used; the text names the entry and shows no URL."""


class Contacts:
    """Read anew at each use, so that a changed Secret holds without a restart."""

    def __init__(self, path: str) -> None:
        self._path = path

    def of(self, person: str) -> dict[str, str]:
        """URL by transport; none where nobody wrote any. Raises ContactsUnusable.

        Checked each time: a URL under another's name would bring link and code by the same way.
        """
        ways = parse_contacts(self._read()).get(person, {}) if self._path else {}
        for name, url in ways.items():
            _check(person, name, url)
        return ways

    def check(self) -> int:
        """How many people can be reached. Raises ContactsUnusable when any entry is wrong."""
        found = parse_contacts(self._read()) if self._path else {}
        for person, ways in found.items():
            for name, url in ways.items():
                _check(person, name, url)
        return len(found)

    def _read(self) -> str:
        try:
            with Path(self._path).open(encoding="utf-8") as file:
                text = file.read(MAX_BYTES + 1)
        except (OSError, UnicodeDecodeError) as error:
            raise ContactsUnusable(f"{self._path} cannot be read: {type(error).__name__}") from None
        if len(text) > MAX_BYTES:
            raise ContactsUnusable(f"{self._path} is larger than {MAX_BYTES} bytes")
        return text


def parse_contacts(text: str) -> Mapping[str, dict[str, str]]:
    """Raises ContactsUnusable."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ContactsUnusable("the file is not JSON") from None
    if not isinstance(found, dict):
        raise ContactsUnusable("the file must be an object from person to transports")
    for person, ways in found.items():
        strings = isinstance(ways, dict) and all(isinstance(url, str) for url in ways.values())
        if not strings:
            raise ContactsUnusable(f"`{person}` must be an object from transport to apprise URL")
    return found


def _check(person: str, name: str, url: str) -> None:
    try:
        real = transport(url)
    except UnusableUrl as error:
        raise ContactsUnusable(f"`{person}.{name}`: {error}") from None
    if real != name:
        raise ContactsUnusable(f"`{person}.{name}` is a {real} URL: name it {real}")
