"""Code placed where reviewers do not look: far to the right, or behind other code and many spaces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .program import Program
from .rules import Found, found

_FAR = 400
_GAP_BEFORE_STATEMENT = 8
_GAP_IN_EXPRESSION = 80
_DEEP = 120
_CODE = (ast.Name, ast.Call, ast.Attribute)


def examine_layout(program: Program) -> Iterator[Found]:
    """Findings about columns and gaps; long literals are fine."""
    lines = re.split(rb"\r\n|\r|\n", program.source)  # as Python counts them
    for node in program.nodes:
        column = getattr(node, "col_offset", 0)
        if column < _GAP_BEFORE_STATEMENT:
            continue
        line = node.lineno  # type: ignore[attr-defined]  # what has a column has a line
        gap = _blanks_before(lines[line - 1], column)
        if _hidden(node, column, gap):
            yield found("hidden-code", line, f"Code stands at column {column}, behind {gap} blanks.")


def _blanks_before(line: bytes, column: int) -> int:
    """How many blanks end the first `column` bytes, as far as it matters: all blanks count as `column`."""
    if column == 0 or line[column - 1] not in b" \t":
        return 0
    return column - len(line[:column].rstrip(b" \t"))


def _hidden(node: ast.AST, column: int, gap: int) -> bool:
    if isinstance(node, ast.stmt):
        return column >= _DEEP or (gap >= _GAP_BEFORE_STATEMENT and gap != column)
    return isinstance(node, _CODE) and (column >= _FAR or (gap >= _GAP_IN_EXPRESSION and gap != column))
