"""Abuse that is certain from the text: endless loops, giant values. The sandbox meets the rest."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .program import Program
from .rules import Found, found

_MAX_ITEMS = 2**27
_MAX_BITS = 2**23
_FOREVER = frozenset({"itertools.count", "itertools.cycle"})
_LOOPS = (ast.For, ast.While)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def examine_abuse(program: Program) -> Iterator[Found]:
    """Findings about time and memory."""
    loops: list[ast.While | ast.For] = [*program.each(ast.While), *program.each(ast.For)]
    for loop in loops:
        if _runs_forever(program, loop) and not _leaves(loop) and not _guarded(program, loop):
            yield found("endless-loop", loop.lineno, "The loop has no way out.")
    for node in program.each(ast.BinOp):
        if _is_huge(node):
            yield found("huge-constant", node.lineno, "The expression builds a giant value.")
    for call in program.each(ast.Call):
        size = integer(call.args[0]) if call.args else None
        if size is not None and size > _MAX_ITEMS and program.meaning(call.func) in _SIZED:
            yield found("huge-constant", call.lineno, f"{size} bytes at once.")


_SIZED = frozenset({"builtins.bytearray", "builtins.bytes"})


def _runs_forever(program: Program, loop: ast.While | ast.For) -> bool:
    if isinstance(loop, ast.While):
        test = loop.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return isinstance(test.operand, ast.Constant) and not test.operand.value
        if isinstance(test, (ast.List, ast.Tuple, ast.Set)):
            return bool(test.elts)
        number = integer(test)
        if number is not None:
            return bool(number)
        return isinstance(test, ast.Constant) and bool(test.value)
    if not isinstance(loop.iter, ast.Call):
        return False
    path = program.meaning(loop.iter.func)
    if path == "itertools.repeat":
        return len(loop.iter.args) == 1 and not loop.iter.keywords
    sentinel = path == "builtins.iter" and len(loop.iter.args) == 2
    return path in _FOREVER or (
        sentinel and program.meaning(loop.iter.args[0]) == "builtins.int" and _nonzero(loop.iter.args[1])
    )


def _nonzero(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value != 0


def _leaves(loop: ast.While | ast.For) -> bool:
    """True when something in the loop's body can end it: its own break, return, raise, yield, assert."""
    stack: list[tuple[ast.AST, bool]] = [(statement, True) for statement in loop.body]
    while stack:
        node, own = stack.pop()
        if isinstance(node, (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Assert)):
            return True
        if isinstance(node, ast.Break) and own:
            return True
        if isinstance(node, _SCOPES):
            continue
        inside = own and not isinstance(node, _LOOPS)
        stack.extend((child, inside) for child in ast.iter_child_nodes(node))
    return False


def _guarded(program: Program, loop: ast.AST) -> bool:
    """True inside a try with handlers: an exception may be the loop's way out, as with next()."""
    node = loop
    while not isinstance(node, (*_SCOPES, ast.Module)):
        parent = program.parent(node)
        if isinstance(parent, ast.Try) and parent.handlers and node in parent.body:
            return True
        node = parent
    return False


def _is_huge(node: ast.BinOp) -> bool:
    left, right = integer(node.left), integer(node.right)
    if isinstance(node.op, ast.Pow) and left is not None and right is not None:
        return right > 0 and right * max(abs(left).bit_length(), 1) > _MAX_BITS and abs(left) > 1
    if isinstance(node.op, ast.LShift) and right is not None:
        return right > _MAX_BITS and left != 0
    if not isinstance(node.op, ast.Mult):
        return False
    sequence, times = (node.left, right) if right is not None else (node.right, left)
    return times is not None and times * _length(sequence) > _MAX_ITEMS


def _length(node: ast.AST) -> int:
    match node:
        case ast.Constant(value=str() | bytes() as text):
            return len(text)
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            return len(elts) * 8
    return 0


def integer(node: ast.AST, depth: int = 0) -> int | None:
    """The whole number a constant expression stands for, if it is a modest one."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int(number)):
            return number if abs(number) < 2**64 else 2**64
        case ast.BinOp(
            left=a, op=ast.Mult() | ast.Pow() | ast.LShift() | ast.Add() | ast.Sub() as op, right=b
        ) if depth < 8:
            left, right = integer(a, depth + 1), integer(b, depth + 1)
            return None if left is None or right is None else _folded(left, op, right)
    return None


def _folded(left: int, op: ast.operator, right: int) -> int | None:
    if isinstance(op, ast.Mult):
        return min(left * right, 2**64)
    if isinstance(op, ast.Add):
        return min(left + right, 2**64)
    if isinstance(op, ast.Sub):
        return left - right
    if right < 0 or right > 4096:
        return 2**64 if right > 4096 else None
    return min(left**right if isinstance(op, ast.Pow) else left << right, 2**64)
