"""The parsed tool: every node once, with its parent, its scope and what names mean there."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from .modules import PACKAGES
from .rules import Found, found
from .scopes import BUILTINS, Binding, Scope, bind, children

MAX_NODES = 25_000
MAX_BRACES = 4_000
"""Python 3.11 parses every field of an f-string anew; more would be slow before it is known to be refused."""
MAX_DEPTH = 200
TARGET = (3, 11)
"""The sandbox's Python: newer grammar is refused."""

_N = TypeVar("_N", bound=ast.AST)


@dataclass
class Program:
    """One module, indexed."""

    source: bytes
    tree: ast.Module
    top: Scope
    nodes: list[ast.AST] = field(default_factory=list)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    kinds: dict[type[ast.AST], list[ast.AST]] = field(default_factory=lambda: defaultdict(list))
    meanings: dict[ast.AST, str | None] = field(default_factory=dict)

    def each(self, *kinds: type[_N]) -> Iterator[_N]:
        """All nodes of exactly these types."""
        for kind in kinds:
            yield from self.kinds.get(kind, ())  # type: ignore[misc]  # filed under their own type

    @property
    def all_scopes(self) -> list[Scope]:
        """Every scope, outermost first."""
        reached = [self.top]
        for scope in reached:
            reached.extend(scope.inner.values())
        return reached

    def parent(self, node: ast.AST) -> ast.AST:
        return self.parents[node]

    def bindings(self, name: ast.Name) -> list[Binding] | None:
        """What binds this name where it stands; None when only builtins can."""
        return self.scopes[name].resolve(name.id)

    def meaning(self, node: ast.AST) -> str | None:
        """Dotted path of what an import or the builtins gave this expression; None for everything else."""
        if not isinstance(node, (ast.Attribute, ast.Name)):
            return None
        if node not in self.meanings:
            self.meanings[node] = self._meaning(node)
        return self.meanings[node]

    def _meaning(self, node: ast.Attribute | ast.Name) -> str | None:
        if isinstance(node, ast.Attribute):
            base = self.meaning(node.value)
            return None if base is None else f"{base}.{node.attr}"
        bound = self.bindings(node)
        if bound is None:
            return f"builtins.{node.id}" if node.id in BUILTINS else None
        imports = {b.path for b in bound if b.path}
        return imports.pop() if imports else None

    def module(self, node: ast.AST) -> str | None:
        """The allowed module or package this expression is; None when it is anything else."""
        path = self.meaning(node)
        return path if path in PACKAGES else None

    def only_value(self, node: ast.AST) -> ast.AST | None:
        """The expression behind a name that is assigned exactly once; the node itself when it is no name."""
        if not isinstance(node, ast.Name):
            return node
        bound = self.bindings(node)
        return bound[0].value if bound is not None and len(bound) == 1 else None


def read(code: bytes) -> Program | Found:
    """Parse bytes for the sandbox's Python and index them, or say why not."""
    if code.count(b"{") > MAX_BRACES:
        return found("too-complex", 0, f"The code is too complex: more than {MAX_BRACES} braces.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code, "<tool>", feature_version=TARGET)
        program = _indexed(code, tree)
        if isinstance(program, Program):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(
                    tree, "<tool>", "exec", dont_inherit=True
                )  # finds what parsing does not; runs nothing
        return program
    except SyntaxError as e:
        return found("syntax-error", max(e.lineno or 0, 0), f"Python says: {e.msg}.")
    except (ValueError, OverflowError) as e:
        return found("syntax-error", 0, f"Python says: {e}.")
    except (RecursionError, MemoryError):
        return found("too-complex", 0, "The code is nested too deeply to be parsed.")


def _indexed(code: bytes, tree: ast.Module) -> Program | Found:
    program = Program(code, tree, Scope("module", None))
    stack: list[tuple[ast.AST, ast.AST, Scope, int]] = [(tree, tree, program.top, 0)]
    while stack:
        node, parent, scope, depth = stack.pop()
        if depth > MAX_DEPTH or len(program.nodes) > MAX_NODES:
            what = f"nested deeper than {MAX_DEPTH}" if depth > MAX_DEPTH else f"more than {MAX_NODES} nodes"
            return found("too-complex", getattr(node, "lineno", 0), f"The code is too complex: {what}.")
        program.nodes.append(node)
        program.kinds[type(node)].append(node)
        program.parents[node] = parent
        program.scopes[node] = scope
        bind(node, scope)
        stack.extend(reversed([(child, node, inner, depth + 1) for child, inner in children(node, scope)]))
    return program
