"""Every allowed name exists, and none leads by public attributes to a module or a dangerous built-in."""

from __future__ import annotations

import builtins
import importlib
import io
import os
import types
import warnings

import pytest

from cupel.analysis.modules import ALLOWED
from cupel.analysis.vocabulary import DYNAMIC, INTERPRETER, OPENERS

REFUSED = INTERPRETER | OPENERS
PERILOUS = {id(getattr(builtins, name)) for name in DYNAMIC | {"type"} if hasattr(builtins, name)}
PERILOUS |= {
    id(io.open),
    id(os.system),
    id(os.popen),
    id(os.getenv),
    id(os.open),
    id(os.fork),
    id(os.environ),
}
DEPTH = 3


def reached(start: object, path: str) -> list[str]:
    """Paths of public attributes, `DEPTH` deep, that end in a module or something perilous."""
    found, seen, stack = [], set(), [(start, path, 0)]
    while stack:
        thing, where, depth = stack.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, types.ModuleType) or id(thing) in PERILOUS:
            found.append(where)
        elif depth < DEPTH:
            for name in dir(thing):
                if not name.startswith("_") and name not in REFUSED and hasattr(thing, name):
                    stack.append((getattr(thing, name), f"{where}.{name}", depth + 1))
    return found


@pytest.mark.parametrize("module", sorted(ALLOWED.keys() - {"__future__"}))
def test_no_allowed_name_leads_out(module: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        loaded = importlib.import_module(module)
        assert [name for name in ALLOWED[module] if not hasattr(loaded, name)] == []
        assert [p for n in ALLOWED[module] for p in reached(getattr(loaded, n), f"{module}.{n}")] == []


def test_the_search_finds_what_is_there() -> None:
    assert "json.codecs" in reached(importlib.import_module("json").codecs, "json.codecs")
    assert reached(types.SimpleNamespace(a=types.SimpleNamespace(b=eval)), "x") == ["x.a.b"]
