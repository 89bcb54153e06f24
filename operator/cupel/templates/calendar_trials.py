"""Trials of template calendar."""

from __future__ import annotations

import hashlib

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .trials import Metamorphic, fails, gives


def of_recurrence(every: str, count: int) -> tuple[Trial, ...]:
    """Facts name what they need; `usual` is the count and step a caller leaves out."""
    facts: tuple[tuple[str, JsonObject, str], ...] = (
        ("three-weeks", {"every": "week", "count": 3}, "2026-01-31 2026-02-07 2026-02-14"),
        ("end-of-months", {"every": "month", "count": 4}, "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("every-second-day", {"every": "day", "interval": 2, "count": 2}, "2026-01-31 2026-02-02"),
        ("every-quarter", {"every": "month", "interval": 3, "count": 2}, "2026-01-31 2026-04-30"),
        ("years", {"every": "year", "count": 2}, "2026-01-31 2027-01-31"),
        (
            "until-a-day",
            {"every": "week", "count": 9, "until": "2026-02-14"},
            "2026-01-31 2026-02-07 2026-02-14",
        ),
        ("nothing-before-the-start", {"every": "day", "count": 2, "until": "2026-01-30"}, ""),
        ("over-new-year", {"start": "2026-11-30", "every": "month", "count": 2}, "2026-11-30 2026-12-30"),
        ("the-last-year", {"start": "9999-12-30", "every": "day", "count": 2}, "9999-12-30 9999-12-31"),
    )
    trials = tuple(
        gives(name, {"start": "2026-01-31", **asked}, {"dates": dates.split()})
        for name, asked, dates in facts
    )
    usual = gives("as-usual", {"start": "2026-01-05", "until": "2026-01-05"}, {"dates": ["2026-01-05"]})
    seven = Metamorphic("a-week-is-seven-days", trials[0], {"every": "day", "interval": 7})
    twelve = Metamorphic("a-year-is-twelve-months", trials[4], {"every": "month", "interval": 12})
    return (
        *trials,
        usual,
        _usual(every, count),
        seven.test(),
        twelve.test(),
        fails("no-such-day", {"start": "2026-02-30"}, "is no day of the calendar"),
        fails("no-such-end", {"start": "2026-02-20", "until": "2026-13-01"}, "is no day of the calendar"),
        fails(
            "too-late", {"start": "9999-12-31", "every": "week", "count": 2}, "outside the years 1 to 9999"
        ),
        fails("too-late-by-years", {"start": "9999-12-31", "every": "year", "count": 2}, "outside the years"),
    )


def _usual(every: str, count: int) -> Trial:
    """From the first of January of year 1, in steps one can count by hand."""
    dates = {
        "day": [f"{n // 28 % 12 + 1:02}-{n % 28 + 1:02}" for n in range(count)],
        "week": [f"01-{n * 7 + 1:02}" for n in range(count)],
        "month": [f"{n + 1:02}-01" for n in range(count)],
        "year": ["01-01"] * count,
    }[every]
    shown = min(count, 4)
    until = {"day": "04", "week": "22"}.get(every)
    year = [2027 + n if every == "year" else 2027 for n in range(count)]
    last = f"2027-01-{until}" if until else ("2027-04-01" if every == "month" else "2030-01-01")
    days = [f"{y}-{each}" for y, each in zip(year, dates, strict=True)][:shown]
    return gives("usual-step", {"start": "2027-01-01", "until": last}, {"dates": days})


def of_nth_weekday(weekday: str, nth: int) -> tuple[Trial, ...]:
    third_fridays = "01-16 02-20 03-20 04-17 05-15 06-19 07-17 08-21 09-18 10-16 11-20 12-18"
    last_mondays = "01-26 02-23 03-30 04-27 05-25 06-29 07-27 08-31 09-28 10-26 11-30 12-28"
    first_sundays = "01-07 02-04 03-03 04-07 05-05 06-02 07-07 08-04 09-01 10-06 11-03 12-01"
    facts = (
        ("third-fridays", 2026, "friday", 3, third_fridays),
        ("last-mondays", 2026, "monday", -1, last_mondays),
        ("first-sundays-of-a-leap-year", 2024, "sunday", 1, first_sundays),
        ("fifth-thursdays", 2026, "thursday", 5, "01-29 04-30 07-30 10-29 12-31"),
        ("fifth-thursdays-of-a-leap-year", 2024, "thursday", 5, "02-29 05-30 08-29 10-31"),
        ("second-tuesdays", 2025, "tuesday", 2,
         "01-14 02-11 03-11 04-08 05-13 06-10 07-08 08-12 09-09 10-14 11-11 12-09"),
        ("fifth-wednesdays", 2025, "wednesday", 5, "01-29 04-30 07-30 10-29 12-31"),
        ("fifth-saturdays", 2026, "saturday", 5, "01-31 05-30 08-29 10-31"),
    )  # fmt: skip
    trials = [
        gives(
            name,
            {"year": year, "weekday": day, "nth": n},
            {"dates": [f"{year}-{each}" for each in days.split()]},
        )
        for name, year, day, n, days in facts
    ]
    usual = {"weekday": weekday, "nth": nth}
    same = [trial for trial in trials if trial.arguments == {"year": trial.arguments["year"], **usual}]
    return (
        *trials,
        *(gives("as-usual", {"year": each.arguments["year"]}, each.result or {}) for each in same[:1]),
    )


def _event(summary: str, start: str, end: str, location: str = "", repeats: str = "") -> JsonObject:
    return {
        "summary": summary, "start": start, "end": end, "location": location, "repeats": repeats,
        "all_day": len(start) == 10,
    }  # fmt: skip


def _ics(*events: str) -> JsonObject:
    wrapped = "".join(f"BEGIN:VEVENT\r\n{each}\r\nEND:VEVENT\r\n" for each in events)
    return {"ics": f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{wrapped}END:VCALENDAR\r\n"}


def _list(*events: JsonObject) -> JsonObject:
    return {"events": list(events), "count": len(events)}


def of_ics_events(most: int) -> tuple[Trial, ...]:
    dinner = "SUMMARY:Dinner\\, at eight\r\nDTSTART:20260331T200000\r\nDTEND:20260331T220000\r\nLOCATION:Home"
    trip = "SUMMARY:Trip\r\nDTSTART;VALUE=DATE:20260301\r\nDTEND;VALUE=DATE:20260305"
    call = "SUMMARY:Ca\r\n ll\r\nDTSTART:20260302T090000Z\r\nRRULE:FREQ=WEEKLY"
    told = (
        _event("Dinner, at eight", "2026-03-31T20:00:00", "2026-03-31T22:00:00", "Home"),
        _event("Trip", "2026-03-01", "2026-03-05"),
        _event("Call", "2026-03-02T09:00:00Z", "", "", "FREQ=WEEKLY"),
    )
    many = [f"SUMMARY:{n}\r\nDTSTART:20260101T0000{n:02}" for n in range(12)]
    counted = [_event(str(n), f"2026-01-01T00:00:{n:02}", "") for n in range(12)]
    two = gives(
        "by-start", _ics(dinner, trip), {**_list(told[1], told[0]), "events": [told[1], told[0]][:most]}
    )
    escaped = "SUMMARY:a\\nb\\;c\\\\d\\Ne\r\nDTSTART:20260101"
    return (
        gives("a-dinner", _ics(dinner), _list(told[0])),
        two,
        gives("a-folded-line", _ics(call), _list(told[2])),
        gives("no-events", _ics(), _list()),
        gives("many", _ics(*many), {"events": counted[:most], "count": 12}),
        gives("escaped", _ics(escaped), _list(_event("a\nb;c\\d\ne", "2026-01-01", ""))),
        gives("fields-of-others", _ics(f"{trip}\r\nX-NOTE:LOCATION"), _list(told[1])),
        gives("small-letters", {"ics": _ics(trip)["ics"].replace("BEGIN:V", "begin:v")}, _list(told[1])),
        gives("an-end-alone", {"ics": "BEGIN:VCALENDAR\nEND:VEVENT\nSUMMARY:x"}, _list()),
        Metamorphic("order-does-not-matter", two, _ics(trip, dinner)).test(),
        Metamorphic("plain-line-ends", two, {"ics": _ics(trip, dinner)["ics"].replace("\r\n", "\n")}).test(),
        fails("no-calendar", {"ics": "BEGIN:VCARD"}, "this is no iCalendar text"),
        fails("no-time", _ics("DTSTART:tomorrow"), "is no date or time of iCalendar"),
    )


def _written(title: str, begins: str, ends: str, place: str, *more: str) -> JsonObject:
    mark = hashlib.sha256("\n".join((title, begins, ends, place)).encode()).hexdigest()[:32]
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cupel.dev//calendar//EN", "BEGIN:VEVENT", f"UID:{mark}",
        f"DTSTAMP:{begins}Z", f"DTSTART:{begins}", f"DTEND:{ends}", *more, "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return {"ics": "".join(f"{line}\r\n" for line in lines)}


def of_invite() -> tuple[Trial, ...]:
    def asked(title: str, start: str, end: str, place: str = "") -> JsonObject:
        return {"title": title, "start": start, "end": end} | ({"place": place} if place else {})

    noon, one = "2026-03-31T12:00", "2026-03-31T13:00"
    times = ("20260331T120000", "20260331T130000")
    long = "a" * 73
    return (
        gives("lunch", asked("Lunch", noon, one), _written("Lunch", *times, "", "SUMMARY:Lunch")),
        gives("a-place", asked("A", noon, one, "B"), _written("A", *times, "B", "SUMMARY:A", "LOCATION:B")),
        gives("escaped", asked("a,b;c\\d\re", noon, one),
              _written("a,b;c\\d\re", *times, "", r"SUMMARY:a\,b\;c\\de")),
        gives("two-lines", asked("a\nb", noon, one), _written("a\nb", *times, "", r"SUMMARY:a\nb")),
        gives("a-long-line", asked(long, noon, one),
              _written(long, *times, "", "SUMMARY:" + "a" * 65 + "\r\n " + "a" * 8)),
        gives("accents", asked("Święto" * 9, noon, one),
              _written("Święto" * 9, *times, "", "SUMMARY:" + "Święto" * 8 + "\r\n Święto")),
        gives("just-one-line", asked("a" * 65, noon, one),
              _written("a" * 65, *times, "", "SUMMARY:" + "a" * 65)),
        fails("end-first", asked("A", one, noon), "the end must lie after the start"),
        fails("no-time-at-all", asked("A", noon, noon), "the end must lie after the start"),
        fails("no-such-start", asked("A", "2026-02-30T12:00", one), "is no moment"),
        fails("no-such-end", asked("A", noon, "2026-03-31T24:00"), "is no moment"),
    )  # fmt: skip
