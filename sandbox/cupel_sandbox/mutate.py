"""Mutants: a tool's code with one small change each, and the change in words. No code is run here."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
SIGNS = {
    "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!=", "In": "in", "NotIn": "not in",
    "Is": "is", "IsNot": "is not", "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//",
    "Mod": "%",    "Pow": "**", "BitAnd": "&", "BitOr": "|", "And": "and", "Or": "or",
}  # fmt: skip
LONG = 10**60
"""A number from here on is not changed: whoever writes one does not mean its last digit."""
Edit = tuple[str, str, Any]
"""The change in words, the attribute of the node that changes, and what it becomes."""


@dataclass(frozen=True)
class Mutant:
    """One change of a module. The module is shared: making code of it changes it, and back again."""

    line: int
    change: str
    module: ast.Module
    node: ast.AST
    attribute: str
    value: Any

    def code(self) -> str:
        """The changed code. Raises ValueError where it cannot be written (a quote within an f-string)."""
        before = getattr(self.node, self.attribute)
        setattr(self.node, self.attribute, self.value)
        try:
            return ast.unparse(self.module)
        finally:
            setattr(self.node, self.attribute, before)


class Huge(int):
    """A number too long to be written in decimals."""

    def __repr__(self) -> str:
        return hex(self)


def mutants(code: str, *, egress: bool) -> Iterator[Mutant]:
    """Every mutant of constants, comparisons, arithmetic, conditions and returned values.

    `egress`: whether the tool may call out; only then are there requests, and headers of them.
    """
    module = ast.parse(code)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value >= LONG:
            node.value = Huge(node.value)
    skipped = _skipped(module, egress=egress)
    for node in ast.walk(module):
        if id(node) not in skipped:
            for change, attribute, value in _edits(node):
                yield Mutant(getattr(node, "lineno", 0), change, module, node, attribute, value)


def sample(code: str, digest: str, most: int, *, egress: bool) -> tuple[int, list[Mutant]]:
    """How many mutants there are, and at most `most` of them, drawn: the same for the same digest."""
    every = list(mutants(code, egress=egress))
    # A sample must be the same for everybody who looks at this digest; nothing is kept secret by it.
    drawn = random.Random(digest).sample(every, min(most, len(every)))  # noqa: S311
    return len(every), drawn


def _skipped(module: ast.Module, *, egress: bool) -> set[int]:
    """What is for people, and the headers of requests: a trial records a request's method, URL and body."""
    given = [value for node in ast.walk(module) for value in _sent(node)] if egress else []
    names = _only_sent(module, given)
    parts = [part for node in ast.walk(module) for part in (*_for_people(node), *_headers(node, names))]
    return {id(inner) for part in (*parts, *given) for inner in ast.walk(part)}


def _sent(node: ast.AST) -> list[ast.expr]:
    """The headers of a request by `ctx.http`, unless something gets a name within them, to be used later."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="ctx"), attr="http"))):
            given = [each.value for each in node.keywords if each.arg == "headers"]
            return [each for each in given if not any(isinstance(n, ast.NamedExpr) for n in ast.walk(each))]
    return []


def _only_sent(module: ast.Module, given: list[ast.expr]) -> set[str]:
    """Variables that are read as headers of a request, or to be given one more header, and nowhere else."""
    nodes = list(ast.walk(module))
    sent = {id(each) for each in given}
    sent |= {id(n.value) for n in nodes if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)}
    read = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    return {n.id for n in given if isinstance(n, ast.Name)} - {n.id for n in read if id(n) not in sent}


def _headers(node: ast.AST, names: set[str]) -> list[ast.AST]:
    """A statement that gives a variable of headers its value, or one more header."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name))]) if (
            name in names and not any(isinstance(n, ast.NamedExpr) for n in ast.walk(node))
        ):
            return [node]
    return []


def _for_people(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant() as text):
            return [text]
        case ast.Raise():
            return [node]
        case ast.FunctionDef(args=arguments, returns=returns):
            named = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            return [part for part in (returns, *(each.annotation for each in named)) if part]
        case ast.AnnAssign(annotation=annotation):
            return [annotation]
        case ast.JoinedStr(values=values):
            return [each for each in values if isinstance(each, ast.Constant)]
    return []


def _edits(node: ast.AST) -> list[Edit]:
    match node:
        case ast.Constant(value=value):
            return _of_constant(value)
        case ast.Compare(ops=[one]):
            kinds = COMPARED[type(one)]
            return [(f"{_sign(type(one))} -> {_sign(new)}", "ops", [new()]) for new in kinds]
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COMPUTED:
            kind = COMPUTED[type(op)]
            return [(f"{_sign(type(op))} -> {_sign(kind)}", "op", kind())]
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            return [(f"{_sign(type(op))} -> {_sign(other)}", "op", other())]
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            return [("condition -> its negation", "test", ast.UnaryOp(ast.Not(), test))]
        case ast.Return(value=ast.expr()):
            return [("returned value -> None", "value", ast.Constant(None))]
    return []


def _of_constant(value: object) -> list[Edit]:
    match value:
        case bool():
            return [(f"{value} -> {not value}", "value", not value)]
        case int() | float() if value + 1 != value and value < LONG:
            return [(f"{value} -> {value + 1}"[:80], "value", value + 1)]
        case str():
            return [(f"{value[:30]!r} -> {value[:30] + '~'!r}", "value", value + "~")]
    return []


def _sign(kind: type[ast.AST]) -> str:
    """An operator as it is written."""
    return SIGNS.get(kind.__name__, kind.__name__)
