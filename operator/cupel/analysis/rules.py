"""The rules, one row each: what is refused, why, what would make it right. docs/analysis.md shows the table."""
# ruff: noqa: E501  # one rule is one row

from __future__ import annotations

from dataclasses import dataclass

ANALYSER = "cupel-analysis/3"
"""Raised whenever a rule or a table changes, so that evidence names what judged it."""

MAX_BYTES = 65_536


@dataclass(frozen=True)
class Rule:
    """One reason to refuse."""

    id: str
    what: str
    why: str
    remedy: str


@dataclass(frozen=True, order=True)
class Found:
    """One place where a rule is broken; line 0 is the whole file."""

    line: int
    rule: str
    message: str
    suggestion: str


_ROWS = (
    # the bytes
    ("too-large", "more than 64 KiB", "nobody reads it, and the analyser must stay quick", "Split the tool, or move tables into arguments."),
    ("nul-byte", "a NUL byte", "readers and editors stop there, Python may not", "Remove it; write \\x00 in a string."),
    ("not-utf-8", "bytes that are not UTF-8", "two readers would see two programs", "Save the file as UTF-8."),
    ("byte-order-mark", "a byte order mark", "it is invisible and hides an encoding", "Save as UTF-8 without BOM."),
    ("encoding-cookie", "a coding comment other than utf-8", "Python would decode other code than people read", "Remove the coding comment."),
    ("tab-mix", "tabs and spaces mixed in indentation", "the shown structure may differ from the real one", "Indent with spaces only."),
    ("hidden-character", "a control, format, bidirectional or private-use character", "it reorders or hides what people read", "Remove it; inside a string write its \\u escape."),
    ("identifier-not-nfkc", "an identifier that is not in NFKC", "Python silently reads it as another name", "Write the identifier in its plain form."),
    ("identifier-look-alike", "an identifier with letters that look like others", "it passes for a name it is not", "Use letters of one script; ASCII is best."),
    ("hidden-code", "code pushed out of sight: after ';' and many spaces, or beyond column 400", "reviewers do not scroll there", "One statement a line, lines below 120 columns."),
    ("too-complex", "more nodes, or deeper nesting, than anybody reviews", "it exhausts readers and the analyser", "Flatten or split the code."),
    ("syntax-error", "code Python 3.11 does not accept", "it could not be served", "Make it valid Python 3.11."),
    ("syntax-not-allowed", "a kind of syntax outside the allow-list (async, except*, type statements)", "run() is called plainly, once, synchronously", "Write it with plain functions."),
    # the module
    ("module-body", "a statement at module level that is no docstring, import, assignment or definition", "importing a tool must not do anything", "Move it into run()."),
    ("run-missing", "no single plain top-level def run", "it is what agents call", "Define def run(...) exactly once, at module level."),
    ("run-signature", "parameters of run() that cannot be passed, or do not fit the input schema", "every call would fail", "Name run()'s parameters as the properties of inputSchema; ctx comes first, positional-only."),
    ("run-generator", "run() yields", "it must return a dict", "Return the dict; yield in a helper."),
    ("decorator-not-allowed", "a decorator outside the allow-list", "it replaces what is read by something else", "Use functools, dataclasses, contextlib, abc, enum decorators, property and its kin, or a function of this module."),
    # names
    ("module-not-allowed", "an import outside the allow-list", "it reaches files, processes, the interpreter or unknown code", "Use the allowed part of the standard library."),
    ("network-module", "an import that talks to the network", "the only way out is the egress proxy", "Use ctx.http and declare permissions.egress."),
    ("name-not-allowed", "a name of an allowed module that is not allowed", "the module as a whole does more than tools may", "Use one of the module's allowed names."),
    ("star-import", "from x import *, or a relative import", "what it brings cannot be seen", "Import names one by one."),
    ("import-placement", "an import inside a class body, or a name bound by import and by something else", "it hides what a name stands for", "Import at the top, and use another name."),
    ("module-as-value", "a module passed around like a value", "what is used of it can no longer be seen", "Use module.name where it is needed."),
    ("patching", "an assignment to an attribute of something imported or built in", "it changes code that others rely on", "Write a function of your own."),
    ("dynamic-code", "eval, exec, compile, open, getattr with a computed name and their like, in any position", "what runs could not be read beforehand", "Write the code out; use a dict to choose between functions."),
    ("builtin-rebound", "a dangerous built-in name defined anew at module level", "readers take it for the built-in, or it is one after del", "Use another name."),
    ("unknown-name", "a name that is defined nowhere", "it fails when called, or means something we do not know", "Define or import it."),
    ("dunder-name", "a name with double underscores outside a short list", "they change how Python itself works", "Use ordinary names; __init__, __repr__, __eq__ and their like may be defined."),
    ("private-attribute", "an underscore attribute of something not defined here", "they lead to frames, globals and every loaded class", "Use the public interface."),
    ("interpreter-attribute", "an attribute of frames, code objects, tracebacks or class trees", "they lead out of the tool", "Remove it."),
    ("format-template", "str.format on text that is not a literal, format_map, or a field that reads private attributes", "format fields read any attribute", "Use an f-string, or string.Template."),
    ("file-method", "a method that opens a file by name", "tools have no files", "Parse the text given, e.g. read_string()."),
    # effects
    ("ctx-misuse", "ctx used otherwise than ctx.state and ctx.http", "capabilities must be seen exactly", "Pass ctx.state or ctx.http, not ctx."),
    ("capability-undeclared", "a capability that permissions do not declare", "approvers decide on what is declared", "Declare it in permissions, or stop using it."),
    ("permission-unused", "a permission nothing in the code uses", "least privilege", "Remove it from permissions."),
    ("egress-undeclared-host", "a URL of a host that permissions.egress does not name", "the proxy will refuse it", "Add host:port to permissions.egress, or remove the URL."),
    ("secret-in-code", "a key, token or password in the source", "code is stored, shown and logged", "Remove it and revoke it; the egress proxy adds credentials."),
    ("concealed-code", "a constant that decodes to program text", "nobody hides code with good intent", "Write the code out."),
    ("endless-loop", "a loop that can never end", "every call would time out", "Give it a condition, break or return."),
    ("huge-constant", "an expression that builds a giant value", "every call would run out of memory or time", "Compute with smaller sizes."),
    # the analyser itself
    ("analyser-timeout", "the analyser did not finish in time", "what cannot be judged is refused", "Make the code simpler."),
    ("analyser-crashed", "the analyser died or answered nonsense", "what cannot be judged is refused", "Make the code simpler; report it if it is ordinary code."),
)  # fmt: skip

RULES = {row[0]: Rule(*row) for row in _ROWS}


def found(rule: str, line: int, message: str, suggestion: str = "") -> Found:
    """A finding of a known rule; its remedy is the suggestion unless a better one is given."""
    return Found(line, rule, shortened(message), shortened(suggestion or RULES[rule].remedy))


def shortened(text: str) -> str:
    """One printable line of at most 400 characters: findings quote hostile text."""
    if len(text) <= 400 and text.isprintable():
        return text
    quoted = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return quoted if len(quoted) <= 400 else quoted[:399] + "…"
