"""The command line as a whole: quick help, one-line errors, every command in docs/cli.md."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cupel.cli.app import app

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "cli.md").read_text("utf-8")
GROUPED = [
    f"{group.name} {command.name}"
    for group in app.registered_groups
    for command in (group.typer_instance.registered_commands if group.typer_instance else ())
]
COMMANDS = sorted([str(each.name) for each in app.registered_commands] + GROUPED)


def kubeconfig(folder: Path, server: str = "https://127.0.0.1:1") -> str:
    path = folder / "config"
    body = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", "namespace": "tools"}}],
        "current-context": "x",
    }
    path.write_text(yaml.safe_dump(body))
    return str(path)


def test_the_commands_are_those_promised() -> None:
    assert COMMANDS == sorted(
        [
            "approve",
            "archive",
            "autopilot",
            "call",
            "check",
            "diff",
            "codes deliver",
            "codes enroll",
            "codes keygen",
            "codes link",
            "codes reset",
            "explain",
            "gaps",
            "get",
            "ledger backup",
            "ledger restore",
            "need",
            "pardon",
            "record",
            "reject",
            "replay",
            "retire",
            "unarchive",
            "unretire",
            "revoke",
            "rollback",
            "skill export",
            "state delete",
            "state export",
            "status",
            "store backup",
            "store restore",
            "template list",
            "template make",
            "template show",
            "version",
            "zone init",
        ]
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_with_an_example_and_its_exit_codes(command: str) -> None:
    section = re.search(rf"^## {command}\n(.*?)(?=^## |\Z)", DOCS, re.DOTALL | re.MULTILINE)
    assert section, f"docs/cli.md has no section {command}"
    assert re.search(rf"^\$ (kubectl )?cupel {command}\b", section[1], re.MULTILINE), "no example"
    assert "Exit codes: 0" in section[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"}).stdout
    options = set(re.findall(r"--[a-z][a-z-]+", shown)) - {
        "--help",
        "--install-completion",
        "--show-completion",
    }
    assert options - set(re.findall(r"--[a-z][a-z-]+", DOCS)) == set()


def test_no_command_is_listed_with_half_a_sentence() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}).stdout
    listed = shown.partition("Commands:")[2]
    assert listed and [line for line in listed.splitlines() if "..." in line] == []


def test_help_comes_without_loading_what_commands_need() -> None:
    code = "import sys; from cupel.cli import app; print(sorted({'kubernetes', 'mcp', 'aiohttp', 'yaml'} & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "operator")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"


def test_python_m_cupel_cli_answers_quickly() -> None:
    started = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT / "operator")}
    done = subprocess.run(
        [sys.executable, "-m", "cupel.cli", "--help"], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0 and "approve" in done.stdout
    assert time.monotonic() - started < 5, "half a second where nothing else runs"


@pytest.mark.parametrize(
    "args",
    [
        ("get",), ("get", "x"), ("get", "x", "-w"), ("status", "x"), ("explain", "x"), ("approve", "x", "--yes"),
        ("reject", "x", "--yes"), ("revoke", "x", "--yes"), ("rollback", "x"), ("pardon", "x", "--digest", "a" * 64, "--yes"),
        ("zone", "init", "x"), ("codes", "enroll"), ("codes", "reset", "x"), ("codes", "deliver", "x"),
        ("approve", "x", "--code", "123456"), ("skill", "export", "x"), ("archive", "x"), ("unarchive", "x"), ("retire", "x", "--successor", "y"), ("unretire", "x"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_cluster_that_does_not_answer_is_one_line_and_exit_code_4(
    tmp_path: Path, args: tuple[str, ...]
) -> None:
    result = CliRunner().invoke(app, [*args, "--kubeconfig", kubeconfig(tmp_path)])
    assert result.exit_code == 4, result.output
    assert result.stderr.startswith("error: the API server did not answer")
    assert f"server https://127.0.0.1:1, kubeconfig {tmp_path / 'config'}, context x" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "args", "says"),
    [
        pytest.param(None, (), "there is no such file", id="no kubeconfig"),
        pytest.param("a: [", (), "cannot be used", id="a kubeconfig that is no YAML"),
        pytest.param("", (), "cannot be used", id="an empty kubeconfig"),
        pytest.param("good", ("--context", "y"), "has no context y", id="a context that is not there"),
    ],
)
def test_a_kubeconfig_that_cannot_be_used(
    tmp_path: Path, content: str | None, args: tuple[str, ...], says: str
) -> None:
    path = tmp_path / "config"
    if content == "good":
        kubeconfig(tmp_path)
    elif content is not None:
        path.write_text(content)
    result = CliRunner().invoke(app, ["get", "--kubeconfig", str(path), *args])
    assert result.exit_code == 4, result.output
    assert says in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [("approve",), ("nothing",), ("get", "--nothing"), ("rollback", "x", "--timeout", "-1")],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(args: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, list(args)).exit_code == 2


def test_a_new_zone_can_be_printed_without_a_cluster() -> None:
    launcher = "i@sha256:" + "0" * 64
    result = CliRunner().invoke(app, ["zone", "init", "tools", "--launcher", launcher, "--print"])
    assert result.exit_code == 0
    assert "ApprovalLedger" in {body["kind"] for body in yaml.safe_load_all(result.stdout)}
