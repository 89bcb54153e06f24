"""What a model is told: the contract of a tool, the analyser's allow-list, and the wish as quoted data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

from cupel.analysis.modules import ALLOWED
from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import JsonObject

MAX_PROMPT = 48_000
"""Characters; a wish with all its examples stays below."""

HERE = resources.files(__package__ or "cupel.generate")
CONTRACT = (HERE / "contract.md").read_text(encoding="utf-8")
TESTING = (HERE / "testing.md").read_text(encoding="utf-8")


def contract() -> str:
    """The system text of who writes."""
    return CONTRACT.format(modules=", ".join(sorted(ALLOWED)))


def wish_text(gap: CapabilityGap) -> str:
    """The wish and its examples, quoted so that they cannot end their quotation."""
    spec = gap.spec
    wanted = {"wish": spec.wish, "examples": [each.wire() for each in spec.examples]}
    return f"<wish>\n{quoted(wanted)}\n</wish>\nWrite the tool."


def before_text(code: str) -> str:
    """The code that was refused: a stranger's words, quoted as the wish is."""
    return f"<before>\n{quoted(code)}\n</before>"


def again_text(findings: Sequence[str]) -> str:
    """What was held against the last answer, as far as its author may know it."""
    told = "\n".join(f"- {quoted(each)}" for each in findings)
    return f"The last answer was refused:\n{told}\nWrite the whole tool anew, with these put right."


def promise_text(description: str, interface: JsonObject, examples: Sequence[JsonObject]) -> str:
    """What a tester may see."""
    promise = {"description": description, "interface": interface, "examples": list(examples)}
    return f"<promise>\n{quoted(promise)}\n</promise>\nWrite the tests."


def quoted(value: object) -> str:
    """JSON in which no angle bracket is left, cut to `MAX_PROMPT` characters."""
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    return text[:MAX_PROMPT]
