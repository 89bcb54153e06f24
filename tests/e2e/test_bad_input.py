"""Bad input on a real cluster, by example: a stable reason, a message that names the field, and nothing stuck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from .stage import Body, Stage
from .tools import WORDS, tool

pytestmark = pytest.mark.node
SCHEMA = {"type": "object", "properties": {"text": {"type": "strange"}}}
WORDS_OUT = {"type": "object", "properties": {"words": {"type": "integer"}}, "required": ["words"]}
TEXT_IN = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
WRONG = {"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": "two"}}
UNFIT = {"name": "two-words", "arguments": {"txt": "a b"}, "result": {"words": 2}}


@dataclass(frozen=True)
class Row:
    """A tool that is refused, and what is said."""

    name: str
    reason: str
    words: str
    body: Body


def row(name: str, reason: str, words: str, code: str = WORDS, **spec: Any) -> Row:
    return Row(name, reason, words, tool(name, code, **spec))


ROWS = [
    row(
        "no-json-schema",
        "SchemaInvalid",
        "`spec.interface.inputSchema`",
        interface={"inputSchema": SCHEMA, "outputSchema": WORDS_OUT},
    ),
    row(
        "result-against-schema", "ExampleInvalid", "`spec.examples[0]` (two-words): result", examples=[WRONG]
    ),
    row(
        "arguments-against-schema", "ExampleInvalid", "`spec.examples[0]` (two-words): arg", examples=[UNFIT]
    ),
    row("policy-of-nothing", "PolicyNotFound", "`spec.policyRef.name`", policyRef={"name": "nothing"}),
    row(
        "more-than-allowed",
        "PermissionNotAllowed",
        "`spec.permissions.egress[0]`: api.example.com:443",
        permissions={"egress": ["api.example.com:443"]},
    ),
    row(
        "syntax-error", "CodeRefused", "line 2 [syntax-error]", "def run(text: str) -> dict:\n    return {\n"
    ),
    row(
        "tab-mix",
        "CodeRefused",
        "[tab-mix]",
        "def run(text: str) -> dict:\n    if text:\n\treturn {'words': 1}\n    return {'words': 0}\n",
    ),
    row("nul-byte", "CodeRefused", "[nul-byte]", WORDS + "# \0\n"),
    row("utf-7-cookie", "CodeRefused", "line 1 [encoding-cookie]", "# -*- coding: utf-7 -*-\n" + WORDS),
    row("does-not-import", "ImportFailed", "division by zero", "RATE = 1 / 0\n\n\n" + WORDS),
    row("wrong-answer", "TrialsFailed", "two-words: WrongResult", WORDS.replace("split()", "strip()")),
]


@pytest.fixture(scope="module")
def applied(stage: Stage) -> Stage:
    stage.apply(*(row.body for row in ROWS))
    return stage


@pytest.mark.parametrize("bad", ROWS, ids=[row.name for row in ROWS])
def test_it_is_refused_and_told_why(applied: Stage, bad: Row) -> None:
    found = applied.until(bad.name, bad.reason)

    assert (found["status"], bad.words in found["message"]) == ("False", True), found["message"]


def test_each_goes_on_once_it_is_corrected_and_then_leaves_nothing(applied: Stage) -> None:
    names = [row.name for row in ROWS]
    for name in names:
        applied.apply(tool(name))

    for name in names:
        applied.until(name, "AwaitingApproval", seconds=180)

    applied.gone(*names)


AT_ONCE: dict[str, tuple[str, dict[str, Any]]] = {
    "70 KiB of code": ("spec.source.inline.code", {"source": {"type": "Inline", "inline": {"code": "#" * 71680}}}),
    "no code": ("spec.source", {"source": {"type": "Inline"}}),
    "an example with neither result nor error": ("result", {"examples": [{"name": "a", "arguments": {}}]}),
    "a wildcard in a permission": ("spec.permissions.egress[0]", {"permissions": {"egress": ["*.example:443"]}}),
    "a field that does not exist": ("colour", {"colour": "red"}),
}  # fmt: skip


@pytest.mark.parametrize("bad", AT_ONCE)
def test_the_api_server_refuses_it_and_names_the_field(stage: Stage, bad: str) -> None:
    field, spec = AT_ONCE[bad]

    said = stage.refused(lambda: stage.apply(tool("refused-at-once", **spec)))

    assert field in said
    assert not stage.tools.body("refused-at-once")


def test_two_tools_of_one_mcp_name_the_older_has_it_until_it_goes(stage: Stage) -> None:
    named = {"inputSchema": TEXT_IN, "outputSchema": WORDS_OUT, "toolName": "count"}
    stage.apply(tool("namesake-one", interface=named))
    stage.until("namesake-one", "AwaitingApproval")

    stage.apply(tool("namesake-two", interface=named))
    taken = stage.until("namesake-two", "NameTaken")
    assert "`spec.interface.toolName`: GeneratedTool namesake-one has the name count" in taken["message"]
    stage.until("namesake-one", "AwaitingApproval")

    stage.gone("namesake-one")
    stage.until("namesake-two", "AwaitingApproval")
    stage.gone("namesake-two")
