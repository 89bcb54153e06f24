"""get, status, explain, rollback and pardon on a real API server, with the operator played by the test."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from typer.testing import Result

from .stage import Stage, condition, said, until

pytestmark = pytest.mark.apiserver
ROOT = Path(__file__).parents[3]
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"
WAITS = condition("Approved", "Unknown", "AwaitingApproval", "waits for 1 more of 1 approvals")


class Background:
    """A command that runs while the test goes on."""

    def __init__(self, command: Callable[[], Result]) -> None:
        self.result: Result | None = None
        self._command = command
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.result = self._command()

    def end(self) -> Result:
        self._thread.join(30)
        assert self.result is not None, "the command did not end"
        return self.result


class Lines:
    """What a process printed so far."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self._seen: list[str] = []
        self._thread = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._seen.append(line.decode())

    def await_text(self, text: str) -> None:
        until(lambda: any(text in line for line in self._seen))

    def count(self, text: str) -> int:
        """How often it was printed, once the process ended."""
        self._thread.join(10)
        return sum(text in line for line in self._seen)


def test_status_says_by_its_exit_code_how_it_is(stage: Stage) -> None:
    stage.tool("state", CODE % "state")
    ready = condition("Ready", "True", "Serving")
    cases = (
        (
            3,
            "Timeout",
            [condition("Reconciling", "True", "Analyzing"), condition("Ready", "Unknown", "Analyzing")],
        ),
        (2, "WaitsForPerson", [WAITS, condition("Ready", "False", "AwaitingApproval")]),
        (
            1,
            "Refused",
            [condition("Stalled", "True", "CodeRefused"), condition("Ready", "False", "CodeRefused")],
        ),
        (0, "Ready", [ready]),
    )
    for code, meaning, conditions in cases:
        stage.status("state", *conditions)
        result = stage.cupel("status", "state", "--timeout", "1", "-o", "json")
        assert (result.exit_code, said(result)["status"]) == (code, meaning)


def test_status_waits_for_the_spec_as_it_is_now(stage: Stage) -> None:
    stage.tool("edited", CODE % "before")
    stage.status("edited", condition("Ready", "True", "Serving"))
    stage.tool("edited", CODE % "after")
    assert stage.cupel("status", "edited", "--timeout", "1").exit_code == 3
    waiting = Background(lambda: stage.cupel("status", "edited", "--timeout", "20"))
    stage.status("edited", condition("Ready", "True", "Serving"))
    result = waiting.end()
    assert result.exit_code == 0, result.output
    assert "edited: Ready: Serving" in result.stdout


def test_get_goes_on_showing_until_the_tool_is_gone(stage: Stage) -> None:
    stage.tool("watched", CODE % "watched")
    command = [sys.executable, "-m", "cupel.cli", "get", "watched", "-w", "-n", stage.namespace]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "operator")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watch:
        lines = Lines(watch)
        lines.await_text("watched  not seen by the operator yet")
        stage.status("watched", WAITS, condition("Ready", "False", "AwaitingApproval"))
        lines.await_text("watched  Ready=False AwaitingApproval")
        stage.status(
            "watched", condition("Approved", "True", "Approved"), condition("Ready", "True", "Serving")
        )
        lines.await_text("watched  Ready=True Serving")
        stage.server.delete(stage.path("GeneratedTool", "watched")).allowed()
        assert watch.wait(20) == 1
        assert lines.count("watched  not seen by the operator yet") == 1
        assert watch.stderr is not None and b"GeneratedTool watched was deleted" in watch.stderr.read()


def test_get_lists_all_tools_of_the_namespace(stage: Stage) -> None:
    listed = said(stage.cupel("get", "-o", "json", person="alice"))
    assert listed["format"] == "cupel.dev/get-list/v1"
    assert {"state", "edited"} <= {each["name"] for each in listed["items"]}


def test_explain_names_gate_and_next_command(stage: Stage) -> None:
    stage.tool("asked", CODE % "asked")
    stage.revise("asked")
    stage.status("asked", WAITS, condition("Ready", "False", "AwaitingApproval"))
    result = stage.cupel("explain", "asked", person="bob")
    assert result.exit_code == 0
    assert "waiting at Approved: AwaitingApproval" in result.stdout
    assert f"kubectl cupel approve asked -n {stage.namespace}" in result.stdout


def served(stage: Stage, name: str) -> tuple[str, str]:
    """A tool with two approved revisions, the newer serving; digests old and new."""
    digests = []
    for text in ("old", "new"):
        stage.tool(name, CODE % f"{name} {text}")
        digests.append(stage.revise(name))
        assert stage.cupel("approve", name, "--yes", person="bob").exit_code == 0
    stage.status(name, condition("Ready", "True", "Serving"), serving=stage.serving(digests[1]))
    return digests[0], digests[1]


def test_rollback_asks_the_operator_and_waits_for_the_heir(stage: Stage) -> None:
    old, new = served(stage, "rolled")
    command = Background(lambda: stage.cupel("rollback", "rolled", "--timeout", "20", person="alice"))
    assert stage.obey("rolled") == new
    stage.status("rolled", condition("Ready", "False", "Condemned"), serving=stage.serving(old))
    result = command.end()
    assert result.exit_code == 0, result.output
    assert f"revision {stage.serving(old)['revision']} serves" in result.stdout
    assert f"kubectl cupel pardon rolled --digest {new}" in result.stdout


def test_rollback_without_an_operator_ends_in_time(stage: Stage) -> None:
    served(stage, "unheard")
    result = stage.cupel("rollback", "unheard", "--timeout", "1", person="alice")
    assert result.exit_code == 3
    assert "not done after 1 s" in result.stdout


def test_rollback_that_the_ledger_does_not_take_says_so_at_once(stage: Stage) -> None:
    _, new = served(stage, "stuck")
    command = Background(lambda: stage.cupel("rollback", "stuck", "--timeout", "60", person="alice"))
    until(lambda: stage.request("stuck"))
    why = f"{new[:19]} was not rolled back: the ledger holds 2000 digests"
    denied = condition("RolledBack", "False", "CondemnDenied", why)
    stage.status("stuck", denied, condition("Ready", "False", "CondemnDenied"), serving=stage.serving(new))
    result = command.end()
    assert result.exit_code == 1
    assert "the request stands, but" in result.stderr and "holds 2000 digests" in result.stderr
    shown = stage.cupel("explain", "stuck", person="alice").stdout
    assert "refused at RolledBack: CondemnDenied" in shown and "kubectl cupel revoke stuck" in shown
    assert "RolledBack" in stage.cupel("get", "stuck", person="alice").stdout


def test_rollback_says_when_nothing_is_left(stage: Stage) -> None:
    stage.tool("single", CODE % "single")
    digest = stage.revise("single")
    stage.status("single", condition("Ready", "True", "Serving"), serving=stage.serving(digest))
    command = Background(lambda: stage.cupel("rollback", "single", "--timeout", "20", person="alice"))
    assert stage.obey("single") == digest
    stage.status("single", condition("Ready", "False", "Condemned"), serving=None)
    result = command.end()
    assert result.exit_code == 0, result.output
    assert "nothing serves" in result.stdout


def test_a_zone_administrator_pardons_and_leaves_the_tool_alone(stage: Stage) -> None:
    served(stage, "kept")
    stage.cupel("rollback", "kept", "--timeout", "0", person="alice")
    digest = stage.obey("kept")
    before = stage.read("GeneratedTool", "kept")["metadata"]["resourceVersion"]
    refused = stage.cupel("pardon", "kept", "--digest", digest, "--yes", person="bob")
    assert refused.exit_code == 1 and digest in stage.ledger["status"]["condemned"]
    result = stage.cupel("pardon", "kept", "--digest", digest, "--yes", person="zoe")
    assert result.exit_code == 0, result.output
    assert digest not in stage.ledger["status"]["condemned"]
    assert stage.read("GeneratedTool", "kept")["metadata"]["resourceVersion"] == before
    again = stage.cupel("pardon", "kept", "--digest", digest, "--yes", person="zoe")
    assert again.exit_code == 1 and "is not condemned" in again.stderr


def test_a_second_rollback_of_what_was_pardoned_is_a_new_request(stage: Stage) -> None:
    _, digest = served(stage, "twice")
    stage.cupel("rollback", "twice", "--timeout", "0", person="alice")
    first = stage.request("twice")
    stage.obey("twice")
    assert stage.cupel("pardon", "twice", "--digest", digest, "--yes", person="zoe").exit_code == 0
    stage.cupel("rollback", "twice", "--timeout", "0", person="alice")
    second = stage.request("twice")
    assert first != second and {first.partition("@")[0], second.partition("@")[0]} == {digest}


def test_a_request_the_operator_has_not_noted_goes_first(stage: Stage) -> None:
    """It was killed between ledger and status: pardoned now, it would condemn again when it comes back."""
    _, digest = served(stage, "unnoted")
    stage.cupel("rollback", "unnoted", "--timeout", "0", person="alice")
    stage.condemn(digest)
    refused = stage.cupel("pardon", "unnoted", "--digest", digest, "--yes", person="zoe")
    assert refused.exit_code == 1 and "kubectl annotate gtool unnoted" in refused.stderr
    assert digest in stage.ledger["status"]["condemned"]
    assert stage.cupel("pardon", "unnoted", "--digest", digest, "--yes").exit_code == 0
    assert stage.request("unnoted") == "" and digest not in stage.ledger["status"]["condemned"]
