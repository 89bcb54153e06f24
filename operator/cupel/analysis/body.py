"""The shape of the module: what stands at its top level and in classes, run() itself, decorators."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .program import Program
from .rules import Found, found
from .scopes import Comprehension
from .vocabulary import ACCESSORS, CLASS_KEYWORDS, DECORATORS, SYNTAX

_QUIET = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.FunctionDef,
    ast.ClassDef,
    ast.Pass,
)
_LOUD = frozenset({"builtins.print", "builtins.input"})


def examine_body(program: Program, properties: frozenset[str] | None) -> Iterator[Found]:
    """Findings about the module's shape."""
    yield from _syntax(program)
    for body in [program.tree.body, *(c.body for c in program.each(ast.ClassDef))]:
        for statement in body:
            yield from _statement(program, statement)
    for call in program.each(ast.Call):
        if program.scopes[call].kind in ("module", "class") and program.meaning(call.func) in _LOUD:
            yield found("module-body", call.lineno, "Importing the tool would print.")
    for node in program.each(ast.ClassDef):
        yield from _class(program, node)
    classes = (c.decorator_list for c in program.each(ast.ClassDef))
    functions = (f.decorator_list for f in program.each(ast.FunctionDef))
    for decorators in (*classes, *functions):
        for decorator in decorators:
            yield from _decorator(program, decorator)
    yield from _run(program, properties)


def the_run(program: Program) -> ast.FunctionDef | None:
    """The one top-level def run, if it is there."""
    runs = [n for n in program.tree.body if isinstance(n, ast.FunctionDef) and n.name == "run"]
    return runs[0] if len(runs) == 1 else None


def _syntax(program: Program) -> Iterator[Found]:
    for kind, nodes in program.kinds.items():
        if kind not in SYNTAX:
            yield found(
                "syntax-not-allowed", getattr(nodes[0], "lineno", 0), f"{kind.__name__} is not allowed."
            )
    for node in program.nodes:
        if isinstance(node, Comprehension) and any(g.is_async for g in node.generators):
            yield found("syntax-not-allowed", node.lineno, "An async comprehension is not allowed.")


def _statement(program: Program, statement: ast.stmt) -> Iterator[Found]:
    match statement:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.If(test=test, body=body, orelse=[]) if program.meaning(test) == "typing.TYPE_CHECKING":
            if all(isinstance(inner, (ast.Import, ast.ImportFrom)) for inner in body):
                return
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            yield found(
                "module-body", statement.lineno, "A tool is never the main program.", "Remove the block."
            )
            return
    if not isinstance(statement, _QUIET):
        kind = type(statement).__name__.lower()
        yield found(
            "module-body", statement.lineno, f"A statement ({kind}) would act when the tool is imported."
        )


def _class(program: Program, node: ast.ClassDef) -> Iterator[Found]:
    for keyword in node.keywords:
        abstract = keyword.arg == "metaclass" and program.meaning(keyword.value) == "abc.ABCMeta"
        if not abstract and keyword.arg not in CLASS_KEYWORDS:
            yield found(
                "dynamic-code", node.lineno, f"The class keyword {keyword.arg or '**'} is not allowed."
            )


def _decorator(program: Program, decorator: ast.expr) -> Iterator[Found]:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    path = program.meaning(target)
    if path in DECORATORS or _accessor(target) or _own_function(program, target):
        return
    shown = ast.unparse(target)[:60]
    yield found("decorator-not-allowed", decorator.lineno, f"The decorator {shown} is not allowed.")


def _accessor(target: ast.expr) -> bool:
    return (
        isinstance(target, ast.Attribute) and target.attr in ACCESSORS and isinstance(target.value, ast.Name)
    )


def _own_function(program: Program, target: ast.expr) -> bool:
    if not isinstance(target, ast.Name):
        return False
    bound = program.bindings(target) or []
    return bool(bound) and all(isinstance(b.node, ast.FunctionDef) for b in bound)


def _run(program: Program, properties: frozenset[str] | None) -> Iterator[Found]:
    run = the_run(program)
    bound = program.top.names.get("run", [])
    if run is None or len(bound) != 1:
        line = getattr(bound[-1].node, "lineno", 0) if bound else 0
        yield found("run-missing", line, "There is no single plain def run at module level.")
        return
    if run.decorator_list:
        yield found("decorator-not-allowed", run.lineno, "run() is decorated.", "Decorate a helper instead.")
    yield from _signature(run, properties)
    own = program.top.inner[run]
    for node in program.each(ast.Yield, ast.YieldFrom):
        if program.scopes[node] is own:
            yield found("run-generator", node.lineno, "run() yields, so calling it returns no dict.")
            return


def _signature(run: ast.FunctionDef, properties: frozenset[str] | None) -> Iterator[Found]:
    args = run.args
    for extra in args.posonlyargs[1:]:
        message = f"The parameter {extra.arg} is positional-only; arguments come by name."
        yield found("run-signature", run.lineno, message, "Only ctx stands before the slash.")
    if args.vararg:
        yield found(
            "run-signature", run.lineno, f"*{args.vararg.arg} receives nothing; arguments come by name."
        )
    named = [*args.args, *args.kwonlyargs]
    if any(a.arg == "ctx" for a in named) and "ctx" not in (properties or ()):
        yield found("run-signature", run.lineno, "ctx is not positional-only.", "Write def run(ctx, /, ...).")
        return
    if properties is None:
        return
    accepted = {a.arg for a in named}
    needed = {a.arg for a in required(args)}
    for name in sorted(needed - properties):
        yield found("run-signature", run.lineno, f"run() needs {name}, which inputSchema does not know.")
    for name in sorted(properties - accepted) if not args.kwarg else ():
        yield found(
            "run-signature", run.lineno, f"inputSchema has the property {name}, which run() does not take."
        )


def required(args: ast.arguments) -> list[ast.arg]:
    """Named parameters without a default."""
    defaults = len(args.defaults)
    plain = args.args[: max(len(args.args) - defaults, 0)] if defaults else args.args
    return [*plain, *(a for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is None)]


def context(program: Program) -> str | None:
    """The name of run()'s ctx parameter, if it has one."""
    run = the_run(program)
    return run.args.posonlyargs[0].arg if run is not None and run.args.posonlyargs else None
