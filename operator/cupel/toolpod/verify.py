"""The live check: does the tool that serves say it is the approved one, and does it answer its examples?

The operator names no egress proxy, so examples with recorded exchanges are left to validation.
"""

from __future__ import annotations

import asyncio

from cupel.api.bundle import Bundle
from cupel.api.trial import Trial

from .answer import Answer, Definition
from .client import RequestTooLarge, ToolPods, Unreachable, call_body
from .compare import agrees

SLACK_SECONDS = 2.0
NOBODY = "there is no Pod to ask"
UNASKED = "could not be asked"


def unreached(problem: str) -> bool:
    """Whether what `verify` said is no verdict: a Pod was not there, or did not answer."""
    return problem == NOBODY or UNASKED in problem


async def verify(
    addresses: tuple[str, ...], bundle: Bundle, digest: str, timeout_seconds: int, repeat: bool
) -> str:
    """Empty when every Pod answers as approved; otherwise one sentence that says what is wrong.

    `addresses` are `host:port`; `timeout_seconds` is the limit of one call. With `repeat` only examples
    marked `liveCheck: Always` are tried, otherwise `Once` as well.
    """
    if not addresses:
        return NOBODY
    trials = tuple(trial for trial in bundle.examples if _wanted(trial, repeat))
    async with ToolPods() as pods:
        checks = (_verify_one(pods, a, bundle, digest, timeout_seconds, trials) for a in addresses)
        problems = await asyncio.gather(*checks)
    return next((problem for problem in problems if problem), "")


def _wanted(trial: Trial, repeat: bool) -> bool:
    marks = ("Always",) if repeat else ("Once", "Always")
    return trial.live_check in marks and not trial.exchanges


async def _verify_one(
    pods: ToolPods, address: str, bundle: Bundle, digest: str, seconds: int, trials: tuple[Trial, ...]
) -> str:
    try:
        definition = await pods.definition(address, SLACK_SECONDS)
        if problem := differs(definition, bundle, digest):
            return f"the Pod at {address} {problem}"
        for trial in trials:
            body = call_body(trial.arguments, timeout_seconds=seconds, state=_state(bundle, trial))
            answer = await pods.call(address, body, seconds + SLACK_SECONDS)
            if problem := wrong(trial, answer):
                return f"example `{trial.name}` on the Pod at {address}: {problem}"
    except Unreachable as error:
        return f"the Pod at {address} {UNASKED}: {error}"
    except RequestTooLarge as error:
        return f"an example cannot be sent: {error}"
    return ""


def _state(bundle: Bundle, trial: Trial) -> dict[str, object] | None:
    if bundle.permissions.state == "None":
        return None
    return dict(trial.state.before) if trial.state else {}


def differs(definition: Definition, bundle: Bundle, digest: str) -> str:
    """Empty when a Pod's definition is the approved one; otherwise what is not."""
    interface = bundle.interface
    pairs = {
        "digest": (definition.digest, digest),
        "tool": (definition.tool, bundle.tool),
        "toolName": (definition.tool_name, interface.tool_name or bundle.tool),
        "description": (definition.description, bundle.description),
        "inputSchema": (definition.input_schema, interface.input_schema),
        "outputSchema": (definition.output_schema, interface.output_schema),
    }
    wrong_fields = [field for field, (seen, approved) in pairs.items() if seen != approved]
    return f"does not serve what was approved: {', '.join(wrong_fields)} differ" if wrong_fields else ""


def wrong(trial: Trial, answer: Answer) -> str:
    """Empty when the answer is what the trial asks for; otherwise what is not."""
    if trial.error is not None:
        if answer.error == "ToolError" and trial.error in answer.message:
            return ""
        return f"it must raise an error with '{trial.error}', but {_said(answer)}"
    if answer.error:
        return _said(answer)
    if trial.result is not None and not agrees(trial.result, answer.result):
        return "the result is not the expected one"
    after = trial.state.after if trial.state else None
    if after is not None and not agrees(after, answer.state):
        return "the state that came out is not the expected one"
    return ""


def _said(answer: Answer) -> str:
    if not answer.error:
        return "it returned a result"
    return f"it failed with {answer.error}: {answer.message[:200]}"
