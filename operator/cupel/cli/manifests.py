"""Reading YAML or JSON files of Kubernetes objects as the API server would, without trusting them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from cupel.decide.harmless import one_line

MAX_BYTES = 3 * 2**20
"""More than the API server takes in one request."""
MAX_NODES = 200_000
MAX_LEVELS = 256
"""Of objects and lists in each other. Told by ourselves: Python's own limit differs, and comes late."""
DEEP = f"nested more than {MAX_LEVELS} levels deep"


BOOL = "tag:yaml.org,2002:bool"


class Unreadable(Exception):
    """The text holds no Kubernetes objects; says why, in one line."""


class _Loader(yaml.SafeLoader):
    """YAML as kubectl reads it: a date is text, y and n are true and false. Ends where nested too deep."""

    bool_values = yaml.SafeLoader.bool_values | {"y": True, "n": False}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        for key, _ in node.value:
            if key.tag == BOOL:
                said = f"the key {key.value} is read as true or false: put it in quotes"
                raise yaml.constructor.ConstructorError(None, None, said, key.start_mark)
        return dict(super().construct_mapping(node, deep))

    def fetch_flow_collection_start(self, token: Any) -> None:
        self._judge_depth()
        super().fetch_flow_collection_start(token)

    def add_indent(self, column: int) -> bool:
        self._judge_depth()
        return bool(super().add_indent(column))

    def _judge_depth(self) -> None:
        if self.flow_level + len(self.indents) > MAX_LEVELS:
            raise yaml.scanner.ScannerError(None, None, DEEP, self.get_mark())


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in each if tag != "tag:yaml.org,2002:timestamp"]
    for first, each in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(BOOL, re.compile(r"[yYnN]$"), list("yYnN"))


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
            loaded = [json.loads(text)]
        else:
            loaded = list(yaml.load_all(text, Loader=_Loader))  # a SafeLoader that leaves dates alone
    except RecursionError:
        raise Unreadable(f"is {DEEP}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(f"is not YAML or JSON: {_where(error)}") from error
    for each in loaded:
        weight, height = _measure(each, {}, 0)
        if weight > MAX_NODES:
            raise Unreadable(f"unfolds to more than {MAX_NODES} values, or contains itself")
        if height > MAX_LEVELS:
            raise Unreadable(f"is {DEEP}")
    return loaded


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return (
            f"line {mark.line + 1}, column {mark.column + 1}: {getattr(error, 'problem', '') or 'unexpected'}"
        )
    return one_line(str(error))[:200] or type(error).__name__


def _measure(node: Any, known: dict[int, tuple[int, int]], level: int) -> tuple[int, int]:
    """How many values and levels a document has once its aliases are followed; a cycle weighs too much.

    Raises Unreadable.
    """
    if not isinstance(node, (dict, list)):
        return 1, 0
    if level > MAX_LEVELS:
        raise Unreadable(f"is {DEEP}")
    if id(node) not in known:
        known[id(node)] = (MAX_NODES + 1, 0)  # stands while we are inside: who meets it again is in a cycle
        children = [*node.keys(), *node.values()] if isinstance(node, dict) else node
        found = [_measure(child, known, level + 1) for child in children]
        weight = 1 + min(MAX_NODES, sum(weight for weight, _ in found))
        known[id(node)] = weight, 1 + max((height for _, height in found), default=0)
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
