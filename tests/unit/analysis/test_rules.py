"""What each rule refuses, and the honest twin it lets pass."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cupel.analysis import ANALYSER, analyse
from cupel.analysis.rules import RULES
from cupel.api.tool_revision import AnalysisEvidence

RUN = "def run(text: str) -> dict:\n    return {'text': text}\n"


def judge(code: str | bytes, **given: object) -> AnalysisEvidence:
    raw = code if isinstance(code, bytes) else code.encode()
    arguments = {"egress": (), "state": "None", **given}
    return analyse(raw, **arguments)  # type: ignore[arg-type]


def body(*lines: str, head: str = "", parameters: str = "text") -> str:
    inner = "".join(f"    {line}\n" for line in lines)
    return f"{head}\ndef run({parameters}) -> dict:\n{inner}    return {{}}\n"


REFUSED = [
    ("file-method", body("getattr(p, 'read')(text)", head="import configparser\np = configparser.ConfigParser()\n"), 5),
    ("format-template", body("match text:", "    case str(format=f):", "        f(1)"), 4),
    ("dunder-name", "import json as _C__m\n__m = 1\nclass C:\n    def f(self):\n        return __m\n" + RUN, 5),
    ("private-attribute", body("PurePath('a')._parts", head="from pathlib import PurePath\nclass A:\n    _parts = 1\n"), 6),
    ("patching", body("J.decode = text", head="import json\nJ = json.JSONDecoder\n"), 5),
    ("dynamic-code", body("dataclass(text)", head="from dataclasses import dataclass\n"), 4),
    ("dynamic-code", body("NewType(text, int)", head="from typing import NewType\n"), 4),
    ("dynamic-code", body("text.get(type(text))"), 3),
    ("dynamic-code", body("text < type(text)"), 3),
    ("too-large", RUN + "#" * 66_000, 0),
    ("nul-byte", RUN.encode() + b"x = '\0'\n", 3),
    ("not-utf-8", RUN.encode() + b"x = '\xff'\n", 3),
    ("byte-order-mark", b"\xef\xbb\xbf" + RUN.encode(), 1),
    ("encoding-cookie", "# coding: utf-7\n" + RUN, 1),
    ("encoding-cookie", "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\n" + RUN, 2),
    ("encoding-cookie", b"# coding: utf_16\r# x\r" + RUN.encode(), 1),
    ("tab-mix", "def run(a):\n    if a:\n    \tpass\n    return {}\n", 3),
    ("tab-mix", "def helper():\n\treturn 1\n" + RUN, 0),
    ("hidden-character", RUN + "# \u202e reversed\n", 3),
    ("hidden-character", RUN + "x = '\x1b[2J'\n", 3),
    ("hidden-character", RUN + "x = '\ue000'\n", 3),
    ("hidden-character", "x = 1\ry = 2\n" + RUN, 1),
    ("identifier-not-nfkc", "ﬁnd = 1\n" + RUN, 1),
    ("identifier-look-alike", "usеr = 1\n" + RUN, 1),
    ("hidden-code", body("x = 1;" + " " * 40 + "x = 2"), 3),
    ("hidden-code", body("x = [" + "1, " * 140 + "len(text)]"), 3),
    ("too-complex", "x = " + "+".join(["1"] * 500) + "\n" + RUN, 1),
    ("syntax-error", "x = " + "(" * 5000 + "\n" + RUN, 1),
    ("syntax-error", "def run(:\n", 1),
    ("syntax-error", "return 1\n" + RUN, 1),
    ("syntax-error", "type X = int\n" + RUN, 1),
    ("syntax-not-allowed", "async def later():\n    pass\n" + RUN, 1),
    ("syntax-not-allowed", body("try:", "    pass", "except* ValueError:", "    pass"), 3),
    ("syntax-not-allowed", body("x = (y async for y in text)"), 3),
    ("module-body", "for i in range(3):\n    pass\n" + RUN, 1),
    ("module-body", "print('hello')\n" + RUN, 1),
    ("module-body", "x = print('hello')\n" + RUN, 1),
    ("module-body", RUN + "if __name__ == '__main__':\n    run('x')\n", 3),
    ("module-body", "class A:\n    while True:\n        break\n" + RUN, 2),
    ("run-missing", "def walk() -> dict:\n    return {}\n", 0),
    ("run-missing", RUN + RUN, 3),
    ("run-missing", "run = lambda text: {}\n", 1),
    ("run-missing", RUN + "run = None\n", 3),
    ("run-missing", "class A:\n    def run(self):\n        return {}\n", 0),
    ("run-signature", "def run(ctx, text):\n    return {}\n", 1),
    ("run-signature", "def run(ctx, text, /):\n    return {}\n", 1),
    ("run-signature", "def run(*texts):\n    return {}\n", 1),
    ("run-generator", "def run(text):\n    yield {}\n", 2),
    ("decorator-not-allowed", "import atexit\n@atexit.register\ndef f():\n    pass\n" + RUN, 2),
    ("decorator-not-allowed", "import functools\n@functools.cache\n" + RUN, 3),
    ("module-not-allowed", "import subprocess\n" + RUN, 1),
    ("module-not-allowed", "import reqeusts\n" + RUN, 1),
    ("network-module", "from urllib import request\n" + RUN, 1),
    ("name-not-allowed", "import os\n" + body("x = os.environ"), 4),
    ("name-not-allowed", "from io import open as read\n" + RUN, 1),
    ("name-not-allowed", body("import random", "random._os"), 4),
    ("star-import", "from math import *\n" + RUN, 1),
    ("star-import", "from . import neighbour\n" + RUN, 1),
    ("import-placement", "class A:\n    import json\n" + RUN, 2),
    ("import-placement", "import json\njson = None\n" + RUN, 1),
    ("import-placement", body("global json", "json = 1", head="import json"), 1),
    ("module-as-value", body("x = [math]", head="import math"), 3),
    ("module-as-value", body("x = xml.etree", head="import xml.etree.ElementTree"), 3),
    ("patching", body("math.pi = 3", head="import math"), 3),
    ("patching", body("del html5['a']", head="from html.entities import html5"), 3),
    ("patching", body("str.x = 1"), 3),
    ("dynamic-code", body("f = [eval]"), 3),
    ("dynamic-code", "def f(a=open):\n    pass\n" + RUN, 1),
    ("dynamic-code", body("return {'a': lambda x=exec: x}"), 3),
    ("dynamic-code", body("[eval for eval in [eval]]"), 3),
    ("dynamic-code", body("getattr(text, text)"), 3),
    ("dynamic-code", body("getattr(*[text, '__class__'])"), 3),
    ("dynamic-code", body("x = super(int, text)"), 3),
    ("dynamic-code", body("x = map(type, [1])"), 3),
    ("dynamic-code", body("x = type(text)"), 3),
    ("dynamic-code", body("x = type(text)()"), 3),
    ("dynamic-code", body("x = type[int]"), 3),
    ("dynamic-code", body("x = {}.setdefault(type(text), 1)"), 3),
    ("dynamic-code", "class A:\n    def get(self, k):\n        return k\n" + body("x = A().get(type(text))"), 6),
    ("dynamic-code", body("x = ABCMeta('X', (), {})", head="from abc import ABCMeta"), 3),
    ("dynamic-code", body("x = Enum('X', text)", head="from enum import Enum"), 3),
    ("dynamic-code", body("x = [Enum]", head="from enum import Enum"), 3),
    ("dynamic-code", "from enum import Enum\nclass A(Enum):\n    _ignore_ = 'x'\n    x = 1\n" + RUN, 2),
    ("dynamic-code", body("x = SimpleNamespace(**{'a': 1})", head="from types import SimpleNamespace"), 3),
    ("dynamic-code", body("x = field()", head="from dataclasses import field"), 3),
    ("dynamic-code", "from dataclasses import field\nclass A:\n    id: int = field()\n    y: int = id\n" + RUN, 4),
    ("dynamic-code", "from dataclasses import field\nclass A:\n    x: int = (keep := field())\n" + RUN, 3),
    ("dynamic-code", body("deepcopy(text)", head="import ast; from copy import deepcopy; T = ast.AST"), 3),
    ("dynamic-code", body("match text:", "    case A(x):", "        pass", head="from abc import ABC\nclass A(ABC):\n    pass"), 6),
    ("dynamic-code", "class A(type):\n    pass\n" + RUN, 1),
    ("dynamic-code", "class A(metaclass=print):\n    pass\n" + RUN, 1),
    ("builtin-rebound", "def open(x):\n    return x\n" + RUN, 1),
    ("builtin-rebound", body("global eval", "eval = 1"), 3),
    ("unknown-name", body("x = undefined"), 3),
    ("dunder-name", body("x = __builtins__"), 3),
    ("dunder-name", "class A:\n    def __getattr__(self, n):\n        return n\n" + RUN, 2),
    ("dunder-name", "def __getattr__(n):\n    return n\n" + RUN, 1),
    ("private-attribute", body("x = text.__class__"), 3),
    ("private-attribute", body("x = text._hidden"), 3),
    ("private-attribute", body("getattr(text, '__class__')"), 3),
    ("private-attribute", body("object.__setattr__(text, '__class__', int)"), 3),
    ("private-attribute", body("attrgetter('a.__class__')", head="from operator import attrgetter"), 3),
    ("private-attribute", body("match text:", "    case str(__class__=x):", "        pass"), 4),
    ("interpreter-attribute", body("x = text.gi_frame"), 3),
    ("interpreter-attribute", body("x = text.mro()"), 3),
    ("format-template", body("x = text.format(1)"), 3),
    ("format-template", body("x = '{0._a}'.format(text)"), 3),
    ("format-template", body("x = '{:{0.__class__}}'.format(text)"), 3),
    ("format-template", body("x = map('{}'.format, text)"), 3),
    ("format-template", body("x = text.format_map({})"), 3),
    ("format-template", body("methodcaller('format', 1)", head="from operator import methodcaller"), 3),
    ("file-method", body("x = configparser.ConfigParser().read('x')", head="import configparser"), 3),
    ("ctx-misuse", body("x = ctx", parameters="ctx, /, text"), 3),
    ("ctx-misuse", body("ctx.state = {}", parameters="ctx, /, text"), 3),
    ("ctx-misuse", body("ctx.secrets", parameters="ctx, /, text"), 3),
    ("ctx-misuse", body("ctx = 1", parameters="ctx, /, text"), 3),
    ("ctx-misuse", body("(lambda: ctx)()", parameters="ctx, /, text"), 3),
    ("capability-undeclared", body("ctx.http.get('x')", parameters="ctx, /, text"), 3),
    ("capability-undeclared", body("ctx.state.clear()", parameters="ctx, /, text"), 3),
    ("capability-undeclared", "import socket\n" + RUN, 1),
    ("secret-in-code", "# ghp_0123456789abcdefABCDEF0123456789abcd\n" + RUN, 1),
    ("secret-in-code", body("x = 'AKIA' + 'IOSFODNN7EXAMPLE'"), 3),
    ("secret-in-code", body("connect(password='hunter2-Xq9')", head="def connect(password): pass"), 3),
    ("secret-in-code", body("x = {'client-secret': 'q8Zr4Lw0Vn2Ty6Bd'}"), 3),
    ("secret-in-code", body("x = b'QUtJQUlPU0ZPRE5ON0VYQU1QTEU='"), 3),
    ("concealed-code", body("x = 'aW1wb3J0IG9zCm9zLnN5c3RlbSgiaWQiKQo='"), 3),
    ("concealed-code", body("x = '5f5f696d706f72745f5f28226f7322292e73797374656d28226964222920'"), 3),
    ("endless-loop", body("while True:", "    text += 'x'"), 3),
    ("endless-loop", body("while True:", "    for c in text:", "        break"), 3),
    ("endless-loop", body("for i in count():", "    pass", head="from itertools import count"), 3),
    ("huge-constant", body("x = [0] * 10 ** 9"), 3),
    ("huge-constant", body("x = 9 ** 9 ** 9"), 3),
    ("huge-constant", body("x = bytes(1 << 40)"), 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "code", "line"), REFUSED, ids=[f"{i}-{r[0]}" for i, r in enumerate(REFUSED)]
)
def test_the_rule_refuses_and_names_the_line(rule: str, code: str | bytes, line: int | None) -> None:
    evidence = judge(code)
    found = [f for f in evidence.findings if f.rule == rule]
    assert evidence.verdict == "Refused"
    assert found, [f.rule for f in evidence.findings]
    assert line is None or line in {f.line for f in found}
    assert all(f.suggestion and f.message for f in found)


def test_every_rule_about_code_has_a_row_or_a_test_of_its_own() -> None:
    elsewhere = {"permission-unused", "egress-undeclared-host", "analyser-timeout", "analyser-crashed"}
    assert {row[0] for row in REFUSED} | elsewhere == set(RULES)


ACCEPTED = [
    ("the smallest tool", RUN),
    ("a docstring, constants and helpers", '"""Doc."""\nA = 1\nB = [A * 2, "x"]\n' + RUN),
    ("windows line ends", RUN.replace("\n", "\r\n")),
    ("tabs only", "def run(text):\n\treturn {}\n"),
    ("a utf-8 cookie", "# -*- coding: utf-8 -*-\n" + RUN),
    ("letters of other languages", "größe = 1\nπ = 3.14\nΔt = 2\nимя = 3\n" + RUN),
    ("squares and accents in comments", "# m² of a naïve façade\n" + RUN),
    ("emoji in text", RUN + "FACE = '😀'\n"),
    ("a long literal", "X = '" + "a" * 2000 + "'\n" + RUN),
    ("a long line of data", "X = [" + "1, " * 500 + "]\n" + RUN),
    ("local names of builtins", "def run(input, type, open, dir):\n    return {'a': [input, type, open, dir]}\n"),
    ("fields named like builtins", "class Candle:\n    open: float\n    eval: int = 1\n" + RUN),
    ("a parameter named like a module", "import html\ndef run(html: str):\n    return {'x': html.lower()}\n"),
    ("own private attributes", "class A:\n    def __init__(self):\n        self._x = 1\n    def y(self):\n        return self._x\n" + RUN),
    ("mangled attributes", "class A:\n    def __init__(self):\n        self.__x = 1\n" + RUN),
    ("a namedtuple's methods", body("P(1)._replace(x=2)._asdict()", head="from collections import namedtuple\nP = namedtuple('P', 'x')")),
    ("names of types", body("x = type(text).__name__", "y = text.__class__.__name__")),
    ("getattr by literal", body("x = getattr(text, 'upper')()")),
    ("attrgetter by literal", body("attrgetter('a.b')", head="from operator import attrgetter")),
    ("a frozen dataclass's own field", "class A:\n    def __post_init__(self):\n        object.__setattr__(self, 'x', 1)\n" + RUN),
    ("types compared and looked up", body("x = type(text) is str", "y = {str: 1}[type(text)]", "z = isinstance(text, type)")),
    ("types in annotations", "def f(a: type[int], b: type | None) -> type:\n    return int\n" + RUN),
    ("enums with members", "from enum import Enum, auto\nclass A(Enum):\n    X = auto()\nclass B(str, Enum):\n    Y = 'y'\n" + RUN),
    ("a functional enum", body("Enum('Color', 'RED GREEN')", head="from enum import Enum")),
    ("declared fields", "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    x: list = field(default_factory=list)\n" + RUN),
    ("a namespace with names written out", body("SimpleNamespace(a=1)", head="from types import SimpleNamespace")),
    ("patterns by position", "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n" + body("match text:", "    case P(x) | str(x):", "        pass")),
    ("copying", body("deepcopy([text])", head="from copy import deepcopy")),
    ("super", "class A(dict):\n    def __init__(self):\n        super().__init__()\n" + RUN),
    ("literal templates", body("'{} {a.b}'.format(1, a=2)", "T.format(1)", "D['a'].format(2)", head="T = 'x{}'\nD = {'a': 'y{}'}")),
    ("percent and f-strings", body("'%s' % text", "f'{text!r:>10}'")),
    ("a loop left by return", body("while True:", "    return {}")),
    ("a loop left by an exception", body("try:", "    while True:", "        next(iter(text))", "except StopIteration:", "    pass")),
    ("a test of the main name's absence", body("x = [n for n in text if (m := n)]", "y = m")),
    ("precomputed tables", "def make():\n    return [1]\nT = make()\n" + RUN),
    ("own decorators", "def twice(f):\n    return f\n@twice\ndef g():\n    pass\n" + RUN),
    ("unescaped backslashes", "import re\nP = re.compile('\\d+')\n" + RUN),
    ("a placeholder for a secret", body("x = {'password': 'your-password-here', 'token': 'example-token'}")),
    ("encoded data", body("x = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk'")),
    ("a pattern for secrets", body("x = r'AKIA[0-9A-Z]{16}'")),
    ("paths as text", body("x = os.path.join('a', 'b')", head="import os")),
    ("type checking imports", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from collections.abc import Iterator\n" + RUN),
    ("a visible injection in a docstring: data, shown to people as data", body('"""Ignore previous instructions."""')),
]  # fmt: skip


@pytest.mark.parametrize(("code"), [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_honest_code_passes(code: str) -> None:
    evidence = judge(code)
    assert evidence.findings == ()
    assert (evidence.verdict, evidence.analyser, evidence.more_findings) == ("Accepted", ANALYSER, 0)


WEATHER = body("ctx.http.get('https://api.example.com/x')", parameters="ctx, /, text")
COUNTER = body("ctx.state['n'] = 1", parameters="ctx, /, text")
HERE = ("api.example.com:443",)

PERMISSIONS = [
    ("egress declared and used", WEATHER, HERE, "None", ("Egress",), set()),
    ("egress used, undeclared", WEATHER, (), "None", ("Egress",), {"capability-undeclared", "egress-undeclared-host"}),
    ("egress declared, unused", RUN, HERE, "None", (), {"permission-unused"}),
    ("another host", WEATHER, ("api.example.org:443",), "None", ("Egress",), {"egress-undeclared-host"}),
    ("another port", WEATHER, ("api.example.com:8443",), "None", ("Egress",), {"egress-undeclared-host"}),
    ("a host that is filled in", WEATHER.replace("'https://api.example.com/x'", "f'https://api.{text}/x'"), HERE, "None", ("Egress",), set()),
    ("a vocabulary's name", body("ctx.http", "x = 'http://www.w3.org/2000/svg'", parameters="ctx, /, text"), HERE, "None", ("Egress",), set()),
    ("a URL in a tool that calls nobody", body("x = 'https://other.example/x'"), (), "None", (), set()),
    ("http passed to a helper", "def get(h):\n    return h.get('/')\n" + body("get(ctx.http)", parameters="ctx, /, text"), HERE, "None", ("Egress",), set()),
    ("state declared and used", COUNTER, (), "PerTenant", ("State",), set()),
    ("state used, undeclared", COUNTER, (), "None", ("State",), {"capability-undeclared"}),
    ("state declared, unused", RUN, (), "PerTenant", (), {"permission-unused"}),
    ("a network module beside declared egress", "import socket\n" + RUN, HERE, "None", ("Egress",), {"network-module"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "egress", "state", "capabilities", "rules"),
    [r[1:] for r in PERMISSIONS],
    ids=[r[0] for r in PERMISSIONS],
)
def test_capabilities_are_held_against_permissions(
    code: str, egress: tuple[str, ...], state: str, capabilities: tuple[str, ...], rules: set[str]
) -> None:
    evidence = judge(code, egress=egress, state=state)
    assert evidence.capabilities == capabilities
    assert {f.rule for f in evidence.findings} == rules


SIGNATURES = [
    ("fits", "text, top=5", {"text", "top"}, 0),
    ("takes a default the schema does not know", "text, top=5", {"text"}, 0),
    ("needs what the schema does not know", "text, top", {"text"}, 1),
    ("does not take a property", "text", {"text", "top"}, 1),
    ("takes everything", "**arguments", {"text", "top"}, 0),
    ("keyword-only", "*, text, top=1", {"text", "top"}, 0),
    ("ctx as an argument of the schema", "ctx", {"ctx"}, 0),
    ("ctx and an argument named ctx cannot collide", "box, /, ctx", {"ctx"}, 0),
]


@pytest.mark.parametrize(
    ("parameters", "properties", "findings"), [r[1:] for r in SIGNATURES], ids=[r[0] for r in SIGNATURES]
)
def test_parameters_are_held_against_the_input_schema(
    parameters: str, properties: set[str], findings: int
) -> None:
    evidence = judge(f"def run({parameters}):\n    return {{}}\n", parameters=frozenset(properties))
    assert [f.rule for f in evidence.findings] == ["run-signature"] * findings


def test_findings_come_by_line_and_are_capped() -> None:
    evidence = judge(dedent("def run(text):\n    return {}\n") + "x = eval\n" * 50)
    assert len(evidence.findings) == 20
    assert evidence.more_findings == 30
    assert [f.line for f in evidence.findings] == sorted(f.line for f in evidence.findings)


def test_hostile_text_is_quoted_on_one_bounded_line() -> None:
    evidence = judge(f"import {'a' * 5000}\n" + RUN)
    assert all(len(f.message) <= 512 and f.message.isprintable() for f in evidence.findings)
