"""The pure core may import only what is listed here. Adding a line is a design decision."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.architecture.sources import modules, shown, tree

PURE = ("api", "analysis", "control", "templates", "wishes", "decide")
ALLOWED = {
    "__future__", "ast", "base64", "bisect", "collections", "copy", "cupel", "dataclasses", "datetime", "decimal", "difflib",
    "enum",
    "functools", "hashlib", "html", "io", "ipaddress", "itertools", "json", "jsonschema", "keyword", "math", "operator", "pydantic", "re",
    "re2", "referencing", "string", "tokenize", "types", "typing", "unicodedata",
}  # fmt: skip
OF_ONE_LAYER = {
    "analysis": {
        "binascii",
        "builtins",
        "warnings",
    },  # it decodes literals, knows what Python defines, and hushes the parser
    "wishes": {"heapq"},  # the best few of many
    "control": {"csv", "numpy"},  # all policies at once, in arrays; the rows of a recorded demand
    "templates": {
        "builtins",
        "csv",
        "tokenize",
        "urllib",
        "xml",
        "yaml",
    },  # an argument's name must be none of Python's own
}
IMPURE_CALLS = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint"}
CALLS_OF_ONE_LAYER = {"analysis": {"compile"}}  # finds what parsing does not, and runs nothing


def imported_roots(path: Path) -> set[str]:
    roots = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            roots.add(node.module.split(".")[0])
    return roots


def called_names(path: Path) -> set[str]:
    calls = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


@pytest.mark.parametrize("layer", PURE)
def test_pure_layers_import_only_the_listed_modules(layer: str) -> None:
    paths = modules(f"operator/cupel/{layer}")
    allowed = ALLOWED | OF_ONE_LAYER.get(layer, set())

    assert paths
    assert {f"{shown(path)}: {root}" for path in paths for root in imported_roots(path) - allowed} == set()


@pytest.mark.parametrize("layer", PURE)
def test_pure_layers_call_nothing_that_looks_or_acts(layer: str) -> None:
    paths = modules(f"operator/cupel/{layer}")
    impure = IMPURE_CALLS - CALLS_OF_ONE_LAYER.get(layer, set())

    assert {f"{shown(path)}: {name}" for path in paths for name in called_names(path) & impure} == set()
