"""`check FILE...` as people run it: exit codes, stable output, every bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cupel.cli.app import app

GOOD = 'def run(text: str) -> dict:\n    return {"words": len(text.split())}\n'
CALLS = (
    'def run(ctx, /, city: str) -> dict:\n    return {"a": ctx.http.get("https://api.test/" + city).text}\n'
)
STATE = 'def run(ctx, /) -> dict:\n    ctx.state["n"] = 1\n    return {}\n'


def tool(code: str = GOOD, name: str = "word-count", **spec: Any) -> str:
    text = {"type": "object", "properties": {"text": {"type": "string"}}}
    words = {"type": "object", "properties": {"words": {"type": "integer"}}}
    body = {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "GeneratedTool",
        "metadata": {"name": name},
        "spec": {
            "description": "Count words.",
            "interface": {"inputSchema": text, "outputSchema": words},
            "examples": [{"name": "two", "arguments": {"text": "a b"}, "result": {"words": 2}}],
            "source": {"type": "Inline", "inline": {"code": code}},
            **spec,
        },
    }
    return yaml.safe_dump(body)


def without(field: str) -> str:
    body = yaml.safe_load(tool())
    del body["spec"][field]
    return yaml.safe_dump(body)


POLICY = yaml.safe_dump(
    {"apiVersion": "cupel.dev/v1alpha1", "kind": "ToolPolicy", "metadata": {"name": "default"}, "spec": {}}
)
LEDGER = yaml.safe_dump(
    {"apiVersion": "cupel.dev/v1alpha1", "kind": "ApprovalLedger", "metadata": {"name": "ledger"}, "spec": {}}
)
OTHER = yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}})


def check(folder: Path, files: dict[str, str | bytes], *args: str, text: str | bytes = "") -> Result:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(app, ["check", *(str(folder / name) for name in files), *args], input=text)


@pytest.mark.parametrize(
    ("name", "content", "args", "code", "says"),
    [
        pytest.param("t.py", GOOD, (), 0, "capabilities: none", id="an honest tool"),
        pytest.param("t.py", "def run(:\n", (), 1, "syntax-error", id="a syntax error"),
        pytest.param("t.py", "def run() -> dict:\n\tif 1:\n        \treturn {}\n", (), 1, "tab-mix", id="a tab mix"),
        pytest.param("t.py", GOOD.encode() + b"\x00", (), 1, "nul-byte", id="a NUL byte"),
        pytest.param("t.py", "# coding: utf-7\n" + GOOD, (), 1, "encoding-cookie", id="a UTF-7 cookie"),
        pytest.param("t.py", b"\xff\xfe" + GOOD.encode(), (), 1, "not-utf-8", id="not UTF-8"),
        pytest.param("t.py", GOOD + "#" * 71_680, (), 1, "too-large", id="70 KiB"),
        pytest.param("t.py", "", (), 1, "run-missing", id="an empty file"),
        pytest.param("t.py", CALLS, (), 1, "capability-undeclared", id="egress that is not declared"),
        pytest.param("t.py", CALLS, ("--egress", "api.test:443"), 0, "Egress", id="egress that is"),
        pytest.param("t.py", STATE, (), 1, "capability-undeclared", id="state that is not declared"),
        pytest.param("t.py", STATE, ("--state",), 0, "State", id="state that is"),
        pytest.param("t.yaml", tool(), (), 0, "digest sha256-", id="an honest manifest"),
        pytest.param("t.json", json.dumps(yaml.safe_load(tool())), (), 0, "digest sha256-", id="the same as JSON"),
        pytest.param("t.yaml", tool() + "---\n" + tool("import subprocess\n" + GOOD, "b"), (), 1, "module-not-allowed", id="two tools, one bad"),
        pytest.param("t.yaml", OTHER + "---\n" + tool(), (), 0, "not judged: ConfigMap settings", id="other kinds are skipped"),
        pytest.param("t.yaml", tool(interface={"inputSchema": {"type": 5}, "outputSchema": {"type": "object"}}), (), 1, "SchemaInvalid", id="a schema that is no schema"),
        pytest.param("t.yaml", tool(examples=[{"name": "a", "arguments": {"text": 3}, "result": {"words": 1}}]), (), 1, "ExampleInvalid", id="an example against the schema"),
        pytest.param("t.yaml", tool(permissions={"egress": ["a b"]}), (), 1, "`spec.permissions.egress[0]`", id="the path of a wrong value"),
        pytest.param("t.yaml", without("examples"), (), 1, "`spec.examples`: Field required", id="the path of a missing field"),
        pytest.param("t.yaml", tool(replicas=1), (), 1, "`spec.replicas`", id="the path of an unknown field"),
        pytest.param("t.yaml", tool(name="A" * 64), (), 1, "`metadata.name`", id="a name that fits no label"),
        pytest.param("t.yaml", tool(CALLS, permissions={"egress": ["api.test:443"]}, interface={"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}}, examples=[{"name": "a", "arguments": {}, "error": "x"}]) + "---\n" + POLICY, (), 1, "PermissionNotAllowed", id="a policy in the file judges too"),
        pytest.param("t.yaml", POLICY.replace("{}", "{mode: Sleeping}"), (), 1, "`spec.mode`", id="a wrong policy"),
        pytest.param("t.yaml", OTHER, (), 2, "holds no GeneratedTool", id="the wrong kind"),
        pytest.param("t.yaml", LEDGER, (), 0, "not judged: ApprovalLedger ledger", id="a kind of ours that is not judged"),
        pytest.param("t.yaml", tool().replace("GeneratedTool", "GeneratedTol"), (), 2, "holds a GeneratedTol, which cupel.dev has not: `kind` is one of GeneratedTool, ", id="a misspelt kind of ours"),
        pytest.param("t.yaml", tool(exampels=[]), (), 1, "`spec.exampels`: unknown field exampels; known: description, interface, examples", id="a misspelt field, and those there are"),
        pytest.param("t.yaml", tool(examples=[{"name": "a", "result": {}, "argumens": {}}]), (), 1, "unknown field argumens; known: name, arguments, ", id="a misspelt field further in"),
        pytest.param("t.yaml", tool(permissions={"egress": ["https://api.test"]}), (), 1, "`spec.permissions.egress[0]`: must be host:port, lower case, such as api.example.com:443", id="egress in the words of the flag"),
        pytest.param("t.yaml", tool(examples=[]), (), 1, "`spec.examples`: must have at least 1", id="no examples"),
        pytest.param("t.yaml", "a: [", (), 2, "not YAML or JSON", id="not YAML"),
        pytest.param("t.txt", GOOD, (), 2, "--type python", id="a name that says nothing"),
        pytest.param("t.txt", GOOD, ("--type", "python"), 0, "Accepted", id="said to be Python"),
    ],
)  # fmt: skip
def test_every_input_has_its_code_and_its_words(
    tmp_path: Path, name: str, content: str | bytes, args: tuple[str, ...], code: int, says: str
) -> None:
    result = check(tmp_path, {name: content}, *args)
    assert (result.exit_code, says in result.stdout) == (code, True), result.output
    again = check(tmp_path, {name: content}, *args)
    assert again.stdout == result.stdout


def test_a_list_is_not_short_of_what_was_wrong_in_it(tmp_path: Path) -> None:
    bad = tool(examples=[{"name": "a", "argumens": {}, "result": {}}])
    result = check(tmp_path, {"t.yaml": bad})
    assert "at least" not in result.output and "validation" not in result.output


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(GOOD, 0, id="Python"),
        pytest.param(tool(), 0, id="YAML"),
        pytest.param("import subprocess\n" + GOOD, 1, id="Python that is refused"),
    ],
)
def test_standard_input_is_read(tmp_path: Path, text: str, code: int) -> None:
    assert check(tmp_path, {}, "-", text=text).exit_code == code


@pytest.mark.parametrize("name", ["missing.py", "missing.yaml", ".", "a\0.py"], ids=repr)
def test_what_cannot_be_opened_is_unusable(tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(app, ["check", f"{tmp_path}/{name}", "--type", "python"])
    assert result.exit_code == 2
    assert "cannot be read" in result.stdout


def test_the_worst_file_decides(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.py": GOOD, "b.py": "import subprocess\n" + GOOD}
    assert check(tmp_path, files).exit_code == 1
    assert check(tmp_path, files | {"c.yaml": "a: ["}).exit_code == 2


@pytest.mark.parametrize("flags", [("--egress", "API.test"), ("--type", "perl")], ids=["egress", "type"])
def test_flags_that_cannot_be_meant_are_unusable(tmp_path: Path, flags: tuple[str, str]) -> None:
    result = check(tmp_path, {"a.py": GOOD}, *flags)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {flags[0]}")


RESULT = {
    "file",
    "tool",
    "verdict",
    "reason",
    "message",
    "digest",
    "capabilities",
    "findings",
    "moreFindings",
}


def test_json_is_one_document_whose_keys_never_change(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.py": GOOD,
        "b.py": "def run(:\n",
        "c.yaml": OTHER + "---\n" + tool(),
        "d.yaml": "a: [",
    }
    found = json.loads(check(tmp_path, files, "--format", "json").stdout)
    assert set(found) == {"format", "verdict", "results", "skipped"}
    assert found["format"] == "cupel.dev/check/v1"
    assert [each["verdict"] for each in found["results"]] == ["Accepted", "Refused", "Accepted", "Unusable"]
    assert all(set(each) == RESULT for each in found["results"])
    assert set(found["results"][1]["findings"][0]) == {"rule", "line", "message", "suggestion"}
    assert found["skipped"][0]["objects"] == ["ConfigMap settings"]


def test_terminal_codes_of_a_file_are_not_passed_on(tmp_path: Path) -> None:
    result = check(tmp_path, {"t.yaml": tool(name="\x1b[31mred"), "a.py": GOOD + "\x1b[31m"})
    assert "\x1b" not in result.output
