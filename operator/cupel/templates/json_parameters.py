"""Parameters of template json-shape."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from cupel.api.common import JsonObject, Model

from .conditions import Condition
from .problem import TemplateProblem
from .words import FieldName, Parameters

PATH = r"^[A-Za-z0-9_@$-]{1,40}(\.[A-Za-z0-9_@$-]{1,40}){0,7}$"
Path = Annotated[str, Field(pattern=PATH)]
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,39}")
LONGEST = 200_000
FieldKind = Literal["any", "text", "number", "flag"]
KINDS: dict[FieldKind, JsonObject] = {
    "any": {},
    "text": {"type": "string", "maxLength": LONGEST},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
}


class Picked(Model):
    """One field of the result."""

    path: Path = Field(description="Where it is, such as user.name or lines.0.price.")
    name: FieldName | None = Field(default=None, description="Its name in the result; else the path's last.")
    type: FieldKind = Field(default="any", description="What it must be; left out when absent.")

    @property
    def called(self) -> str:
        return self.name or self.path.rpartition(".")[2]


class JsonShape(Parameters):
    """Which rows, which fields of them, in what order."""

    rows: Path | None = Field(
        default=None, description="Where the list of rows is; the whole text when absent."
    )
    fields: Annotated[tuple[Picked, ...], Field(max_length=32)] = Field(
        default=(),
        description="Fields of the result. None: every field, flattened to names such as user.name.",
    )
    where: Annotated[tuple[Condition, ...], Field(max_length=8)] = Field(
        default=(), description="Conditions a row must satisfy, all of them."
    )
    sort_by: FieldName | None = Field(
        default=None, description="Field of the result to sort by; a number or text."
    )
    descending: StrictBool = Field(default=False, description="Sort the largest first.")
    limit: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(
        default=100, description="How many rows at most."
    )

    @model_validator(mode="after")
    def _fields_fit(self) -> JsonShape:
        names = [each.called for each in self.fields]
        for place, name in enumerate(names):
            if not NAME.fullmatch(name):
                raise TemplateProblem(f"fields[{place}].name", "must be given: the path ends in no name")
            if name in names[:place]:
                raise TemplateProblem(f"fields[{place}].name", f"{name} is taken; name this field otherwise")
        if self.sort_by and self.sort_by not in names:
            raise TemplateProblem("sortBy", f"must be one of the fields: {', '.join(names) or 'none'}")
        for place, condition in enumerate(self.where):
            if not re.search(PATH, condition.field):
                raise TemplateProblem(f"where[{place}].field", "must be a path such as user.name")
        _refuse_nested([*(each.path for each in self.fields), *(each.field for each in self.where)])
        return self


def _refuse_nested(paths: list[str]) -> None:
    for path in paths:
        for other in paths:
            if other.startswith(path + "."):
                raise TemplateProblem("fields", f"{other} lies inside {path}; take one of them")
