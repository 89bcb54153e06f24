"""Runs a draft's trials here, as the sandbox judges them: for drafts of this project's own templates only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import CodeType
from typing import Any

from cupel.api.draft import Draft
from cupel.api.trial import Exchange, Trial
from cupel_sandbox.compare import difference


class Unexpected(AssertionError):
    """The tool did otherwise than its trial says."""


@dataclass
class Answer:
    """As `ctx.http` answers."""

    status: int
    headers: dict[str, str]
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Recorded:
    """`ctx.http` that knows the exchanges of one trial, in order."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.left = list(exchanges)

    def request(self, method: str, url: str, *, headers: Any = None, body: str | None = None) -> Answer:
        if not self.left:
            raise Unexpected(f"{method} {url} was not recorded")
        wanted = self.left.pop(0)
        if (wanted.request.method, wanted.request.url, wanted.request.body) != (method, url, body):
            raise Unexpected(f"asked {method} {url} {body!r}, recorded {wanted.request}")
        got = wanted.response
        return Answer(got.status, {h.name.lower(): h.value for h in got.headers}, got.body)

    def get(self, url: str, *, headers: Any = None) -> Answer:
        return self.request("GET", url, headers=headers)


@dataclass
class Context:
    state: dict[str, Any]
    http: Recorded


def compiled(draft: Draft) -> CodeType:
    return compile(draft.code, "<tool>", "exec")


def call(code: CodeType, draft: Draft, trial: Trial) -> tuple[Any, dict[str, Any] | None]:
    """The result as JSON gives it back, and the state left. Raises what the tool raises."""
    module: dict[str, Any] = {"__name__": "tool"}
    exec(code, module)
    arguments = json.loads(json.dumps(trial.arguments))
    if draft.permissions.state == "None" and not draft.permissions.egress:
        return json.loads(json.dumps(module["run"](**arguments), allow_nan=False)), None
    before = json.loads(json.dumps(trial.state.before)) if trial.state else {}
    context = Context(before, Recorded(trial.exchanges))
    result = json.loads(json.dumps(module["run"](context, **arguments), allow_nan=False))
    if context.http.left:
        raise Unexpected(f"{len(context.http.left)} recorded exchanges were not asked for")
    return result, context.state


def fault(code: CodeType, draft: Draft, trial: Trial) -> str:
    """Empty when the trial passes; else what went wrong."""
    try:
        result, after = call(code, draft, trial)
    except Unexpected as error:
        return str(error)
    except Exception as error:  # noqa: BLE001  # a trial may ask for any error
        told = f"{type(error).__name__}: {error}"
        return "" if trial.error is not None and trial.error in str(error) else f"raised {told}"
    if trial.error is not None:
        return f"returned {result}, wanted the error {trial.error!r}"
    if trial.state and trial.state.after is not None and (gap := difference(trial.state.after, after)):
        return f"state: {gap}"
    return difference(trial.result, result)


def faults(draft: Draft) -> dict[str, str]:
    """Every trial that does not pass, and why."""
    code = compiled(draft)
    judged = {trial.name: fault(code, draft, trial) for trial in (*draft.examples, *draft.tests)}
    return {name: why for name, why in judged.items() if why}
