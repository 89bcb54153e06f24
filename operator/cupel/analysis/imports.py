"""Imports: which modules, which of their names, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .attributes import name_not_allowed
from .modules import ALLOWED, PACKAGES
from .perils import closest, is_network
from .program import Program
from .rules import Found, found


def examine_imports(program: Program) -> Iterator[Found]:
    """Findings about import statements."""
    for node in program.each(ast.Import):
        yield from _placed(program, node)
        for alias in node.names:
            yield from _module(alias.name, node.lineno)
    for node_from in program.each(ast.ImportFrom):
        yield from _placed(program, node_from)
        yield from _from(node_from)


def network_imports(program: Program) -> Iterator[tuple[str, int]]:
    """(module, line) of every import that gives a way out to the network."""
    for node in program.each(ast.Import):
        yield from ((a.name, node.lineno) for a in node.names if is_network(a.name))
    for source in program.each(ast.ImportFrom):
        module = source.module or ""
        for alias in source.names:
            path = f"{module}.{alias.name}"
            if is_network(module) or (module in PACKAGES and _network_child(module, path)):
                yield path, source.lineno


def _placed(program: Program, node: ast.stmt) -> Iterator[Found]:
    if program.scopes[node].kind == "class":
        yield found("import-placement", node.lineno, "A class body imports.")


def _network_child(module: str, path: str) -> bool:
    return path.rpartition(".")[2] not in ALLOWED.get(module, ()) and is_network(path)


def _module(module: str, line: int) -> Iterator[Found]:
    if module in PACKAGES:
        return
    if is_network(module):
        yield found("network-module", line, f"{module} talks to the network by itself.")
        return
    peril = closest(module)
    why = f": it {peril}" if peril else ": only a part of the standard library may be imported"
    yield found("module-not-allowed", line, f"{module} may not be imported{why}.")


def _from(node: ast.ImportFrom) -> Iterator[Found]:
    module = node.module or ""
    if node.level or not module:
        yield found("star-import", node.lineno, "Relative imports lead nowhere: a tool is one module.")
        return
    if module not in PACKAGES:
        yield from _module(module, node.lineno)
        return
    for alias in node.names:
        path = f"{module}.{alias.name}"
        if alias.name == "*":
            yield found("star-import", node.lineno, f"Everything of {module} is imported.")
        elif path in PACKAGES or alias.name in ALLOWED.get(module, ()):
            continue
        elif _network_child(module, path):
            yield found("network-module", node.lineno, f"{path} talks to the network by itself.")
        else:
            yield name_not_allowed(module, alias.name, node.lineno)
