"""TemplateProblem: which parameter is wrong, and what would make it right."""

from __future__ import annotations

from pydantic import ValidationError

MAX_FIELD = 200
A_LIST = "must be a list, in brackets"


class TemplateProblem(ValueError):
    """Parameters no tool can be made of."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"`{field[:MAX_FIELD]}`: {message}" if field else message)
        self.field = field
        self.message = message


def first_problem(error: ValidationError, known: tuple[str, ...] = ()) -> TemplateProblem:
    """The first thing a model refuses; its input is not repeated. `known`: the names it takes at its top."""
    found = error.errors(include_url=False, include_input=False)[0]
    if found["type"] == "extra_forbidden":
        right = f"there are {', '.join(known)}" if known and len(found["loc"]) == 1 else "leave it out"
        return TemplateProblem(_path(found["loc"]), f"there is no such parameter; {right}")
    if found["type"] in ("tuple_type", "list_type"):
        return TemplateProblem(_path(found["loc"]), A_LIST)
    cause = found.get("ctx", {}).get("error")
    if isinstance(cause, TemplateProblem):
        return TemplateProblem(".".join(filter(None, (_path(found["loc"]), cause.field))), cause.message)
    return TemplateProblem(_path(found["loc"]), found["msg"].removeprefix("Value error, "))


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part[:64]}"
    return text.removeprefix(".")
