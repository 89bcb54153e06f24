"""Callables that are harmless in one shape and a way out in any other: they make classes or set attributes.

Whoever can make a class with any double-underscore name, or set any attribute by name, can make the standard
library read or run what this analyser refuses: copy, dataclasses and match look such names up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .program import Program
from .rules import Found, found
from .vocabulary import BY_LITERAL, ENUMS, NAMING

_OVERLOADS = frozenset({"__eq__", "__ne__", "__contains__", "__getitem__", "__missing__", "__hash__", "get"})
_CHECKS = frozenset({"builtins.isinstance", "builtins.issubclass"})
_SHOWS = frozenset({"builtins.str", "builtins.repr"})
_COPIERS = frozenset(
    {"copy.copy", "copy.deepcopy", "dataclasses.asdict", "dataclasses.astuple", "collections.UserDict"}
)


def examine_shapes(program: Program) -> Iterator[Found]:
    """Findings about callables used in a shape that is not allowed."""
    paths: dict[str, int] = {}
    uses: list[ast.Name | ast.Attribute] = [*program.each(ast.Name), *program.each(ast.Attribute)]
    for node in uses:
        path = program.meaning(node)
        if path is None or not isinstance(node.ctx, ast.Load):
            continue
        paths.setdefault(path, node.lineno)
        if (advice := _misuse(program, path, node)) is not None:
            yield found("dynamic-code", node.lineno, f"{path.removeprefix('builtins.')}: {advice}.")
    yield from _copied_nodes(paths)
    yield from _fields_in_hand(program)
    for pattern in program.each(ast.MatchClass):
        if pattern.patterns and not _plain_class(program, pattern.cls):
            message = "A class pattern by position reads attributes that are not written here."
            yield found("dynamic-code", pattern.lineno, message, "Name the attributes: Shape(radius=r).")
    for kind in program.each(ast.ClassDef):
        if any(program.meaning(base) in ENUMS for base in kind.bases) and not _has_member(program, kind):
            yield found(
                "dynamic-code", kind.lineno, "An enum without members can make classes.", "Give it members."
            )


def _misuse(program: Program, path: str, node: ast.AST) -> str | None:
    """What is wrong with this use, in words; None when nothing is."""
    parent = program.parent(node)
    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
    if path in BY_LITERAL and (call is None or literal_names(path, call) is None):
        return "may only be called at once, with the attribute's name written out"
    if path == "functools.wraps" and (call is None or not _one_argument(call)):
        return "takes exactly one function here"
    if path == "abc.ABCMeta" and not (isinstance(parent, ast.keyword) and parent.arg == "metaclass"):
        return "may only be given as metaclass"
    if path == "dataclasses.field" and (call is None or not _declares(program, call)):
        return "may only declare a field of a class"
    if path == "types.SimpleNamespace" and not (_typing(program, node) or (call and _named_only(call))):
        return "may only be called with names written out"
    if path in ENUMS and not (
        _typing(program, node) or isinstance(parent, ast.ClassDef) or (call and _members(call))
    ):
        return "may only be a base class, or be called with names written out"
    return _misnamed(program, path, node, call)


def _misnamed(program: Program, path: str, node: ast.AST, call: ast.Call | None) -> str | None:
    """The same for what makes code or names out of what it is given."""
    if path == "dataclasses.dataclass" and not _decorates(program, call or node):
        return "may only decorate a class"
    if path not in NAMING:
        return None
    if call is None:
        harmless = isinstance(program.parent(node), ast.ClassDef) or _typing(program, node)
        return None if harmless else "may only be called at once, or be a base class"
    return None if _plainly_named(call) else "takes a plain name, written out"


def literal_names(path: str, call: ast.Call) -> list[str] | None:
    """The attributes that a call of `getattr` and its like reads; None unless all are written out."""
    args = call.args
    if path.startswith("builtins."):
        base = args[0] if args else None
        if isinstance(base, ast.Starred) or len(args) < 2 or call.keywords:
            return None
        args = args[1:2]
    elif path.endswith("methodcaller"):
        args = args[:1]
    texts = [a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if not texts or len(texts) != len(args):
        return None
    return [part for text in texts for part in text.split(".")]


def plain_type(program: Program, name: ast.Name) -> bool:
    """True when `type` cannot end up as a value: the type of a class is `type`, which makes classes."""
    call = program.parent(name)
    if not (isinstance(call, ast.Call) and call.func is name):
        return _typing(program, name)
    return _one_argument(call) and _stays(program, call)


def _stays(program: Program, call: ast.Call) -> bool:
    """True when what `type(x)` answers is only compared, looked up or shown."""
    overloaded = any(s.kind == "class" and _OVERLOADS & s.names.keys() for s in program.all_scopes)
    match program.parent(call):
        case ast.Attribute() | ast.FormattedValue():
            return True
        case ast.Compare(ops=ops):
            usual = (
                (ast.Is, ast.IsNot)
                if overloaded
                else (ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.In, ast.NotIn)
            )
            return all(isinstance(op, usual) for op in ops)
        case ast.Subscript(slice=index, ctx=ast.Load()):
            return index is call and not overloaded
        case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[first, *_]):
            return first is call and isinstance(program.only_value(table), (ast.Dict, ast.DictComp))
        case ast.Call(func=function):
            return program.meaning(function) in _CHECKS | _SHOWS
    return False


def _one_argument(call: ast.Call) -> bool:
    return len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred)


def _typing(program: Program, node: ast.AST) -> bool:
    """True inside an annotation, or as what isinstance compares with."""
    while True:
        parent = program.parent(node)
        match parent:
            case ast.Call(func=function):
                return function is not node and program.meaning(function) in _CHECKS
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=annotation):
                return annotation is node
            case ast.FunctionDef(returns=returns):
                return returns is node
            case ast.Subscript() | ast.BinOp() | ast.Tuple() | ast.List():
                node = parent
            case _:
                return False


def _declares(program: Program, call: ast.Call) -> bool:
    parent = program.parent(call)
    return (
        isinstance(parent, ast.AnnAssign) and parent.value is call and program.scopes[parent].kind == "class"
    )


def _decorates(program: Program, node: ast.AST) -> bool:
    """True when the node stands above a class."""
    parent = program.parent(node)
    return isinstance(parent, ast.ClassDef) and node in parent.decorator_list


def _plainly_named(call: ast.Call) -> bool:
    name = call.args[0] if call.args else None
    return isinstance(name, ast.Constant) and isinstance(name.value, str) and not name.value.startswith("__")


def _named_only(call: ast.Call) -> bool:
    return not call.args and all(k.arg and not k.arg.startswith("_") for k in call.keywords)


def _members(call: ast.Call) -> bool:
    """`Color("RED")` of the imported class, or `Enum("Color", "RED GREEN")` with plain names."""
    if call.keywords or not 1 <= len(call.args) <= 2:
        return False
    names = call.args[-1]
    listed = names.elts if isinstance(names, (ast.List, ast.Tuple)) else [names]
    texts = [n.value for n in listed if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    first = call.args[0]
    named = isinstance(first, ast.Constant) and not str(first.value).startswith("_")
    return (
        named
        and len(texts) == len(listed)
        and not any(word.startswith("_") for t in texts for word in t.split())
    )


def _copied_nodes(paths: dict[str, int]) -> Iterator[Found]:
    """Nodes of `ast` take attributes by any name, and copying believes them."""
    if any(path == "ast" or path.startswith("ast.") for path in paths):
        for path in sorted(_COPIERS & paths.keys()):
            yield found(
                "dynamic-code", paths[path], f"{path} may not be used beside ast.", "Build a new value."
            )


def _fields_in_hand(program: Program) -> Iterator[Found]:
    """A dataclass field read back in the class body could be changed before it becomes code."""
    for name in program.each(ast.Name):
        scope = program.scopes[name]
        if scope.kind != "class" or not isinstance(name.ctx, ast.Load):
            continue
        for binding in scope.names.get(name.id, ()):
            call = binding.value
            if isinstance(call, ast.Call) and program.meaning(call.func) == "dataclasses.field":
                yield found("dynamic-code", name.lineno, f"The field {name.id} is used as a value.")


def _plain_class(program: Program, node: ast.AST, depth: int = 0) -> bool:
    """True for a class whose positional attributes nobody can choose: imported, built in, or plain."""
    if program.meaning(node) is not None:
        return True
    bound = program.bindings(node) if isinstance(node, ast.Name) else None
    if not bound or len(bound) != 1 or depth > 20:
        return False
    if isinstance(bound[0].value, ast.Call):
        return program.meaning(bound[0].value.func) == "collections.namedtuple"
    kind = bound[0].node
    if not isinstance(kind, ast.ClassDef) or kind.keywords:
        return False
    decorators = [d.func if isinstance(d, ast.Call) else d for d in kind.decorator_list]
    abstract = ("abc.ABC", "typing.Protocol")
    return all(program.meaning(d) is not None for d in decorators) and all(
        program.meaning(base) not in abstract and _plain_class(program, base, depth + 1)
        for base in kind.bases
    )


def _has_member(program: Program, node: ast.ClassDef) -> bool:
    given = {
        statement.targets[0].id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    members = [value for name, value in given.items() if not name.startswith("_")]
    return "_ignore_" not in given and any(_is_member(program, v) for v in members)


def _is_member(program: Program, value: ast.expr) -> bool:
    """True for what certainly becomes a member: an operator on own objects could answer anything."""
    match value:
        case ast.Constant() | ast.Tuple() | ast.List() | ast.Dict():
            return True
        case ast.UnaryOp(operand=operand):
            return isinstance(operand, ast.Constant)
        case ast.BinOp(left=left, right=right):
            return isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
        case ast.Call(func=called):
            return program.meaning(called) == "enum.auto"
    return False
