"""Small, named, explained: the limits of the house rules. They only tighten."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT, SHIPPED, modules, shown, tree

LONGEST_FUNCTION = 40
LONGEST_MODULE = 250
VAGUE = {"utils", "helpers", "helper", "manager", "common_logic", "misc", "util"}
EVERYTHING = modules(*SHIPPED)
OURS = modules(*SHIPPED, "tests")


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_nothing_shadows_the_module_operator_of_python_itself() -> None:
    assert EVERYTHING
    assert not (ROOT / "operator" / "__init__.py").exists()


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{shown(p)}:{f.lineno} {f.name}: {length(f)}"
        for p in EVERYTHING
        for f in functions(p)
        if length(f) > LONGEST_FUNCTION
    }

    assert long == set()


def test_no_module_is_longer_than_one_can_hold() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in EVERYTHING}

    assert {f"{shown(path)}: {count}" for path, count in lines.items() if count > LONGEST_MODULE} == set()


def test_every_module_says_what_lives_in_it() -> None:
    assert {shown(path) for path in EVERYTHING if not ast.get_docstring(tree(path))} == set()


def test_names_say_what_a_thing_is() -> None:
    assert {shown(path) for path in OURS if path.stem in VAGUE or path.parent.name in VAGUE} == set()


@pytest.mark.parametrize("word", ["unittest.mock", "monkeypatch.setattr", "mocker"])
def test_tests_build_their_input_and_patch_nothing(word: str) -> None:
    own = Path(__file__)
    tests = [
        path for path in modules("tests/unit", "tests/edge", "tests/contract", "tests/e2e") if path != own
    ]

    assert {shown(path) for path in tests if word in path.read_text(encoding="utf-8")} == set()


def test_every_test_of_an_api_server_is_in_a_suite_that_make_test_runs() -> None:
    mark = "pytest.mark." + "apiserver"
    marked = {shown(path) for path in modules("tests") if mark in path.read_text(encoding="utf-8")}

    assert marked
    assert {path for path in marked if not path.startswith(("tests/contract/", "tests/runner/"))} == set()
