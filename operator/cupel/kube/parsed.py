"""What the API server says, parsed: one store for each kind, fed by a reflector."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

log = logging.getLogger(__name__)

T = TypeVar("T")
EVERY = ""
"""Instead of a name: any object of the namespace may have changed."""


class Store(Generic[T]):
    """The objects of one kind. What cannot be parsed is not there, and said once in the log."""

    def __init__(
        self, kind: str, parse: Callable[[Mapping[str, Any]], T], touched: Callable[[str, str], None]
    ) -> None:
        self.kind = kind
        self.synced = False
        self.objects: dict[str, dict[str, T]] = {}
        """By namespace, then name."""
        self.uids: dict[tuple[str, str], str] = {}
        """Of every object there is, also of those that cannot be parsed; by namespace and name."""
        self._parse = parse
        self._touched = touched

    def replace(self, objects: list[Mapping[str, Any]]) -> None:
        """A reflector listed: these are all."""
        before = set(self.objects)
        self.objects = {}
        self.uids = {}
        for body in objects:
            self._put(body)
        self.synced = True
        for namespace in before | set(self.objects) | {""}:
            self._touched(namespace, EVERY)

    def changed(self, body: Mapping[str, Any]) -> None:
        self._put(body)
        self._touched(*_key(body))

    def deleted(self, body: Mapping[str, Any]) -> None:
        namespace, name = _key(body)
        self._drop(namespace, name)
        self.uids.pop((namespace, name), None)
        self._touched(namespace, name)

    def get(self, namespace: str, name: str) -> T | None:
        return self.objects.get(namespace, {}).get(name)

    def within(self, namespace: str) -> list[T]:
        """All objects of one namespace."""
        return list(self.objects.get(namespace, {}).values())

    def _drop(self, namespace: str, name: str) -> None:
        here = self.objects.get(namespace, {})
        here.pop(name, None)
        if not here:
            self.objects.pop(namespace, None)

    def _put(self, body: Mapping[str, Any]) -> None:
        namespace, name = _key(body)
        self.uids[namespace, name] = str((body.get("metadata") or {}).get("uid", ""))
        try:
            self.objects.setdefault(namespace, {})[name] = self._parse(body)
        except (ValidationError, KeyError, TypeError, AttributeError, ValueError) as error:
            self._drop(namespace, name)
            log.warning("%s %s/%s cannot be read: %s", self.kind, namespace, name, type(error).__name__)


def _key(body: Mapping[str, Any]) -> tuple[str, str]:
    """Namespace and name; a Namespace counts as lying in itself."""
    metadata = body.get("metadata") or {}
    name = str(metadata.get("name", ""))
    return str(metadata.get("namespace") or name), name
