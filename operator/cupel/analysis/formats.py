"""Format strings: str.format reads any attribute its fields name, so templates must be literal and plain."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

from .attributes import forbidden
from .program import Program
from .rules import Found, found

_FIELD_ATTRIBUTE = re.compile(r"\.([^.\[\]]+)")


def examine_formats(program: Program) -> Iterator[Found]:
    """Findings about str.format."""
    for node in program.each(ast.Attribute):
        if node.attr != "format":
            continue
        call = program.parent(node)
        templates = (
            _templates(program, node.value) if isinstance(call, ast.Call) and call.func is node else None
        )
        if templates is None:
            yield found("format-template", node.lineno, "str.format on something other than literal text.")
            continue
        for template in templates:
            for attribute in _attributes(template):
                yield from _field(attribute, node.lineno)


def _field(attribute: str, line: int) -> Iterator[Found]:
    for finding in forbidden(attribute, line):
        yield found(
            "format-template", line, f"A format field reads the attribute {attribute}. {finding.message}"
        )


def _templates(program: Program, node: ast.AST) -> list[str] | None:
    """All texts the template can be, when they are all written out."""
    value = program.only_value(node)
    match value:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = _templates(program, left), _templates(program, right)
            return (
                [a + b for a in first for b in second]
                if first and second and len(first) * len(second) < 65
                else None
            )
        case ast.IfExp(body=body, orelse=orelse):
            return _joined(program, [body, orelse])
        case ast.Subscript(value=ast.Name() as table) if _only_looked_up(program, table):
            return _entries(program, program.only_value(table))
    return None


def _only_looked_up(program: Program, table: ast.Name) -> bool:
    """True when nothing is done with the table but reading entries, so that they stay as written."""
    for name in program.each(ast.Name):
        if name.id == table.id and isinstance(name.ctx, ast.Load):
            parent = program.parent(name)
            plain = (
                isinstance(parent, ast.Subscript)
                and parent.value is name
                and isinstance(parent.ctx, ast.Load)
            )
            if not plain and not isinstance(parent, ast.Compare):
                return False
    return True


def _entries(program: Program, table: ast.AST | None) -> list[str] | None:
    match table:
        case ast.Dict(values=values):
            return _joined(program, values)
        case ast.List(elts=values) | ast.Tuple(elts=values):
            return _joined(program, values)
    return None


def _joined(program: Program, values: list[ast.expr]) -> list[str] | None:
    parts = [[v.value] if isinstance(v, ast.Constant) and isinstance(v.value, str) else None for v in values]
    return [text for part in parts if part is not None for text in part] if all(parts) else None


def _attributes(template: str, depth: int = 0) -> Iterator[str]:
    """The attributes a template's fields read, nested format specs included."""
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return  # the call raises; it reads nothing
    for _, name, spec, _ in fields:
        yield from _FIELD_ATTRIBUTE.findall(name or "")
        if spec and depth < 3:
            yield from _attributes(spec, depth + 1)
