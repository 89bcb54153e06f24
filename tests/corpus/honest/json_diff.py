"""Structural difference of two JSON documents."""
from __future__ import annotations

import json
from typing import Any, Iterator


def _walk(left: Any, right: Any, path: str = "$") -> Iterator[dict]:
    if type(left) is not type(right):
        yield {"path": path, "kind": "type", "left": type(left).__name__, "right": type(right).__name__}
    elif isinstance(left, dict):
        for key in sorted(left.keys() | right.keys()):
            here = f"{path}.{key}"
            if key not in left:
                yield {"path": here, "kind": "added", "right": right[key]}
            elif key not in right:
                yield {"path": here, "kind": "removed", "left": left[key]}
            else:
                yield from _walk(left[key], right[key], here)
    elif isinstance(left, list):
        for i in range(max(len(left), len(right))):
            here = f"{path}[{i}]"
            if i >= len(left):
                yield {"path": here, "kind": "added", "right": right[i]}
            elif i >= len(right):
                yield {"path": here, "kind": "removed", "left": left[i]}
            else:
                yield from _walk(left[i], right[i], here)
    elif left != right:
        yield {"path": path, "kind": "changed", "left": left, "right": right}


def run(left: str, right: str) -> dict:
    changes = list(_walk(json.loads(left), json.loads(right)))
    return {"equal": not changes, "changes": changes}
