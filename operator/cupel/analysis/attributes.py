"""What attributes may be read and written: of modules, private ones, the interpreter's, by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .modules import ALLOWED, PACKAGES
from .names import is_dunder
from .perils import closest
from .program import Program
from .rules import Found, found
from .shapes import literal_names
from .vocabulary import (
    BY_LITERAL,
    DEFINABLE,
    ENUM_HOOKS,
    FILE_METHODS,
    INTERPRETER,
    OPENERS,
    PUBLIC_IN_SPITE,
    READABLE,
)

_STORES = (ast.Store, ast.Del)
_CALLED_ON_CLASSES = frozenset({"__init__", "__new__", "__post_init__"})


def examine_attributes(program: Program) -> Iterator[Found]:
    """Findings about attributes, however they are reached."""
    owned = _owned(program)
    for node in program.each(ast.Attribute):
        yield from _of_module(program, node)
        yield from _by_name(program, node, owned)
        if isinstance(node.ctx, _STORES):
            yield from _stored(program, node)
    for item in program.each(ast.Subscript):
        if isinstance(item.ctx, _STORES) and program.meaning(item.value) is not None:
            yield found("patching", item.lineno, "An entry of something imported or built in is replaced.")
    for pattern in program.each(ast.MatchClass):
        for name in pattern.kwd_attrs:
            yield from forbidden(name, pattern.lineno, owned)
            yield from _of_a_literal(name, pattern.lineno)
    yield from _by_literal(program, owned)
    yield from _file_methods(program)


def forbidden(name: str, line: int, owned: frozenset[str] = frozenset()) -> Iterator[Found]:
    """The finding an attribute name earns wherever it is read; the tool's own classes define owned ones."""
    if name in INTERPRETER:
        yield found("interpreter-attribute", line, f"The attribute {name} leads into the interpreter.")
    elif name.startswith("_") and name not in PUBLIC_IN_SPITE and name not in READABLE and name not in owned:
        yield found("private-attribute", line, f"The attribute {name} is private.")
    elif name in OPENERS:
        yield found("file-method", line, f"The method {name} opens files or URLs by name.")
    elif name == "format_map":
        yield found("format-template", line, "format_map reads attributes by name.")


def _owned(program: Program) -> frozenset[str]:
    """Single-underscore names that classes of this program define, and so may use."""
    defined = {name for scope in program.all_scopes if scope.kind == "class" for name in scope.names}
    for node in program.each(ast.Attribute):
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            defined.add(node.attr)
    return frozenset(name for name in defined if name.startswith("_") and not _of_python(name))


def _of_python(name: str) -> bool:
    """Names that no class of a tool owns: those with an underscore at both ends, but the hooks of enums."""
    return is_dunder(name) or (name.endswith("_") and name not in ENUM_HOOKS)


def _of_module(program: Program, node: ast.Attribute) -> Iterator[Found]:
    module = program.module(node.value)
    if module is None:
        return
    path = f"{module}.{node.attr}"
    if path in PACKAGES:
        parent = program.parent(node)
        if not (isinstance(parent, ast.Attribute) and parent.value is node):
            yield found("module-as-value", node.lineno, f"The module {path} is used like a value.")
    elif node.attr not in ALLOWED.get(module, ()):
        yield name_not_allowed(module, node.attr, node.lineno)


def name_not_allowed(module: str, name: str, line: int) -> Found:
    """The finding for a name of an allowed module outside its list."""
    peril = closest(f"{module}.{name}") or closest(module)
    why = f": {module} {peril}" if peril else ""
    return found("name-not-allowed", line, f"{module}.{name} may not be used{why}.", _instead(module, name))


def _instead(module: str, name: str) -> str:
    hints = {
        "xml.etree.ElementTree.parse": "Use xml.etree.ElementTree.fromstring(text).",
        "xml.etree.ElementTree.ElementTree": "Use the element itself, and tostring(element).",
        "string.Formatter": "Use an f-string, or string.Template.",
        "time.sleep": "Do not wait; answer at once.",
        "datetime.now": "Use datetime.datetime.now.",
    }
    names = ", ".join(sorted(ALLOWED.get(module, ())))
    return hints.get(f"{module}.{name}") or (f"Allowed: {names}." if names else "")


def _by_name(program: Program, node: ast.Attribute, owned: frozenset[str]) -> Iterator[Found]:
    if not is_dunder(node.attr):
        foreign = program.meaning(_called(node.value)) is not None
        yield from forbidden(node.attr, node.lineno, frozenset() if foreign else owned)
        return
    if node.attr in READABLE and isinstance(node.ctx, ast.Load):
        return
    parent = program.parent(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    shown = (
        isinstance(parent, ast.Attribute)
        and parent.value is node
        and parent.attr in ("__name__", "__qualname__")
    )
    if node.attr == "__class__" and shown:
        return
    if called and (node.attr in _CALLED_ON_CLASSES or (_of_super(node) and node.attr in DEFINABLE)):
        return
    if isinstance(parent, ast.Call) and called and _sets_field(program, node, parent):
        return
    yield found("private-attribute", node.lineno, f"The attribute {node.attr} belongs to Python itself.")


def _called(node: ast.expr) -> ast.expr:
    """What is called, of a call; the expression itself otherwise."""
    return node.func if isinstance(node, ast.Call) else node


def _of_super(node: ast.Attribute) -> bool:
    return (
        isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "super"
    )


def _sets_field(program: Program, node: ast.Attribute, call: ast.Call) -> bool:
    """`object.__setattr__(self, "name", value)`: how a frozen dataclass sets its own fields."""
    match call.args:
        case [ast.Name(), ast.Constant(value=str(name)), _]:
            plain = not name.startswith("__")
            return plain and program.meaning(node) == "builtins.object.__setattr__"
    return False


def _stored(program: Program, node: ast.Attribute) -> Iterator[Found]:
    path = program.meaning(node.value) or program.meaning(program.only_value(node.value) or node.value)
    if path is not None:
        yield found("patching", node.lineno, f"{path}.{node.attr} is replaced.")
    elif is_dunder(node.attr):
        yield found("private-attribute", node.lineno, f"The attribute {node.attr} is replaced.")


def _by_literal(program: Program, owned: frozenset[str]) -> Iterator[Found]:
    """Attributes read by `getattr` and its like, whose names are written out."""
    for node in (*program.each(ast.Name), *program.each(ast.Attribute)):
        path, call = program.meaning(node), program.parent(node)
        if path not in BY_LITERAL or not isinstance(call, ast.Call) or call.func is not node:
            continue
        for name in literal_names(path, call) or ():
            yield from forbidden(name, node.lineno, owned)
            yield from _of_a_literal(name, node.lineno)


def _of_a_literal(name: str, line: int) -> Iterator[Found]:
    """`format` reached otherwise than by calling it on a template that is written out."""
    if name == "format":
        yield found("format-template", line, "format is reached by name.")


def _file_methods(program: Program) -> Iterator[Found]:
    used = {
        b.path.partition(".")[0] for s in program.all_scopes for bs in s.names.values() for b in bs if b.path
    }
    methods = {m for module in used for m in FILE_METHODS.get(module, ())}
    for line, name in _reached(program):
        if name in methods:
            yield found("file-method", line, f"The method {name} opens files by name.")


def _reached(program: Program) -> Iterator[tuple[int, str]]:
    """Every attribute read, with its line: written with a dot, by name, or in a class pattern."""
    for node in (*program.each(ast.Name), *program.each(ast.Attribute)):
        path, call = program.meaning(node), program.parent(node)
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        if path in BY_LITERAL and isinstance(call, ast.Call) and call.func is node:
            yield from ((node.lineno, name) for name in literal_names(path, call) or ())
    for pattern in program.each(ast.MatchClass):
        yield from ((pattern.lineno, name) for name in pattern.kwd_attrs)
