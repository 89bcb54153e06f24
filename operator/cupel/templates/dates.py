"""Template date-arithmetic: between days, days later, business days, weekdays, time zones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from . import dates_trials
from .dates_code import CODES
from .dates_parameters import NAMES, NUMBERS, DateArithmetic, Operation
from .schemas import choice, closed, day, flag, text, whole
from .template import Made, Template
from .words import phrases

FURTHEST = 40_000
ZONE = "A time zone, such as Europe/Warsaw or America/Sao_Paulo."


@dataclass(frozen=True)
class Operating:
    """One operation: what it says, takes, gives and is tried with."""

    description: str
    arguments: JsonObject
    result: Callable[[DateArithmetic], JsonObject]
    trials: Callable[[DateArithmetic], tuple[Trial, ...]]


def _named(p: DateArithmetic) -> JsonObject:
    return closed({"date": day(), "weekday": choice("", NAMES[p.language])})


def _about(p: DateArithmetic) -> JsonObject:
    return closed(
        {
            "weekday": choice("", NAMES[p.language]),
            "number": whole("1 is Monday.", 1, 7),
            "week": whole("Week of the year, ISO 8601.", 1, 53),
            "week_year": whole("The year that week belongs to.", 0, 10_000),
            "day_of_year": whole("", 1, 366),
            "quarter": whole("", 1, 4),
            "leap_year": flag(),
        }
    )


def _between(p: DateArithmetic) -> JsonObject:
    return closed(
        {
            "days": whole("Below zero when the end lies before the start.", -4_000_000, 4_000_000),
            "weeks": whole("Whole weeks."),
            "years": whole("Whole years.", 0, 10_000),
            "months": whole("Whole months beyond the years.", 0, 11),
            "rest_days": whole("Days beyond the months.", 0, 31),
        }
    )


def _counted(p: DateArithmetic) -> JsonObject:
    return closed({"business_days": whole(), "days": whole(lowest=1)})


def _clock(p: DateArithmetic) -> JsonObject:
    return closed({"moment": text("", 64), "offset_minutes": whole("", -1440, 1440), "zone": text("", 64)})


SPAN = closed({"start": day("First day."), "end": day("Last day.")})
STEPS = {
    name: whole(f"How many {name}.", -FURTHEST, FURTHEST) for name in ("years", "months", "weeks", "days")
}
OPERATIONS: dict[Operation, Operating] = {
    "between": Operating(
        "The time between two days, in days and in years, months and days.",
        SPAN,
        _between,
        dates_trials.of_between,
    ),
    "add": Operating(
        "The day so many years, months, weeks and days after (or, below zero, before) a day.",
        closed({"start": day("The day to begin at."), **STEPS}, STEPS),
        _named,
        dates_trials.of_add,
    ),
    "weekday": Operating(
        "What day of the week, week of the year and quarter a day is.",
        closed({"day": day("The day.")}),
        _about,
        dates_trials.of_weekday,
    ),
    "business-days": Operating(
        "How many business days there are from one day to another, both included.",
        SPAN,
        _counted,
        dates_trials.of_business_days,
    ),
    "add-business-days": Operating(
        "The day so many business days after (or, below zero, before) a day.",
        closed(
            {"start": day("The day to begin at."), "days": whole("How many business days.", -10_000, 10_000)}
        ),
        _named,
        dates_trials.of_add_business_days,
    ),
    "time-zone": Operating(
        "A moment on the clocks of one time zone, told on those of another.",
        closed(
            {
                "moment": text(
                    "Such as 2026-03-31T18:30.",
                    19,
                    pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
                ),
                "from_zone": text(ZONE, 64),
                "to_zone": text(ZONE, 64),
            }
        ),
        _clock,
        dates_trials.of_time_zone,
    ),
}


def build(p: DateArithmetic) -> Made:
    does = OPERATIONS[p.operation]
    trials = does.trials(p)
    return Made(
        description=does.description,
        arguments=does.arguments,
        result=does.result(p),
        code=CODES[p.operation],
        constants={
            "WEEKDAYS": NAMES[p.language],
            "WEEKEND": tuple(sorted({NUMBERS[each] for each in p.weekend})),
            "HOLIDAYS": [each.isoformat() for each in sorted(set(p.holidays))],
        },
        examples=trials[:3],
        tests=trials[3:],
    )


DATE_ARITHMETIC = Template(
    name="date-arithmetic",
    title="Compute with dates",
    summary="Days between dates, a date so many days later, business days, weekdays, other time zones.",
    keywords=phrases(
        """
        date, dates, days between, difference, duration, how many days, age, deadline, add days,
        later, ago, weekday, day of week, week number, business days, working days, holidays, time
        zone, timezone, data, dni między, ile dni, różnica dat, termin, dzień tygodnia, numer
        tygodnia, dni robocze, święta, strefa czasowa, datas, dias entre, quantos dias, diferença,
        prazo, dia da semana, dias úteis, feriados, fuso horário
        """
    ),
    parameters=DateArithmetic,
    build=build,
    example={},
    variants=(
        {"operation": "add", "language": "pt"},
        {"operation": "weekday", "language": "pl"},
        {"operation": "business-days", "holidays": ["2026-06-04", "2026-12-25"]},
        {"operation": "add-business-days", "weekend": ["sunday"], "holidays": ["2026-06-04"]},
        {"operation": "time-zone"},
    ),
)
