"""Leaves out of a tool's code what run() does not need: who approves it reads nothing in vain."""

from __future__ import annotations

import ast
import re

Statement = ast.stmt


def pruned(code: str) -> str:
    """The code without top-level functions, classes, constants and imports that run() never reaches."""
    tree = ast.parse(code)
    needed = _reached(tree)
    lines = code.splitlines(keepends=True)
    for node in reversed(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            _keep_imported(node, needed, lines)
        elif _names(node) and not _names(node) & needed:
            del lines[_first_line(node) - 1 : node.end_lineno]
    return re.sub(r"\n{4,}", "\n\n\n", re.sub(r"(?<=\n)\n+(?=\n\n\ndef|\n\n\nclass)", "", "".join(lines)))


def _names(node: Statement) -> set[str]:
    """What a top-level statement defines."""
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.Assign():
            return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and _stored(each)}
    return set()


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _first_line(node: Statement) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def _reached(tree: ast.Module) -> set[str]:
    """Names read on the way from run()."""
    by_name = {name: node for node in tree.body for name in _names(node)}
    reached, pending = {"run"}, ["run"]
    while pending:
        node = by_name.get(pending.pop())
        read = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if node else set()
        pending += sorted(read - reached)
        reached |= read
    return reached


def _keep_imported(node: ast.Import | ast.ImportFrom, needed: set[str], lines: list[str]) -> None:
    kept = [each for each in node.names if (each.asname or each.name).split(".")[0] in needed]
    end = node.end_lineno or node.lineno
    if len(kept) == len(node.names):
        return
    node.names = kept
    lines[node.lineno - 1 : end] = [ast.unparse(node) + "\n"] if kept else []
