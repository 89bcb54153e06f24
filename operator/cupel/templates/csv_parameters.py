"""Parameters of template csv-shape."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from cupel.api.common import Model

from .conditions import Condition
from .problem import TemplateProblem
from .words import FieldName, Parameters, Plain

Function = Literal["sum", "mean", "min", "max", "count"]


class Column(Model):
    """One column of the result."""

    column: Plain = Field(description="Its name in the first line.")
    name: FieldName | None = Field(
        default=None, description="Its name in the result; needed if it is no plain word."
    )
    type: Literal["text", "number"] = Field(default="text", description="What it is read as.")

    @property
    def called(self) -> str:
        return self.name or self.column


class Aggregate(Model):
    """One figure about a column, for all rows of a group."""

    column: Plain = Field(description="A column of numbers.")
    function: Function = Field(description="What is computed of it.")
    name: FieldName | None = Field(
        default=None, description="Its name in the result; function_column when absent."
    )

    @property
    def called(self) -> str:
        return self.name or f"{self.function}_{self.column}"


class CsvShape(Parameters):
    """How the text is written, and which rows and columns are wanted."""

    delimiter: Literal[",", ";", "\t", "|"] = Field(default=",", description="What separates columns.")
    decimal: Literal[".", ","] = Field(default=".", description="The decimal mark of numbers.")
    columns: Annotated[tuple[Column, ...], Field(max_length=32)] = Field(
        default=(),
        description="Columns of the result; with aggregates, what rows are grouped by. None: all of them.",
    )
    where: Annotated[tuple[Condition, ...], Field(max_length=8)] = Field(
        default=(), description="Conditions a row must satisfy, all of them; `field` is a column."
    )
    aggregates: Annotated[tuple[Aggregate, ...], Field(max_length=16)] = Field(
        default=(), description="Figures for each group of rows, or for all rows when there are no columns."
    )
    sort_by: FieldName | None = Field(default=None, description="Field of the result to sort by.")
    descending: StrictBool = Field(default=False, description="Sort the largest first.")
    limit: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(
        default=100, description="How many rows at most."
    )

    @model_validator(mode="after")
    def _names_fit(self) -> CsvShape:
        names = [*(each.called for each in self.columns), *(each.called for each in self.aggregates)]
        for place, name in enumerate(names):
            where = (
                f"columns[{place}]"
                if place < len(self.columns)
                else f"aggregates[{place - len(self.columns)}]"
            )
            if not (name.isascii() and name.isidentifier() and len(name) <= 64 and name[0] != "_"):
                raise TemplateProblem(f"{where}.name", f"must be given: {name} is no plain word")
            if name in names[:place]:
                raise TemplateProblem(f"{where}.name", f"{name} is taken; choose another")
        if self.sort_by and self.sort_by not in names:
            raise TemplateProblem("sortBy", f"must be one of the fields: {', '.join(names) or 'none'}")
        for place, condition in enumerate(self.where):
            if isinstance(condition.value, bool):
                raise TemplateProblem(
                    f"where[{place}].value", "must be a text or a number: CSV knows no other"
                )
        self._refuse_two_readings()
        return self

    def numeric(self, column: str) -> bool:
        """Whether a column is read as numbers."""
        return (
            any(each.column == column and each.type == "number" for each in self.columns)
            or any(each.column == column and each.function != "count" for each in self.aggregates)
            or any(each.field == column and isinstance(each.value, int | float) for each in self.where)
        )

    def named(self) -> list[str]:
        """Every column the parameters name, each once."""
        columns = (
            *(each.column for each in self.columns),
            *(each.column for each in self.aggregates),
            *(each.field for each in self.where),
        )
        return list(dict.fromkeys(columns))

    def _refuse_two_readings(self) -> None:
        texts = {each.column for each in self.columns if each.type == "text"}
        texts |= {each.field for each in self.where if isinstance(each.value, str)}
        for column in self.named():
            if column != column.strip():
                raise TemplateProblem("columns", f"{column!r} must not begin or end with spaces")
            if column in texts and self.numeric(column):
                raise TemplateProblem(
                    "columns", f"{column} is used as text and as number; use it as one of them"
                )
