"""Template calendar: recurring days, the nth weekday, reading and writing iCalendar."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .calendar_code import CODES
from .calendar_trials import of_ics_events, of_invite, of_nth_weekday, of_recurrence
from .dates_parameters import NUMBERS, Weekday
from .schemas import choice, closed, day, flag, listing, text, whole
from .template import Made, Template
from .words import Parameters, phrases

Operation = Literal["recurrence", "nth-weekday", "ics-events", "invite"]
Every = Literal["day", "week", "month", "year"]
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"
LONGEST = 100_000


class Calendar(Parameters):
    """What the tool does, and what it takes for granted."""

    operation: Operation = Field(default="recurrence", description="What the tool does.")
    every: Every = Field(default="week", description="For recurrence: the step when the caller names none.")
    count: Annotated[StrictInt, Field(ge=1, le=366)] = Field(
        default=10, description="For recurrence: how many days when the caller does not say."
    )
    weekday: Weekday = Field(default="monday", description="For nth-weekday: when the caller names none.")
    nth: Literal[1, 2, 3, 4, 5, -1] = Field(
        default=1, description="For nth-weekday: when the caller does not say; -1 is the last."
    )
    most_events: Annotated[StrictInt, Field(ge=1, le=500)] = Field(
        default=200, description="For ics-events: how many events are told."
    )


SAYS: dict[Operation, str] = {
    "recurrence": "The days on which something comes again, every so many days, weeks, months or years.",
    "nth-weekday": "The first, second, ... or last of a weekday in each month of a year.",
    "ics-events": "The events of an iCalendar text (.ics), by when they start.",
    "invite": "Write one event as an iCalendar text (.ics) that calendars import.",
}


def _inputs(p: Calendar) -> JsonObject:
    match p.operation:
        case "recurrence":
            taken = {
                "start": day("The first day."),
                "every": choice("The step.", ("day", "week", "month", "year"), default=p.every),
                "interval": whole("Every so many steps.", 1, 1000, default=1),
                "count": whole("How many days at most.", 1, 366, default=p.count),
                "until": day("The last day that counts."),
            }
            return closed(taken, ("every", "interval", "count", "until"))
        case "nth-weekday":
            nth = {"type": "integer", "enum": [1, 2, 3, 4, 5, -1], "default": p.nth}
            taken = {
                "year": whole("The year.", 1, 9999),
                "weekday": choice("Which weekday.", NUMBERS, default=p.weekday),
                "nth": {**nth, "description": "Which of them in the month; -1 is the last."},
            }
            return closed(taken, ("weekday", "nth"))
        case "ics-events":
            return closed({"ics": text("The text of the calendar.", LONGEST)})
        case "invite":
            taken = {
                "title": text("What it is.", 500, minLength=1),
                "start": text("Such as 2026-03-31T18:30.", 16, pattern=MOMENT),
                "end": text("Such as 2026-03-31T19:30.", 16, pattern=MOMENT),
                "place": text("Where it is.", 500),
            }
            return closed(taken, ("place",))


def _result(p: Calendar) -> JsonObject:
    if p.operation == "invite":
        return closed({"ics": text("", 20_000)})
    if p.operation != "ics-events":
        return closed({"dates": listing(day(), 366)})
    told = {name: text("", LONGEST) for name in ("summary", "start", "end", "location", "repeats")}
    events = listing(closed({**told, "all_day": flag()}), p.most_events)
    return closed({"events": events, "count": whole("How many there are.", highest=LONGEST)})


def _trials(p: Calendar) -> tuple[Trial, ...]:
    match p.operation:
        case "recurrence":
            return of_recurrence(p.every, p.count)
        case "nth-weekday":
            return of_nth_weekday(p.weekday, p.nth)
        case "ics-events":
            return of_ics_events(p.most_events)
        case "invite":
            return of_invite()


def build(p: Calendar) -> Made:
    trials = _trials(p)
    return Made(
        description=SAYS[p.operation],
        arguments=_inputs(p),
        result=_result(p),
        code=CODES[p.operation],
        constants={
            "EVERY": p.every,
            "COUNT": p.count,
            "WEEKDAY": p.weekday,
            "NTH": p.nth,
            "WEEKDAYS": tuple(NUMBERS),
            "MOST": p.most_events,
        },
        examples=trials[:3],
        tests=trials[3:],
    )


CALENDAR = Template(
    name="calendar",
    title="Calendars and recurring days",
    summary="Recurring days, the nth weekday of each month, events of an .ics text, an .ics invitation.",
    keywords=phrases(
        """
        calendar, recurring, every week, every month, repeat, schedule, dates, first monday, last
        friday, ics, ical, icalendar, event, events, invite, invitation, meeting, appointment,
        kalendarz, co tydzień, co miesiąc, powtarzać, harmonogram, wydarzenie, wydarzenia,
        zaproszenie, spotkanie, calendário, toda semana, todo mês, recorrente, agenda, evento,
        eventos, convite, reunião
        """
    ),
    parameters=Calendar,
    build=build,
    example={},
    variants=(
        {"operation": "nth-weekday", "weekday": "friday", "nth": 3},
        {"operation": "ics-events"},
        {"operation": "invite"},
        {"every": "month", "count": 3},
        {"operation": "ics-events", "mostEvents": 1},
    ),
)
