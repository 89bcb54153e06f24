"""From a model's answer to a draft: the same bounds as for everybody, and tests by a second role."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.api.generated_tool import Interface
from cupel.api.permissions import Permissions
from cupel.api.trial import Trial
from cupel.decide.findings import UNSEEN
from cupel.decide.spending import Spent

from .answers import Call, Tests, Written
from .model import Asker, Barren
from .prompt import MAX_PROMPT, TESTING, again_text, before_text, contract, promise_text, wish_text

NAME = re.compile(r"[^a-z0-9]+")
MOST_TESTS = 64


@dataclass(frozen=True)
class Drafted:
    """A draft and what it cost."""

    draft: Draft
    used: Spent


def set_aside(asker: Asker, gap: CapabilityGap, findings: Sequence[str], before: str) -> Spent:
    """The most that drafting may use: the code, then the tests, of the longest promise."""
    code = asker.most(contract(), _prompt(gap, findings, before))
    return code.with_(asker.most(TESTING, "x" * MAX_PROMPT))


async def drafted(asker: Asker, gap: CapabilityGap, findings: Sequence[str], before: str) -> Drafted:
    """Ask for the tool, then ask somebody who did not see it for tests. Raises Barren.

    `before`: the code that was refused, for `findings`; both empty at first.
    """
    written = await asker.ask(Written, contract(), _prompt(gap, findings, before))
    used = written.used
    tool = written.output
    try:
        promise = promise_text(tool.description, _interface(tool), [one.wire() for one in gap.spec.examples])
        tested = await asker.ask(Tests, TESTING, promise)
        used = used.with_(tested.used)
        return Drafted(as_draft(tool, tested.output, f"written by {asker.offer.name}"), used)
    except Barren as barren:
        raise Barren(f"the tool came, its tests did not: {barren}", used.with_(barren.used)) from barren
    except ValidationError as error:
        raise Barren(f"what came breaks a bound of a tool: {_where(error)}", used) from error


def as_draft(tool: Written, checks: Tests, notes: str) -> Draft:
    """Raises ValidationError where the answer breaks a bound of GeneratedTool."""
    examples = tuple(_trials(tool.examples, "example"))
    tests = (*_trials(tool.tests, "test"), *_trials(checks.tests, UNSEEN.rstrip("-")))
    return Draft(
        description=tool.description,
        interface=Interface(input_schema=tool.input_schema, output_schema=tool.output_schema),
        code=tool.code,
        examples=examples,
        tests=tests[:MOST_TESTS],
        permissions=Permissions(egress=tuple(tool.egress), state=tool.state),
        notes=notes,
    )


def fingerprint(code: str) -> str:
    """What tells the same answer again: the code without its white space at line ends."""
    lines = (line.rstrip() for line in code.strip().splitlines())
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:16]


def _trials(calls: Iterable[Call], prefix: str) -> Iterable[Trial]:
    """Named by us: a model's names may repeat, or pass for somebody else's."""
    for number, call in enumerate(calls, 1):
        words = NAME.sub("-", call.name.lower()).strip("-")[:40].rstrip("-")
        name = f"{prefix}-{number}-{words}".rstrip("-")
        outcome = {"result": call.result} if call.error is None else {"error": call.error}
        yield Trial.model_validate({"name": name, "arguments": call.arguments, **outcome})


def _interface(tool: Written) -> JsonObject:
    return {"inputSchema": tool.input_schema, "outputSchema": tool.output_schema}


def _prompt(gap: CapabilityGap, findings: Sequence[str], before: str) -> str:
    if not findings:
        return wish_text(gap)
    return f"{wish_text(gap)}\n{before_text(before)}\n{again_text(findings)}"


def _where(error: ValidationError) -> str:
    """The first field that is wrong, without what stood there."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"[:300]
