"""`record FILE`: runs a tool's examples once, against the real servers, and writes down what was exchanged.

The code runs in a child process, by the sandbox's own launcher, once the analyser accepted it; never in this.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cupel.api.bundle import bundle_of
from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.trial import Trial
from cupel.decide.harmless import one_line
from cupel.toolpod import Answer, RequestTooLarge, call_body
from cupel.toolpod.answer import parse_answer
from cupel.toolpod.compare import agrees

from .check import Declared, check
from .decision import confirm
from .launching import closed_to_children, launched, post
from .manifests import Unreadable, documents
from .output import Exit, Failure, note
from .recording import MOST_TEXT, Credential, Tape, recorder

SENT = re.compile(r"([a-z0-9.-]+:[0-9]+)=([A-Za-z0-9-]+)=([A-Za-z_][A-Za-z0-9_]*)")
PRINTABLE = re.compile(r"[\x21-\x7e\xa1-\xff]([\x20-\x7e\xa1-\xff]*[\x21-\x7e\xa1-\xff])?")
WARNING = (
    "This runs the tool's code on this machine, as you, in a child process without gVisor, "
    "and lets it call {hosts}. Only record code you have read."
)


@dataclass(frozen=True)
class Asked:
    """What the command line says."""

    file: str
    output: str
    send: tuple[str, ...]
    private: tuple[str, ...]
    results: bool
    """Whether results are taken from the run, too."""
    sure: bool


def record(asked: Asked) -> Exit:
    """Run every example; write the file with its exchanges. REFUSED when a result is not the example's."""
    bodies = _accepted(asked.file)
    place = next(i for i, body in enumerate(bodies) if body["kind"] == "GeneratedTool")
    tool = GeneratedTool.parse({**bodies[place], "status": {}})
    egress = tool.spec.permissions.egress
    if not egress:
        raise Failure("spec.permissions.egress is empty: there is nothing to record", Exit.UNUSABLE)
    credentials, private = _credentials(asked.send, egress), _private(asked.private, egress)
    tape = Tape(frozenset(egress), credentials, ssl.create_default_context(), private)
    note(WARNING.format(hosts=", ".join(egress)))
    confirm(f"Run {tool.name} now?", asked.sure)
    closed_to_children()
    agreed = True
    with recorder(tape) as proxy, launched(bundle_of(tool)) as port:
        for trial, example in zip(tool.spec.examples, bodies[place]["spec"]["examples"], strict=True):
            answer = _called(port, tool, trial, proxy)
            agreed &= _kept(example, trial, answer, tape, results=asked.results)
    _write(asked.output, bodies)
    return Exit.OK if agreed else Exit.REFUSED


def _accepted(file: str) -> list[JsonObject]:
    """The documents of a file with one tool in it that the analyser accepts. Raises Failure."""
    if not file.endswith((".yaml", ".yml", ".json")):
        raise Failure(f"{file} must be a .yaml or .json with a GeneratedTool", Exit.UNUSABLE)
    for result in check([file], Declared()):
        if result.verdict == "Unusable":
            raise Failure(result.message, Exit.UNUSABLE)
        if result.verdict == "Refused":
            raise Failure(
                f"{file}: {result.reason}: {result.message}; see `cupel check {file}`", Exit.REFUSED
            )
    try:
        bodies = documents(Path(file).read_bytes())
    except (Unreadable, OSError) as error:
        raise Failure(f"{file}: {one_line(str(error))}", Exit.UNUSABLE) from error
    if sum(body["kind"] == "GeneratedTool" for body in bodies) != 1:
        raise Failure(f"{file} must hold exactly one GeneratedTool", Exit.UNUSABLE)
    return bodies


def _credentials(told: tuple[str, ...], egress: tuple[str, ...]) -> tuple[Credential, ...]:
    """Read `--send`. Raises Failure when it cannot be meant."""
    found = []
    for each in told:
        match = SENT.fullmatch(each)
        if match is None or match[1] not in egress:
            raise Failure(
                f"--send {each}: must be HOST:PORT=HEADER=VARIABLE, of the tool's egress", Exit.UNUSABLE
            )
        value = os.environ.get(match[3], "")
        if not value:
            raise Failure(f"--send {each}: the environment has no variable {match[3]}", Exit.UNUSABLE)
        if not PRINTABLE.fullmatch(value):
            raise Failure(f"--send {each}: {match[3]} must hold printable characters only", Exit.UNUSABLE)
        found.append(Credential(match[1], match[2], value))
    return tuple(found)


def _private(told: tuple[str, ...], egress: tuple[str, ...]) -> frozenset[str]:
    """Read `--private`. Raises Failure for a target the tool does not call."""
    for each in told:
        if each not in egress:
            raise Failure(f"--private {each}: must be HOST:PORT, of the tool's egress", Exit.UNUSABLE)
    return frozenset(told)


def _called(port: int, tool: GeneratedTool, trial: Trial, proxy: str) -> Answer:
    seconds = tool.spec.serving.timeout_seconds
    try:
        body = call_body(
            trial.arguments,
            timeout_seconds=seconds,
            memory_mebibytes=tool.spec.serving.memory_mebibytes,
            state=trial.state.before if trial.state else None,
            proxy=proxy,
        )
        return parse_answer(post(port, "/call", body, seconds + 5))
    except (OSError, http.client.HTTPException, RequestTooLarge) as error:
        raise Failure(f"example {trial.name}: the call failed: {type(error).__name__}") from error


def _kept(example: JsonObject, trial: Trial, answer: Answer, tape: Tape, *, results: bool) -> bool:
    """Put what was recorded into the example; whether the tool answered what it says."""
    exchanges, notes = tape.taken()
    for each in notes:
        note(f"example {trial.name}: {each}")
    if any(len(each["response"].get("body", "")) == MOST_TEXT for each in exchanges):
        note(f"example {trial.name}: a body was cut after {MOST_TEXT} characters, for the tool as well")
    example.pop("exchanges", None)
    if exchanges:
        example["exchanges"] = exchanges
    if results and not answer.error and trial.error is None:
        example["result"] = dict(answer.result or {})
        return True
    return _as_told(trial, answer)


def _as_told(trial: Trial, answer: Answer) -> bool:
    if trial.error is not None:
        right = answer.error == "ToolError" and trial.error in answer.message
    else:
        right = not answer.error and agrees(trial.result, answer.result)
    if not right:
        said = f"{answer.error}: {answer.message}" if answer.error else json.dumps(answer.result)
        note(f"example {trial.name}: the tool answered {said[:500]}, which is not what the example says")
    return right


class _Block(yaml.SafeDumper):
    """Texts of several lines stay readable."""


_Block.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


def _write(output: str, bodies: list[Any]) -> None:
    text = yaml.dump_all(bodies, Dumper=_Block, sort_keys=False, width=110, allow_unicode=True)
    if not output:
        print(text, end="")
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{output} cannot be written: {error.strerror}", Exit.UNUSABLE) from error
