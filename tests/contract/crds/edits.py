"""Changing an object at a path, as the tables of bad objects write it: `spec.examples[0].name`."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
ABSENT = object()
"""As a new value: take the field away."""


@dataclass(frozen=True)
class Bad:
    """A good object, changed so that the API server must refuse it with a message that holds `said`."""

    id: str
    edits: Mapping[str, Any]
    said: str = ""
    offline: bool = True
    """Whether the models refuse it too, so that `cupel check` says the same without a cluster."""

    @property
    def expected(self) -> str:
        """What the message must name: `said`, or else the one path that was changed."""
        return self.said or next(iter(self.edits))


def changed(good: Object, edits: Mapping[str, Any]) -> Object:
    """A copy of `good` with each path set to its value."""
    made = copy.deepcopy(good)
    for path, value in edits.items():
        *way, last = [int(s[1:-1]) if s[0] == "[" else s for s in re.findall(r"[^.\[\]]+|\[\d+\]", path)]
        node: Any = made
        for step in way:
            node = node[step] if isinstance(step, int) else node.setdefault(step, {})
        if value is ABSENT:
            node.pop(last, None)
        elif isinstance(last, int) and last == len(node):
            node.append(value)
        else:
            node[last] = copy.deepcopy(value)  # a later edit may reach into it
    return made
