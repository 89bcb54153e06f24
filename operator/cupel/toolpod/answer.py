"""What a tool's Pod says, as plain values. All of it is hostile input: sized and parsed, or refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Never, TypeVar

from cupel.api.common import JsonObject

ERROR_TYPES = frozenset(
    {
        "ToolError", "Timeout", "OutOfMemory", "TooLarge", "BadResult", "UnrecordedCall", "EgressRefused",
        "Crashed",
    }
)  # fmt: skip
MAX_ERROR_CHARACTERS = 1000
MAX_MILLISECONDS = 3_600_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call: a result, or an error of one of the protocol's types (or `BadAnswer`)."""

    result: JsonObject | None = None
    state: JsonObject | None = None
    """The state to keep; None when the tool said nothing about it."""
    error: str = ""
    """Empty, one of `ERROR_TYPES`, or `BadAnswer` for what is not in the protocol."""
    message: str = ""
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    """What a live tool says it is."""

    digest: str
    tool: str
    tool_name: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject


def parse_json(raw: bytes) -> Any:
    """JSON without NaN and without lone surrogates. Raises ValueError, whatever the bytes are."""
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def parse_answer(raw: bytes) -> Answer:
    """Read the body of `POST /call`. Never raises."""
    try:
        body = parse_json(raw)
    except ValueError:
        return Answer(error="BadAnswer", message="the tool's Pod did not answer in JSON")
    if not isinstance(body, dict):
        return Answer(error="BadAnswer", message="the tool's Pod did not answer with a JSON object")
    milliseconds = _milliseconds(body.get("milliseconds"))
    if "error" in body:
        return _failed(body["error"], milliseconds)
    result, state = body.get("result"), body.get("state")
    if not isinstance(result, dict) or not (state is None or isinstance(state, dict)):
        return Answer(error="BadAnswer", message="the tool's Pod answered neither a result nor an error")
    return Answer(result=result, state=state, milliseconds=milliseconds)


def _failed(error: object, milliseconds: int) -> Answer:
    kind = error.get("type") if isinstance(error, dict) else None
    if not isinstance(error, dict) or not isinstance(kind, str) or kind not in ERROR_TYPES:
        return Answer(error="BadAnswer", message="the tool's Pod answered an error of no known type")
    text = error.get("message")
    return Answer(
        error=kind,
        message=readable(text) if isinstance(text, str) else "",
        milliseconds=milliseconds,
    )


def readable(text: str) -> str:
    """At most 1,000 characters, without control characters but line breaks and tabs."""
    kept = "".join(c for c in text[:MAX_ERROR_CHARACTERS] if c.isprintable() or c in "\n\t")
    return kept.strip()


def _milliseconds(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return min(max(value, 0), MAX_MILLISECONDS)


def parse_definition(raw: bytes) -> Definition:
    """Read the body of `GET /definition`. Raises ValueError when it is none."""
    body = parse_json(raw)
    if not isinstance(body, dict):
        raise ValueError("it is not a JSON object")
    return Definition(
        digest=_field(body, "digest", str),
        tool=_field(body, "tool", str),
        tool_name=_field(body, "toolName", str),
        description=_field(body, "description", str),
        input_schema=_field(body, "inputSchema", dict),
        output_schema=_field(body, "outputSchema", dict),
    )


def _field(body: JsonObject, name: str, kind: type[T]) -> T:
    value = body.get(name)
    if not isinstance(value, kind):
        raise ValueError(f"`{name}` is missing or of the wrong type")
    return value
