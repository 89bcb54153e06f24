"""Reading YAML or JSON files of Kubernetes objects as the API server would, without trusting them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from cupel.decide.harmless import one_line

MAX_BYTES = 3 * 2**20
"""More than the API server takes in one request."""
MAX_NODES = 200_000


class Unreadable(Exception):
    """The text holds no Kubernetes objects; says why, in one line."""


class _Loader(yaml.SafeLoader):
    """YAML as Kubernetes reads it: a date is text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in each if tag != "tag:yaml.org,2002:timestamp"]
    for first, each in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(content: bytes) -> list[dict[str, Any]]:
    """Every object of a file, Lists taken apart. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MiB")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8: byte {error.start}") from error
    found = list(_objects(_loaded(text)))
    if not found:
        raise Unreadable("holds no object")
    return found


def _loaded(text: str) -> list[Any]:
    try:
        if text.lstrip().startswith("{"):
            return [json.loads(text)]
        loaded = list(yaml.load_all(text, Loader=_Loader))  # a SafeLoader that leaves dates alone
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"is not YAML or JSON: {_where(error)}") from error
    for each in loaded:
        if _weight(each, {}) > MAX_NODES:
            raise Unreadable(f"unfolds to more than {MAX_NODES} values, or contains itself")
    return loaded


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return (
            f"line {mark.line + 1}, column {mark.column + 1}: {getattr(error, 'problem', '') or 'unexpected'}"
        )
    return one_line(str(error))[:200] or type(error).__name__


def _weight(node: Any, known: dict[int, int]) -> int:
    """How many values a document has once its aliases are followed; a cycle weighs too much."""
    if not isinstance(node, (dict, list)):
        return 1
    if id(node) not in known:
        known[id(node)] = MAX_NODES + 1  # stands while we are inside: whoever meets it again is in a cycle
        children = [*node.keys(), *node.values()] if isinstance(node, dict) else node
        known[id(node)] = 1 + min(MAX_NODES, sum(_weight(child, known) for child in children))
    return known[id(node)]


def _objects(loaded: list[Any]) -> Iterator[dict[str, Any]]:
    for each in loaded:
        if each is None:
            continue
        if not isinstance(each, dict) or not isinstance(each.get("kind"), str):
            raise Unreadable("holds something that is no Kubernetes object: `kind` is missing")
        if each["kind"] == "List" and isinstance(each.get("items"), list):
            yield from _objects(each["items"])
        else:
            yield each
