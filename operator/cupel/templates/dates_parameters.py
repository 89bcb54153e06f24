"""Parameters of template date-arithmetic."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from .words import Parameters

Operation = Literal["between", "add", "weekday", "business-days", "add-business-days", "time-zone"]
Language = Literal["en", "pl", "pt"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
NAMES: dict[Language, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "pl": ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"),
    "pt": (
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ),
}
NUMBERS = {name: place for place, name in enumerate(map(str.lower, NAMES["en"]))}


class DateArithmetic(Parameters):
    """What is computed, and what a week looks like."""

    operation: Operation = Field(default="between", description="What the tool computes.")
    language: Language = Field(default="en", description="In which language weekdays are named.")
    weekend: Annotated[tuple[Weekday, ...], Field(max_length=6)] = Field(
        default=("saturday", "sunday"), description="Days of the week on which nobody works."
    )
    holidays: Annotated[tuple[date, ...], Field(max_length=200)] = Field(
        default=(), description="Further days on which nobody works."
    )
