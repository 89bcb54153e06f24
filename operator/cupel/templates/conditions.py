"""Conditions on fields of rows: what may be asked, what satisfies it, and values that do and do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, model_validator

from cupel.api.common import Model

from .literals import literal
from .problem import TemplateProblem
from .words import Plain

Test = Literal["equals", "not-equals", "at-least", "at-most", "contains", "present"]
Number = (
    Annotated[StrictInt, Field(ge=-(10**12), le=10**12)]
    | Annotated[StrictFloat, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
)
Wanted = StrictBool | Number | Plain | None


class Condition(Model):
    """One test of one field."""

    field: Plain = Field(description="The path or column.")
    is_: Test = Field(alias="is", description="How it is compared.")
    value: Wanted = Field(default=None, description="What with; none for `present`.")

    @model_validator(mode="after")
    def _value_fits(self) -> Condition:
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if self.is_ in ("at-least", "at-most") and not number:
            raise TemplateProblem("value", f"must be a number for {self.is_}")
        if self.is_ == "contains" and not isinstance(self.value, str):
            raise TemplateProblem("value", "must be a text for contains")
        if self.is_ == "present" and self.value is not None:
            raise TemplateProblem("value", "must be left out for present")
        if self.is_ in ("equals", "not-equals") and self.value is None:
            raise TemplateProblem("value", f"must be given for {self.is_}")
        return self


CODE = '''
def without_none(fields):
    """What is absent is left out."""
    return {name: value for name, value in fields.items() if value is not None}


def equals(value, wanted):
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def contains(value, wanted):
    return isinstance(value, (str, list)) and wanted in value


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def at_least(value, wanted):
    return is_number(value) and value >= wanted


def at_most(value, wanted):
    return is_number(value) and value <= wanted
'''


def expression(condition: Condition, read: str) -> str:
    """The condition as code; `read` is the code that reads the field."""
    wanted = literal(condition.value)
    match condition.is_:
        case "present":
            return f"{read} is not None"
        case "not-equals":
            return f"not equals({read}, {wanted})"
    return f"{condition.is_.replace('-', '_')}({read}, {wanted})"


def satisfied(value: Any, condition: Condition) -> bool:
    """Whether a JSON value satisfies a condition."""
    wanted = condition.value
    match condition.is_:
        case "present":
            return value is not None
        case "equals" | "not-equals":
            alike = value == wanted and isinstance(value, bool) == isinstance(wanted, bool)
            return alike == (condition.is_ == "equals")
        case "contains":
            return isinstance(value, str) and str(wanted) in value
    plain = isinstance(value, int | float) and not isinstance(value, bool) and isinstance(wanted, int | float)
    return plain and (value >= wanted if condition.is_ == "at-least" else value <= wanted)


def value_for(field: str, conditions: Iterable[Condition], otherwise: Any) -> Any:
    """A value of this field that satisfies every condition on it. Raises TemplateProblem if there is none."""
    about = [each for each in conditions if each.field == field]
    for value in [otherwise, *_candidates(about)]:
        if all(satisfied(value, each) for each in about):
            return value
    raise TemplateProblem("where", f"nothing can satisfy all conditions on {field}; leave one out")


def _candidates(about: list[Condition]) -> list[Any]:
    values: list[Any] = [each.value for each in about]
    numbers = [each for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
    contained = [str(each.value) for each in about if each.is_ == "contains"]
    near = [each + step for each in numbers for step in (1, -1, 0.5, -0.5)]
    return [*values, *near, " ".join(contained), " ".join(reversed(contained))]


def _beyond(condition: Condition) -> Any:
    """Just outside a bound."""
    if not isinstance(condition.value, int | float):
        return None
    return condition.value - 1 if condition.is_ == "at-least" else condition.value + 1


def values_against(condition: Condition) -> list[Any]:
    """Absent and, where it is another thing, present but wrong."""
    wrong = [None, _beyond(condition), condition.value, "~"]
    once = [each for place, each in enumerate(wrong) if each not in wrong[:place]]
    return [each for each in once if not satisfied(each, condition)]
