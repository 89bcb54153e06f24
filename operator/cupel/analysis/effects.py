"""What the code can do to the world, by ctx.http and ctx.state, held against its permissions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal

from .body import context, the_run
from .imports import network_imports
from .program import Program
from .rules import Found, found

State = Literal["None", "PerTenant"]
_URL = re.compile(
    r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?=[/?#\s\"'<>,)]|$)", re.IGNORECASE
)
_NAMESPACES = frozenset(
    "www.w3.org schemas.xmlsoap.org schemas.microsoft.com schemas.openxmlformats.org json-schema.org "
    "purl.org www.sitemaps.org schema.org".split()
)
"""Hosts whose URLs are names of vocabularies; the proxy still refuses to call them undeclared."""


def examine_effects(
    program: Program, egress: tuple[str, ...], state: State
) -> tuple[tuple[str, ...], list[Found]]:
    """(capabilities found, findings)."""
    uses = dict.fromkeys(("http", "state"), 0)
    findings = list(_context_uses(program, uses))
    network = next(network_imports(program), None)
    out = uses["http"] or (network[1] if network else 0)
    if out and not egress:
        advice = "Declare permissions.egress: [host:port], or do not call out."
        findings.append(
            found("capability-undeclared", out, "The code calls out; permissions.egress is empty.", advice)
        )
    if egress and not out:
        findings.append(
            found("permission-unused", 0, "permissions.egress is declared, but nothing uses ctx.http.")
        )
    if uses["state"] and state == "None":
        advice = "Declare permissions.state: PerTenant, or keep no state."
        findings.append(
            found(
                "capability-undeclared",
                uses["state"],
                "The code uses ctx.state; permissions.state is None.",
                advice,
            )
        )
    if state != "None" and not uses["state"]:
        findings.append(
            found("permission-unused", 0, "permissions.state is declared, but nothing uses ctx.state.")
        )
    if uses["http"]:
        findings += _hosts(program, frozenset(egress))
    capabilities = (("Egress",) if out else ()) + (("State",) if uses["state"] else ())
    return capabilities, findings


def _context_uses(program: Program, uses: dict[str, int]) -> Iterator[Found]:
    """Note the first line of each use of ctx; everything else done with it is a finding."""
    name, run = context(program), the_run(program)
    if name is None or run is None:
        return
    bound = program.top.inner[run].names[name]
    if len(bound) > 1:
        line = getattr(bound[1].node, "lineno", run.lineno)
        yield found("ctx-misuse", line, f"{name} is given another value.")
    for node in program.each(ast.Name):
        if node.id != name or program.bindings(node) is not bound:
            continue
        parent = program.parent(node)
        if isinstance(parent, ast.Attribute) and parent.attr in uses and isinstance(parent.ctx, ast.Load):
            uses[parent.attr] = uses[parent.attr] or node.lineno
        elif isinstance(parent, ast.Attribute) and parent.attr == "state":
            uses["state"] = uses["state"] or node.lineno
            yield found(
                "ctx-misuse", node.lineno, f"{name}.state is replaced.", "Change it: ctx.state.update(...)."
            )
        elif isinstance(node.ctx, ast.Load):
            yield found(
                "ctx-misuse", node.lineno, f"{name} is used otherwise than {name}.state and {name}.http."
            )


def _hosts(program: Program, egress: frozenset[str]) -> Iterator[Found]:
    for node in program.each(ast.Constant):
        if not isinstance(node.value, str) or isinstance(program.parent(node), ast.Expr):
            continue
        parent = program.parent(node)
        cut = isinstance(parent, ast.JoinedStr) and parent.values[-1] is not node
        for match in _URL.finditer(node.value):
            if cut and match.end() == len(node.value):
                continue  # the host goes on in what is filled in
            target = _target(match)
            if target not in egress and target.rpartition(":")[0] not in _NAMESPACES:
                yield found("egress-undeclared-host", node.lineno, f"{target} is not in permissions.egress.")


def _target(match: re.Match[str]) -> str:
    port = match[3] or {"http": "80", "https": "443"}[match[1].lower()]
    return f"{match[2].lower().rstrip('.')}:{int(port)}"
