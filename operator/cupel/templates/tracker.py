"""Template tracker: amounts of one thing, added day by day, kept for each tenant."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, model_validator

from cupel.api.common import JsonObject
from cupel.api.permissions import Permissions
from cupel.api.trial import Trial, TrialState

from .problem import TemplateProblem
from .schemas import choice, closed, day, listing, number, text, whole
from .template import Made, Template
from .words import Parameters, Plain, phrases

KEPT = 200
SHOWN = 20
LONGEST_NOTE = 20
Amount = (
    Annotated[StrictInt, Field(ge=1, le=10**9)]
    | Annotated[StrictFloat, Field(ge=1e-6, le=1e9, allow_inf_nan=False)]
)
DECIMALS = 9
"""Sums are told to so many: less than a millionth is no amount."""


class Tracker(Parameters):
    """What is tracked."""

    what: Annotated[Plain, Field(max_length=60)] = Field(
        default="amount", description="What is tracked, such as water."
    )
    unit: Annotated[Plain, Field(max_length=20)] = Field(default="units", description="Its unit, such as ml.")
    whole_numbers: StrictBool = Field(default=False, description="Whether amounts are whole numbers.")
    most: Amount = Field(default=1_000_000, description="The largest amount that can be added at once.")
    goal: Amount | None = Field(
        default=None, description="How much a day; then the result tells what is left."
    )
    week_starts: Literal["monday", "sunday"] = Field(default="monday", description="The first day of a week.")

    @model_validator(mode="after")
    def _most_fits(self) -> Tracker:
        if self.most < 1:
            raise TemplateProblem("most", "must be at least 1")
        return self


CODE = '''
"""Keeps amounts day by day, for each tenant. The last KEPT entries are kept."""

import math
from datetime import UTC, date, datetime, timedelta

# parameters


def parsed(given):
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError(repr(given) + " is no day of the calendar; write it as 2026-03-31") from None


def week_of(today):
    """The first day of the week and the first of the next."""
    first = today.toordinal() - (today.weekday() + SUNDAY_FIRST) % 7
    return first, first + 7


def total(entries, first, after):
    """The sum of what was added on these days, given as ordinals."""
    days = [(date.fromisoformat(entry["day"]).toordinal(), entry["amount"]) for entry in entries]
    # sum


# signature
    today = parsed(day) if day else datetime.now(UTC).date()
    entries = list(ctx.state.get("entries", []))
    if action == "add":
        if amount is None:
            raise ValueError("the amount is missing: say how much to add")
        entries.append({"day": today.isoformat(), "amount": amount, "note": note})
    if action == "undo":
        if not entries:
            raise ValueError("there is nothing to undo")
        entries.pop()
    entries = entries[-KEPT:]
    ctx.state["entries"] = entries
    of_today = total(entries, today.toordinal(), today.toordinal() + 1)
    return {
        "today": of_today,
        "week": total(entries, *week_of(today)),
        "unit": UNIT,
        "count": len(entries),
        "entries": entries[-SHOWN:] if action == "list" else [],
        # goal
    }
'''

SUMS = {
    True: "return sum(amount for on, amount in days if first <= on < after)",
    False: f"return round(math.fsum(amount for on, amount in days if first <= on < after), {DECIMALS})",
}
THE_DAY = date(2026, 3, 25)
"""A Wednesday."""


def _on(days: int) -> str:
    return (THE_DAY + timedelta(days=days)).isoformat()


def _entry(days: int, amount: Any, note: str = "") -> JsonObject:
    return {"day": _on(days), "amount": amount, "note": note}


def _told(p: Tracker, today: Any, week: Any, entries: list[JsonObject], shown: bool = False) -> JsonObject:
    told = {"today": today, "week": week, "unit": p.unit, "count": len(entries)}
    told["entries"] = entries[-SHOWN:] if shown else []
    return told if p.goal is None else {**told, "left": max(0, p.goal - today)}


def _trial(
    name: str, asked: JsonObject, before: list[JsonObject], outcome: JsonObject | str, after: Any = None
) -> Trial:
    state = TrialState(
        before={"entries": before} if before else {},
        after=None if after is None else {"entries": after},
    )
    result, error = (None, outcome) if isinstance(outcome, str) else (outcome, None)
    arguments = {"day": _on(0), **asked}
    return Trial(name=name, arguments=arguments, result=result, error=error, state=state)


def _trials(p: Tracker) -> tuple[Trial, ...]:
    some = min(5, int(p.most))
    twice = round(p.goal * 2, DECIMALS) if p.goal else 0
    week = [_entry(days, 1) for days in range(-4, 6)]
    many = [_entry(0, 1)] * KEPT
    first, noted = _entry(0, some), _entry(0, 1, "after lunch")
    goal = (
        [
            _trial(
                "goal-passed",
                {"action": "total"},
                [_entry(0, p.goal * 2)],
                _told(p, twice, twice, [{}]),
            )
        ]
        if p.goal
        else []
    )
    return (
        _trial("first", {"amount": some}, [], _told(p, some, some, [first]), [first]),
        _trial("another", {"action": "add", "amount": 1, "note": "after lunch"}, [first],
               _told(p, some + 1, some + 1, [first, noted]), [first, noted]),
        _trial("total", {"action": "total"}, week, _told(p, 1, 7, week), week),
        _trial("list", {"action": "list"}, week, _told(p, 1, 7, week, shown=True), week),
        _trial("undo", {"action": "undo"}, [_entry(0, 3), first], _told(p, 3, 3, [{}]), [_entry(0, 3)]),
        _trial("nothing-yet", {"action": "total"}, [], _told(p, 0, 0, [])),
        _trial("list-the-last", {"action": "list"}, [*many[:21]], _told(p, 21, 21, many[:21], shown=True)),
        _trial("keeps-the-last", {"amount": 1}, [_entry(-1, 1), *many[1:]], _told(p, KEPT, KEPT, many), many),
        _trial("day-after-the-week", {"action": "total", "day": _on(4)}, [_entry(0, 2)],
               _told(p, 0, 2 if p.week_starts == "monday" else 0, [{}])),
        _trial("first-day-of-all", {"amount": 1, "day": "0001-01-01"}, [],
               _told(p, 1, 1, [{}]), [{"day": "0001-01-01", "amount": 1, "note": ""}]),
        *goal,
        _trial("no-amount", {"action": "add"}, [], "the amount is missing"),
        _trial("nothing-to-undo", {"action": "undo"}, [], "there is nothing to undo"),
        _trial("no-such-day", {"amount": 1, "day": "2026-02-30"}, [], "is no day of the calendar"),
    )  # fmt: skip


def _result(p: Tracker) -> JsonObject:
    amount: JsonObject = {"type": "number"}
    entry = closed({"day": day(), "amount": amount, "note": text("", LONGEST_NOTE)})
    told = {
        "today": number("Added on that day.", 0),
        "week": number("Added in its week.", 0),
        "unit": text("", 20),
        "count": whole("How many entries are kept.", highest=KEPT),
        "entries": listing(entry, SHOWN, "The last entries, when they are asked for."),
    }
    return closed(told if p.goal is None else {**told, "left": number("What is left of the day's goal.", 0)})


def build(p: Tracker) -> Made:
    trials = _trials(p)
    kind = {"type": "integer", "minimum": 1} if p.whole_numbers else {"type": "number", "exclusiveMinimum": 0}
    amount = {**kind, "maximum": p.most, "description": f"How much, in {p.unit}. For add."}
    actions = ("add", "total", "list", "undo")
    taken = {
        "action": choice("What to do.", actions, default="add"),
        "amount": amount,
        "day": day("Which day; today in UTC when absent."),
        "note": text("A few words beside it. For add.", LONGEST_NOTE),
    }
    typed = "int" if p.whole_numbers else "float"
    head = f'def run(ctx, /, action="add", amount: {typed} | None = None, day="", note="") -> dict:'
    return Made(
        description=f"Keep track of {p.what} in {p.unit}: add, totals of the day and the week, list, undo.",
        arguments=closed(taken, taken),
        result=_result(p),
        code=CODE,
        constants={
            "UNIT": p.unit,
            "KEPT": KEPT,
            "SHOWN": SHOWN,
            "SUNDAY_FIRST": int(p.week_starts == "sunday"),
            "GOAL": p.goal,
        },
        lines={
            "# signature": [head],
            "# sum": [SUMS[p.whole_numbers]],
            "# goal": ['"left": max(0, GOAL - of_today),'] if p.goal else [],
        },
        examples=trials[:3],
        tests=trials[3:],
        permissions=Permissions(state="PerTenant"),
    )


TRACKER = Template(
    name="tracker",
    title="Track amounts",
    summary="Keeps amounts day by day for each tenant: add, totals of today and the week, list, undo.",
    keywords=phrases(
        """
        track, tracker, log, diary, habit, water, drink, calories, expenses, spending, hours, steps,
        weight, count, daily, weekly, total today, goal, progress, śledź, śledzić, dziennik,
        zapisuj, woda, kalorie, wydatki, godziny, kroki, nawyk, registrar, rastrear, acompanhar,
        diário, água, calorias, gastos, horas, passos, hábito
        """
    ),
    parameters=Tracker,
    build=build,
    example={"what": "water", "unit": "ml", "wholeNumbers": True, "most": 5000, "goal": 2000},
    variants=({}, {"what": "hours", "unit": "h", "weekStarts": "sunday", "most": 24}),
)
