"""What the cluster looks like, in memory: fed by watch events, by lists, and by the answers to our own writes.

Objects are kept trimmed, as JSON text: a tenth of the memory of nested dicts, and parsed in microseconds when a pass needs one.
"""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from cupel.api import names
from cupel.api.common import JsonObject

from .resources import Kind
from .trim import trim

MAX_GRAVES = 50_000
Key = tuple[str, str]
"""(namespace, name)"""
Owner = tuple[str, str]
"""(serving namespace, tool)"""


@dataclass(frozen=True, slots=True)
class Stored:
    """One object as it was last seen."""

    namespace: str
    name: str
    uid: str
    version: int
    labels: dict[str, str]
    content: str
    """The trimmed object, as JSON."""

    def body(self) -> JsonObject:
        """A fresh copy of the trimmed object."""
        parsed: JsonObject = json.loads(self.content)
        return parsed

    @property
    def owner(self) -> Owner | None:
        """The tool this was made for, by its labels; None when it names none."""
        tool = self.labels.get(names.TOOL)
        return (self.labels.get(names.SERVING_NAMESPACE, self.namespace), tool) if tool else None


@dataclass
class Store:
    """All objects of one kind. A view older than what is known, or older than a deletion, changes nothing."""

    kind: Kind
    objects: dict[Key, Stored] = field(default_factory=dict)
    by_namespace: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_owner: dict[Owner, set[Key]] = field(default_factory=lambda: defaultdict(set))
    graves: OrderedDict[Key, int] = field(default_factory=OrderedDict)
    """Newest resourceVersion at which an object of this name was seen deleted."""
    listed: bool = False
    """Whether everything was listed once."""

    def get(self, namespace: str, name: str) -> Stored | None:
        return self.objects.get((namespace, name))

    def within(self, namespace: str) -> Iterator[Stored]:
        """Objects of a namespace, by name."""
        return (self.objects[(namespace, name)] for name in sorted(self.by_namespace.get(namespace, ())))

    def of(self, owner: Owner) -> Iterator[Stored]:
        """Objects labelled for a tool, wherever they are, by namespace and name."""
        return (self.objects[key] for key in sorted(self.by_owner.get(owner, ())))

    def put(self, body: JsonObject) -> bool:
        """Take in an object as seen. Answers whether it was news."""
        seen = stored(body)
        key = (seen.namespace, seen.name)
        known = self.objects.get(key)
        if known is not None and known.version >= seen.version:
            return False
        if self.graves.get(key, -1) >= seen.version:
            return False
        if known is not None:
            self._unlink(key, known)
        self.objects[key] = seen
        self.by_namespace[seen.namespace].add(seen.name)
        if seen.owner:
            self.by_owner[seen.owner].add(key)
        return True

    def drop(self, namespace: str, name: str, version: int, uid: str = "") -> bool:
        """Take in that an object is gone as of `version`; only the one with `uid`, when given."""
        key = (namespace, name)
        known = self.objects.get(key)
        if known is not None and (known.version > version or uid not in ("", known.uid)):
            return False
        self.graves[key] = max(version, self.graves.pop(key, 0))
        while len(self.graves) > MAX_GRAVES:
            self.graves.popitem(last=False)
        if known is None:
            return False
        self._unlink(key, known)
        del self.objects[key]
        return True

    def replace_all(self, items: Iterable[JsonObject], version: int) -> set[Key]:
        """Take in a whole list, seen at `version`. Answers the keys of what was news, gone objects included."""
        news: set[Key] = set()
        present: set[Key] = set()
        for item in items:
            key = (item["metadata"].get("namespace", ""), item["metadata"]["name"])
            present.add(key)
            if self.put(item):
                news.add(key)
        for key in [key for key in self.objects if key not in present]:
            if self.drop(*key, version):
                news.add(key)
        self.listed = True
        return news

    def _unlink(self, key: Key, known: Stored) -> None:
        _discard(self.by_namespace, known.namespace, known.name)
        if known.owner:
            _discard(self.by_owner, known.owner, key)


K = TypeVar("K")
V = TypeVar("V")


def _discard(index: dict[K, set[V]], key: K, value: V) -> None:
    index[key].discard(value)
    if not index[key]:
        del index[key]


def stored(body: JsonObject) -> Stored:
    """An object, trimmed. resourceVersions of one kind are comparable numbers (KEP-5504)."""
    metadata = body["metadata"]
    return Stored(
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        version=int(metadata["resourceVersion"]),
        labels=dict(metadata.get("labels") or {}),
        content=json.dumps(trim(body), separators=(",", ":"), ensure_ascii=False),
    )
