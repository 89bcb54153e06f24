"""What names may be read and bound: built-ins, double underscores, modules as values."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .program import Program
from .rules import Found, found
from .scopes import Scope
from .shapes import plain_type
from .vocabulary import DEFINABLE, DYNAMIC, MODULE_NAMES, NARROW, SAFE_BUILTINS


def examine_names(program: Program) -> Iterator[Found]:
    """Findings about names read and names bound."""
    unknown: set[str] = set()
    for name in program.each(ast.Name):
        if isinstance(name.ctx, ast.Load) and name.id not in unknown:
            for finding in _read(program, name):
                if finding.rule == "unknown-name":
                    unknown.add(name.id)  # once is enough
                yield finding
    yield from _bound(program)
    yield from _mangled(program)


def _mangled(program: Program) -> Iterator[Found]:
    """`__x` inside a class C is `_C__x` to Python: another variable than the one that is read here."""
    for name in program.each(ast.Name):
        if _private(name.id) and not isinstance(name.ctx, ast.Store) and _in_class(program.scopes[name]):
            yield found(
                "dunder-name", name.lineno, f"Inside a class, Python reads {name.id} as another name."
            )
    for scope in program.all_scopes:
        if scope.kind == "class" or not _in_class(scope):
            continue
        for bound, bindings in scope.names.items():
            if _private(bound):
                line = getattr(bindings[0].node, "lineno", 0)
                yield found("dunder-name", line, f"Inside a class, Python binds {bound} as another name.")


def _private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _in_class(scope: Scope | None) -> bool:
    while scope is not None:
        if scope.kind == "class":
            return True
        scope = scope.outer
    return False


def _read(program: Program, name: ast.Name) -> Iterator[Found]:
    bound = program.bindings(name)
    if bound is None:
        yield from _builtin(program, name)
    elif program.module(name) and not _is_base(program, name):
        yield found("module-as-value", name.lineno, f"The module {name.id} is used like a value.")


def _is_base(program: Program, node: ast.AST) -> bool:
    parent = program.parent(node)
    return isinstance(parent, ast.Attribute) and parent.value is node


def _builtin(program: Program, name: ast.Name) -> Iterator[Found]:
    if name.id in SAFE_BUILTINS:
        return
    if name.id in DYNAMIC:
        yield found("dynamic-code", name.lineno, f"{name.id} may not be used, in any position.")
    elif name.id in NARROW:
        yield from _narrow(program, name)
    elif is_dunder(name.id):
        yield found("dunder-name", name.lineno, f"{name.id} may not be used.")
    else:
        yield found("unknown-name", name.lineno, f"{name.id} is not defined.")


def _narrow(program: Program, name: ast.Name) -> Iterator[Found]:
    parent = program.parent(name)
    call = parent if isinstance(parent, ast.Call) and parent.func is name else None
    if name.id == "super" and not (call and not call.args and not call.keywords):
        yield found(
            "dynamic-code", name.lineno, "super may only be called without arguments.", "Write super()."
        )
    if name.id == "type" and not plain_type(program, name):
        yield found(
            "dynamic-code",
            name.lineno,
            "type(x) may only be compared, looked up, or asked for its name.",
            "Use isinstance, or name the class.",
        )


def _bound(program: Program) -> Iterator[Found]:
    for scope in program.all_scopes:
        for name, bindings in scope.names.items():
            line = min(getattr(b.node, "lineno", 0) for b in bindings)
            if is_dunder(name) and not _dunder_fits(scope.kind, name):
                yield found("dunder-name", line, f"{name} may not be defined here.")
            if scope.kind == "module" and (name in DYNAMIC or name in NARROW):
                yield found("builtin-rebound", line, f"The built-in {name} is given another meaning.")
            if len({b.path for b in bindings}) > 1:
                yield found("import-placement", line, f"{name} is an import and something else as well.")


def is_dunder(name: str) -> bool:
    """True for names such as __class__, which mean something to Python itself."""
    return name.startswith("__") and name.endswith("__") and len(name) > 4


def _dunder_fits(scope: str, name: str) -> bool:
    if scope == "class":
        return name in DEFINABLE or name == "__slots__"
    return scope == "module" and name in MODULE_NAMES
