"""What a model finds wrong, in words for people: the path, and what would make it right."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from cupel.api.common import ObjectName
from cupel.api.generated_tool_status import ToolName
from cupel.api.permissions import EgressTarget
from cupel.decide.harmless import one_line

MAX_PROBLEMS = 10
HOST_AND_PORT = "must be host:port, lower case, such as api.example.com:443"
Location = tuple[int | str, ...]


def _pattern(annotated: Any) -> str:
    """The pattern of a string type."""
    found: str = next(
        item.pattern for info in get_args(annotated)[1:] for item in info.metadata if hasattr(item, "pattern")
    )
    return found


PATTERNS = {
    _pattern(EgressTarget): HOST_AND_PORT,
    _pattern(
        ObjectName
    ): "must be lower-case letters, digits and hyphens, beginning and ending with no hyphen",
    _pattern(ToolName): "must be letters, digits, hyphens, dots and underscores",
}


def problems(error: ValidationError, model: type[BaseModel]) -> str:
    """Every problem with its path, as the API server names fields."""
    each = error.errors(include_url=False, include_input=False)
    places = [one["loc"] for one in each]
    found = [
        f"`{_path(one['loc'])}`: {_words(one, model)}"
        for one in each
        if one["type"] != "too_short" or not _below(one["loc"], places)
    ]
    more = f" (and {len(found) - MAX_PROBLEMS} more)" if len(found) > MAX_PROBLEMS else ""
    return one_line("; ".join(found[:MAX_PROBLEMS]) + more)


def _below(place: Location, places: list[Location]) -> bool:
    """Whether something inside is wrong: then the list is only short of what was refused."""
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _words(problem: Any, model: type[BaseModel]) -> str:
    context = problem.get("ctx", {})
    match problem["type"]:
        case "extra_forbidden":
            known = ", ".join(_known(model, problem["loc"][:-1]))
            return f"unknown field {problem['loc'][-1]}" + (f"; known: {known}" if known else "")
        case "string_pattern_mismatch" if context["pattern"] in PATTERNS:
            return PATTERNS[context["pattern"]]
        case "too_short":
            return f"must have at least {context['min_length']}"
        case "too_long":
            return f"must have at most {context['max_length']}"
    message: str = problem["msg"]
    return message.removeprefix("Value error, ")


def _known(model: type[BaseModel], place: Location) -> list[str]:
    """Names of the fields there are at a place; empty where no model is."""
    inner: type[BaseModel] | None = model
    for part in place:
        if isinstance(part, str) and inner is not None:
            inner = next(
                (_model(f.annotation) for n, f in inner.model_fields.items() if (f.alias or n) == part), None
            )
    return [field.alias or name for name, field in inner.model_fields.items()] if inner else []


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model inside a field's type: itself, or that of an optional or a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model(each))), None)


def _path(location: Location) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
