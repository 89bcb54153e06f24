"""Arguments and results against their schemas, with a message an agent can act on. Pure."""

from __future__ import annotations

from itertools import islice
from typing import Any

from jsonschema.exceptions import ValidationError, best_match

from cupel.toolpod.answer import readable

MOST_ERRORS = 50
MAX_CHARACTERS = 300


def problem(validator: Any, value: Any, root: str) -> str:
    """Empty when `value` satisfies the validator's schema; otherwise one sentence that names the field.

    `validator` is what `cupel.analysis.schemas.compiled` made; `root` names the whole value.
    """
    try:
        error = best_match(islice(validator.iter_errors(value), MOST_ERRORS))
    except RecursionError:
        return f"`{root}` is nested too deeply"
    except OverflowError:
        return f"`{root}` holds a number that is too large"
    return "" if error is None else sentence(error, root)


def sentence(error: ValidationError, root: str) -> str:
    """`field`: what is wrong with it."""
    path = error.json_path.removeprefix("$").removeprefix(".")
    wanted = error.validator_value
    if error.validator == "required" and isinstance(wanted, list) and isinstance(error.instance, dict):
        lacking = next((name for name in wanted if name not in error.instance), "")
        return readable(f"`{path}.{lacking}` is required" if path else f"`{lacking}` is required")
    text = readable(error.message[:MAX_CHARACTERS].encode("utf-8", "replace").decode())
    return f"`{readable(path[:MAX_CHARACTERS]) or root}`: {text}"
