"""Mutants of a tool's code, one small change each, and which of them its own trials let live."""

from __future__ import annotations

import ast
import copy
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.trying import fault

from cupel.api.draft import Draft

SECONDS = 1.0
"""A mutant whose trial takes longer is as good as dead: the sandbox would end it."""
COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change, as people read it, and the tree with it."""

    line: int
    change: str
    tree: ast.Module


class TookTooLong(BaseException):
    """Raised by the timer, past what a tool may catch."""


def mutants(code: str) -> Iterator[Mutant]:
    """Every mutant of constants, comparisons, arithmetic, conditions and returned values."""
    tree = ast.parse(code)
    skipped = _skipped(tree)
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in skipped:
            continue
        for change, edit in _edits(node):
            changed = copy.deepcopy(tree)
            edit(next(each for index, each in enumerate(ast.walk(changed)) if index == place))
            yield Mutant(getattr(node, "lineno", 0), change, ast.fix_missing_locations(changed))


def _skipped(tree: ast.Module) -> set[int]:
    """Docstrings, annotations and the wording of errors: they are for people."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Raise):
            skipped |= {id(each) for each in ast.walk(node)}
        if isinstance(node, ast.FunctionDef):
            for part in (
                node.returns,
                *(argument.annotation for argument in (*node.args.args, *node.args.posonlyargs)),
            ):
                skipped |= {id(each) for each in ast.walk(part)} if part else set()
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(each) for each in node.values}
    return skipped


def _edits(node: ast.AST) -> list[tuple[str, Any]]:
    match node:
        case ast.Constant(value=bool() as value):
            return [(f"{value} -> {not value}", lambda n: setattr(n, "value", not n.value))]
        case ast.Constant(value=int() | float() as value):
            return [(f"{value} -> {value + 1}", lambda n: setattr(n, "value", n.value + 1))]
        case ast.Constant(value=str() as value):
            return [(f"{value[:30]!r} -> changed", lambda n: setattr(n, "value", n.value + "~"))]
        case ast.Compare(ops=[one]):
            return [
                (f"{type(one).__name__} -> {new.__name__}", _setter("ops", [new()]))
                for new in COMPARED[type(one)]
            ]
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in COMPUTED:
            new = COMPUTED[type(op)]
            return [(f"{type(op).__name__} -> {new.__name__}", _setter("op", new()))]
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            return [(f"{type(op).__name__} -> {other.__name__}", _setter("op", other()))]
        case ast.If() | ast.IfExp() | ast.While():
            return [("condition -> its negation", _negate)]
    returns = isinstance(node, ast.Return) and node.value is not None
    return [("returned value -> None", _setter("value", ast.Constant(None)))] if returns else []


def _setter(name: str, value: Any) -> Any:
    return lambda node: setattr(node, name, value)


def _negate(node: Any) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def survives(draft: Draft, mutant: Mutant) -> bool:
    """Whether every trial passes in spite of the change. To be called in the main thread: it sets a timer."""
    code = compile(mutant.tree, "<mutant>", "exec")
    before = signal.signal(signal.SIGALRM, _late)
    try:
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        return not any(fault(code, draft, trial) for trial in (*draft.examples, *draft.tests))
    except (TookTooLong, MemoryError, RecursionError):
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _late(*_: Any) -> None:
    raise TookTooLong
