"""Why something is not done: one stable code each, for REST (RFC 9457) and agents; docs/rest.md has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import BaseModel, ValidationError

from cupel.toolpod.answer import readable

Code = Literal[
    "unauthorized", "host-refused", "origin-refused", "scope-missing", "rate-limited", "cluster-unavailable",
    "not-found", "method-not-allowed", "not-json", "too-large", "invalid-field", "namespace-required",
    "asking-forbidden", "gateway-unbound", "gaps-forbidden", "no-policy", "too-many-gaps", "no-wish",
    "cluster-refused", "unknown-tool", "version-not-served", "unknown-gap", "unknown-template", "no-store",
    "store-unavailable", "acts-off", "token-unusable", "conflict",
    "invalid-arguments", "invalid-result", "tool-error", "timeout", "out-of-memory", "result-too-large",
    "broken", "unavailable", "busy", "unsupported", "state-conflict", "state-full",
]  # fmt: skip
KINDS: dict[Code, tuple[int, str]] = {
    "unauthorized": (401, "A valid bearer token is needed"),
    "host-refused": (421, "This host name is not one of the gateway's"),
    "origin-refused": (403, "Pages of this origin may not call"),
    "scope-missing": (403, "The token's scopes do not allow this"),
    "rate-limited": (429, "Too many requests"),
    "cluster-unavailable": (503, "The API server does not answer"),
    "not-found": (404, "There is nothing here"),
    "method-not-allowed": (405, "This is done by another method"),
    "not-json": (400, "The body is not a JSON object"),
    "too-large": (413, "The request is too large"),
    "invalid-field": (422, "A field is wrong"),
    "namespace-required": (422, "It must be said in which namespace"),
    "asking-forbidden": (403, "This caller may not ask for tools there"),
    "gateway-unbound": (403, "The gateway may not ask for tools there"),
    "gaps-forbidden": (403, "The policy of the namespace forbids asking"),
    "no-policy": (409, "The namespace has no policy to judge by"),
    "too-many-gaps": (409, "Too much is asked for already"),
    "no-wish": (422, "The text asks for nothing"),
    "cluster-refused": (403, "The API server refuses"),
    "unknown-tool": (404, "There is no such tool, or it is not the caller's"),
    "version-not-served": (409, "Another version of the tool serves"),
    "unknown-gap": (404, "There is no such gap, or it is not the caller's"),
    "unknown-template": (404, "There is no such template"),
    "no-store": (501, "This gateway keeps nothing"),
    "store-unavailable": (503, "The store does not answer"),
    "acts-off": (403, "Acts of people are not forwarded here"),
    "token-unusable": (403, "The API server does not know this token"),
    "conflict": (409, "It changed meanwhile"),
    "invalid-arguments": (422, "The arguments do not fit the tool's schema"),
    "invalid-result": (502, "The tool answered what its schema forbids"),
    "tool-error": (422, "The tool refuses these arguments"),
    "timeout": (504, "The tool took too long"),
    "out-of-memory": (502, "The tool needed too much memory"),
    "result-too-large": (502, "The result is too large"),
    "broken": (502, "The tool is broken, or the call was lost"),
    "unavailable": (503, "The tool is not ready"),
    "busy": (503, "Too many calls of this tool are under way"),
    "unsupported": (501, "This gateway lacks what the tool needs"),
    "state-conflict": (409, "Another call changed what the tool remembers"),
    "state-full": (507, "No further tenant's state is kept"),
}
"""Status and title of each code."""
assert set(KINDS) == set(get_args(Code))  # noqa: S101  # a code without a status would be found by its first user
REMEDY_CHARACTERS = 300


class Problem(Exception):
    """Something is not done; the text says why and what would make it right."""

    def __init__(self, code: Code, message: str, *, field: str = "", retry_after: float = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        """The field of the request that is wrong; empty: none."""
        self.retry_after = retry_after
        """Seconds after which it may be tried again; 0: that alone would not help."""

    @property
    def status(self) -> int:
        return KINDS[self.code][0]

    def wire(self) -> dict[str, object]:
        """Problem details as RFC 9457 has them."""
        status, title = KINDS[self.code]
        more: dict[str, object] = {"field": self.field} if self.field else {}
        if self.retry_after:
            more["retryAfterSeconds"] = round(self.retry_after, 1)
        kind = f"https://cupel.dev/problems/{self.code}"
        return {
            "type": kind,
            "title": title,
            "status": status,
            "code": self.code,
            "detail": self.message,
        } | more


def fields_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The names a body of this model takes."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def invalid(error: ValidationError, known: Iterable[str] = ()) -> Problem:
    """The first thing wrong with a request, by its field, and what that takes. `known`: the fields it has."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = readable(".".join(str(part) for part in first["loc"]))[:100]
    if first["type"] == "extra_forbidden":
        right = f"it takes {', '.join(known)}" if known and len(first["loc"]) == 1 else "leave it out"
        return Problem("invalid-field", f"`{field}` is no field of this request: {right}", field=field)
    said = str(first["msg"]).removeprefix("Value error, ")
    return Problem("invalid-field", f"`{field or 'the request'}`: {said}", field=field)


def field_problem(field: str, message: str) -> Problem:
    return Problem("invalid-field", f"`{field}`: {message}", field=field)
