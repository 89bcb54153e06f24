"""Trials of template date-arithmetic: facts of the calendar, and days counted where holidays are given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .dates_parameters import NAMES, NUMBERS, DateArithmetic
from .trials import Metamorphic, fails, gives


def _months(days: int, weeks: int, years: int, months: int, rest: int) -> JsonObject:
    return {"days": days, "weeks": weeks, "years": years, "months": months, "rest_days": rest}


def of_between(p: DateArithmetic) -> tuple[Trial, ...]:
    facts = (
        ("a-leap-year", "2024-01-01", "2025-01-01", _months(366, 52, 1, 0, 0)),
        ("a-birthday", "1990-05-17", "2026-05-16", _months(13148, 1878, 35, 11, 29)),
        ("the-same-day", "2026-03-31", "2026-03-31", _months(0, 0, 0, 0, 0)),
        ("end-of-month", "2026-01-31", "2026-02-28", _months(28, 4, 0, 1, 0)),
        ("leap-day", "2024-02-29", "2025-02-28", _months(365, 52, 1, 0, 0)),
        ("two-months-and-a-day", "2026-03-15", "2026-05-16", _months(62, 8, 0, 2, 1)),
        ("one-day-short", "2026-03-15", "2026-05-14", _months(60, 8, 0, 1, 29)),
        ("over-new-year", "2025-11-30", "2026-01-01", _months(32, 4, 0, 1, 2)),
    )
    trials = tuple(gives(name, {"start": start, "end": end}, result) for name, start, end, result in facts)
    turned = {"start": "2025-01-01", "end": "2024-01-01"}
    back = Metamorphic("backwards", trials[0], turned, lambda r: {**r, "days": -r["days"]})
    return (
        *trials,
        back.test(),
        *_no_day("start", {"end": "2026-01-01"}),
        *_no_day("end", {"start": "2026-01-01"}),
    )


def _no_day(argument: str, others: JsonObject) -> tuple[Trial, ...]:
    return (fails(f"no-such-{argument}", {argument: "2026-02-30", **others}, "is no day of the calendar"),)


def _on(p: DateArithmetic, reached: str) -> JsonObject:
    return {"date": reached, "weekday": NAMES[p.language][date.fromisoformat(reached).weekday()]}


def of_add(p: DateArithmetic) -> tuple[Trial, ...]:
    facts: tuple[tuple[str, JsonObject, str], ...] = (
        ("ninety-days", {"start": "2026-01-01", "days": 90}, "2026-04-01"),
        ("end-of-month", {"start": "2026-01-31", "months": 1}, "2026-02-28"),
        ("a-leap-day-later", {"start": "2024-02-29", "years": 1}, "2025-02-28"),
        ("backwards", {"start": "2026-03-31", "months": -13}, "2025-02-28"),
        ("over-new-year", {"start": "2026-11-15", "months": 2}, "2027-01-15"),
        ("december", {"start": "2026-11-30", "months": 1}, "2026-12-30"),
        (
            "all-at-once",
            {"start": "2026-01-01", "years": 1, "months": 2, "weeks": 3, "days": 4},
            "2027-03-26",
        ),
        ("weeks", {"start": "2026-03-30", "weeks": -1}, "2026-03-23"),
        ("nothing", {"start": "2026-03-31"}, "2026-03-31"),
        ("first-year", {"start": "0002-01-05", "years": -1}, "0001-01-05"),
        ("last-year", {"start": "9998-12-31", "years": 1}, "9999-12-31"),
        *((f"day-{n}", {"start": "2026-06-01", "days": n}, f"2026-06-{n + 1:02}") for n in range(1, 7)),
    )
    trials = tuple(gives(name, arguments, _on(p, reached)) for name, arguments, reached in facts)
    outside = "outside the years 1 to 9999"
    return (
        *trials,
        Metamorphic("weeks-are-days", trials[7], {"weeks": 0, "days": -7}).test(),
        fails("too-late", {"start": "2026-01-01", "years": 8000}, outside),
        fails("too-early", {"start": "0001-01-01", "days": -1}, outside),
        fails("year-nothing", {"start": "0001-01-01", "months": -1}, outside),
        *_no_day("start", {}),
    )


def of_weekday(p: DateArithmetic) -> tuple[Trial, ...]:
    facts = (
        ("a-friday", "2026-11-27", (4, 48, 2026, 331, 4, False)),
        ("a-leap-day", "2024-02-29", (3, 9, 2024, 60, 1, True)),
        ("week-of-last-year", "2027-01-01", (4, 53, 2026, 1, 1, False)),
        ("end-of-june", "2026-06-30", (1, 27, 2026, 181, 2, False)),
        ("begin-of-july", "2026-07-01", (2, 27, 2026, 182, 3, False)),
        ("a-saturday", "2000-04-01", (5, 13, 2000, 92, 2, True)),
        ("a-sunday", "2026-03-29", (6, 13, 2026, 88, 1, False)),
        ("a-monday", "2026-09-28", (0, 40, 2026, 271, 3, False)),
    )
    fields = ("week", "week_year", "day_of_year", "quarter", "leap_year")
    trials = [
        gives(
            name,
            {"day": day},
            {
                "weekday": NAMES[p.language][first],
                "number": first + 1,
                **dict(zip(fields, rest, strict=True)),
            },
        )
        for name, day, (first, *rest) in facts
    ]
    return (*trials, *_no_day("day", {}), fails("month-thirteen", {"day": "2026-13-01"}, "is no day"))


def _worker(p: DateArithmetic) -> Callable[[date], bool]:
    weekend, holidays = {NUMBERS[each] for each in p.weekend}, set(p.holidays)
    return lambda day: day.weekday() not in weekend and day not in holidays


def _count(p: DateArithmetic, first: date, days: int) -> Trial:
    works = _worker(p)
    every = [first + timedelta(days=place) for place in range(days)]
    arguments = {"start": first.isoformat(), "end": every[-1].isoformat()}
    result = {"business_days": sum(map(works, every)), "days": days}
    return gives(f"{days}-days-from-{first.isoformat()}", arguments, result)


def of_business_days(p: DateArithmetic) -> tuple[Trial, ...]:
    spans = [(date(2026, 6, 1), 7), (date(2026, 5, 1), 31), (date(2026, 6, 1), 1), (date(2024, 2, 26), 10)]
    spans += [(date(2026, 6, 1) + timedelta(days=place), 1) for place in range(1, 7)]
    spans += [(date(2025, 12, 20), 20), (date(1926, 11, 28), 36_600)]
    spans += [(each, 3) for each in p.holidays[:10] if each < date(9999, 12, 28) and (each, 3) not in spans]
    trials = tuple(_count(p, first, days) for first, days in dict.fromkeys(spans))
    return (
        *trials,
        fails("end-first", {"start": "2026-01-02", "end": "2026-01-01"}, "the end lies before the start"),
        fails("too-long", {"start": "1926-11-28", "end": "2027-02-11"}, "more than a hundred years"),
        *_no_day("start", {"end": "2026-01-01"}),
    )


def _reached(p: DateArithmetic, start: date, days: int) -> Trial:
    works, day, left = _worker(p), start, abs(days)
    while left:
        day += timedelta(days=1 if days > 0 else -1)
        left -= works(day)
    name = f"{'plus' if days >= 0 else 'minus'}-{abs(days)}-from-{start.isoformat()}"
    return gives(name, {"start": start.isoformat(), "days": days}, _on(p, day.isoformat()))


def of_add_business_days(p: DateArithmetic) -> tuple[Trial, ...]:
    steps = [(date(2026, 6, 5), 1), (date(2026, 6, 1), 10), (date(2026, 6, 8), -1), (date(2026, 6, 6), 0)]
    steps += [(date(2026, 6, 1) + timedelta(days=place), 1) for place in range(7)] + [(date(2026, 1, 1), 250)]
    steps += [(each, 1) for each in p.holidays[:10] if date(2, 1, 1) < each < date(9990, 1, 1)]
    return (
        *(_reached(p, start, days) for start, days in dict.fromkeys(steps)),
        fails("too-late", {"start": "9999-12-31", "days": 1}, "outside the years 1 to 9999"),
        *_no_day("start", {"days": 1}),
    )


def _clock(moment: str, source: str, target: str) -> JsonObject:
    return {"moment": moment, "from_zone": source, "to_zone": target}


def of_time_zone(p: DateArithmetic) -> tuple[Trial, ...]:
    facts = (
        (
            "warsaw-to-sao-paulo",
            "2026-07-01T18:30",
            "Europe/Warsaw",
            "America/Sao_Paulo",
            "13:30:00-03:00",
            "-03",
        ),
        (
            "new-york-to-london",
            "2026-01-15T09:00",
            "America/New_York",
            "Europe/London",
            "14:00:00+00:00",
            "GMT",
        ),
        ("half-an-hour", "2026-07-01T12:00", "UTC", "Asia/Kolkata", "17:30:00+05:30", "IST"),
        ("summer-in-lisbon", "2026-08-01T00:00", "UTC", "Europe/Lisbon", "01:00:00+01:00", "WEST"),
        ("twice-that-hour", "2026-10-25T02:30", "Europe/Warsaw", "UTC", "00:30:00+00:00", "UTC"),
        ("with-seconds", "2026-01-01T10:00:59", "Europe/Warsaw", "Europe/Warsaw", "10:00:59+01:00", "CET"),
    )
    trials = [
        gives(
            name,
            _clock(moment, source, target),
            {"moment": f"{moment[:10]}T{then}", **_offset(then), "zone": zone},
        )
        for name, moment, source, target, then, zone in facts
    ]
    forward = _clock("2026-03-29T02:30", "Europe/Warsaw", "UTC")
    return (
        *trials,
        fails("skipped-hour", forward, "does not exist there"),
        fails("no-such-zone", _clock("2026-01-01T00:00", "Europe/Atlantis", "UTC"), "there is no time zone"),
        fails("no-such-moment", _clock("2026-01-01T25:00", "UTC", "UTC"), "is no moment"),
        fails("before-time", _clock("0001-01-01T00:00", "Asia/Tokyo", "UTC"), "outside the years 1 to 9999"),
    )


def _offset(then: str) -> JsonObject:
    hours, minutes = then[8:].split(":")
    return {"offset_minutes": int(hours) * 60 + int(minutes)}
