"""What a caller's words find among the tools they may call; the index follows the catalogue, tool by tool."""

from __future__ import annotations

from collections.abc import Iterable

from cupel.wishes.search import FITS, Document, Index

from .asking_words import Fitting
from .catalogue import Catalogue
from .entry import Entry
from .naming import View

MOST = 5


class ToolIndex:
    """One index for each namespace, so that nobody's ranking tells of tools they cannot see."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._indices: dict[str, Index] = {}
        self._digests: dict[str, dict[str, str]] = {}
        catalogue.on_change(self.changed)

    def changed(self, namespaces: Iterable[str]) -> None:
        """The catalogue of these namespaces is another: bring only the tools that changed up to date."""
        for namespace in namespaces:
            entries = self._catalogue.entries.get(namespace, {})
            now = {name: entry.digest for name, entry in entries.items() if not entry.missing}
            before = self._digests.get(namespace, {})
            new = [_document(entries[name]) for name, digest in now.items() if before.get(name) != digest]
            index = self._indices.get(namespace)
            if index is None or len(new) > len(now) // 2:
                self._indices[namespace] = Index.of(_document(entries[name]) for name in now)
            else:
                self._indices[namespace] = _changed(index, new, before.keys() - now.keys())
            self._digests[namespace] = now
            if not now:
                del self._indices[namespace], self._digests[namespace]

    def near(self, view: View, wish: str, most: int = MOST) -> tuple[Fitting, ...]:
        """The tools of a view that come nearest, best first, by the names the caller uses."""
        names = {(entry.namespace, entry.tool_name): (name, entry) for name, entry in view.listed}
        found = []
        for namespace in sorted({entry.namespace for _, entry in view.listed}):
            for hit in self._indices.get(namespace, EMPTY).search(wish, most):
                if (namespace, hit.name) in names:
                    name, entry = names[namespace, hit.name]
                    found.append((hit.score, name, entry))
        found.sort(key=lambda one: (-one[0], one[1]))
        return tuple(
            Fitting(name=name, description=entry.proven.description, score_per_mille=round(1000 * score))
            for score, name, entry in found[:most]
        )


EMPTY = Index.of(())


def fits(found: Fitting) -> bool:
    """Whether a tool is near enough to be the answer."""
    return found.score_per_mille >= round(1000 * FITS)


def _changed(index: Index, new: Iterable[Document], gone: Iterable[str]) -> Index:
    for name in gone:
        index = index.without(name)
    for document in new:
        index = index.with_(document)
    return index


def _document(entry: Entry) -> Document:
    properties = entry.proven.input_schema.get("properties")
    names = tuple(properties) if isinstance(properties, dict) else ()
    return Document(entry.tool_name, entry.proven.description, names)
