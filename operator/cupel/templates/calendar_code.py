"""The code of template calendar, one program for each operation."""

from __future__ import annotations

from .dates_code import MOVED, PARSED

RECURRENCE = (
    '''
"""The days on which something comes again. A day that a month does not have is its last one."""

from calendar import monthrange
from datetime import date, timedelta

# parameters

'''
    + PARSED
    + "\n"
    + MOVED
    + """

def day_after(first, every, steps):
    if every in ("day", "week"):
        return first + timedelta(days=steps if every == "day" else steps * 7)
    return moved(first, steps if every == "month" else steps * 12)


def run(start: str, every: str = EVERY, interval: int = 1, count: int = COUNT, until: str = "") -> dict:
    first = parsed(start)
    last = parsed(until) if until else date.max
    try:
        days = [day_after(first, every, place * interval) for place in range(count)]
    except OverflowError:
        raise ValueError("that lies outside the years 1 to 9999") from None
    return {"dates": [day.isoformat() for day in days if day <= last]}
"""
)

NTH_WEEKDAY = '''
"""The first, second, ... or last of a weekday in each month of a year."""

from calendar import monthrange
from datetime import date

# parameters


def run(year: int, weekday: str = WEEKDAY, nth: int = NTH) -> dict:
    dates = []
    for month in range(1, 13):
        days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
        fitting = [day for day in days if day.weekday() == WEEKDAYS.index(weekday)]
        if nth <= len(fitting):
            dates.append(fitting[nth - 1 if nth > 0 else -1].isoformat())
    return {"dates": dates}
'''

ICS_EVENTS = '''
"""The events of an iCalendar text (.ics), by when they start. Repetitions are told, not worked out."""

import re

# parameters

TIME = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?")
ESCAPED = {"\\\\\\\\": "\\\\", "\\\\n": "\\n", "\\\\N": "\\n", "\\\\,": ",", "\\\\;": ";"}


def plain(value):
    return re.sub(r"\\\\[\\\\nN,;]", lambda found: ESCAPED[found[0]], value)


def moment(value):
    """As ISO 8601: a day, or a day and time of the clock, with Z when it is UTC."""
    found = TIME.fullmatch(value)
    if not found:
        raise ValueError(repr(value[:40]) + " is no date or time of iCalendar")
    year, month, day, hour, minute, second, utc = found.groups()
    date = year + "-" + month + "-" + day
    return date if hour is None else date + "T" + hour + ":" + minute + ":" + second + utc


def event(lines):
    fields = {"summary": "", "start": "", "end": "", "location": "", "repeats": "", "all_day": False}
    for line in lines:
        head, mark, value = line.partition(":")
        name = head.split(";")[0].upper()
        if name in ("SUMMARY", "LOCATION"):
            fields[name.lower()] = plain(value)
        elif name in ("DTSTART", "DTEND"):
            fields["start" if name == "DTSTART" else "end"] = moment(value)
        elif name == "RRULE":
            fields["repeats"] = value
    return {**fields, "all_day": len(fields["start"]) == len("2026-03-31")}


def run(ics: str) -> dict:
    lines = re.sub("\\r?\\n[ \\t]", "", ics).splitlines()
    if "BEGIN:VCALENDAR" not in (line.strip().upper() for line in lines):
        raise ValueError("this is no iCalendar text: BEGIN:VCALENDAR is missing")
    events, inside = [], None
    for line in lines:
        word = line.strip().upper()
        if word == "BEGIN:VEVENT":
            inside = []
        elif word == "END:VEVENT" and inside is not None:
            events.append(event(inside))
            inside = None
        elif inside is not None:
            inside.append(line)
    events.sort(key=lambda each: each["start"])
    return {"events": events[:MOST], "count": len(events)}
'''

INVITE = '''
"""Writes one event as an iCalendar text (.ics) that calendars import."""

import hashlib
from datetime import datetime


def parsed(given):
    try:
        return datetime.fromisoformat(given).strftime("%Y%m%dT%H%M%S")
    except ValueError:
        raise ValueError(repr(given) + " is no moment; write it as 2026-03-31T18:30") from None


def escaped(value):
    value = value.replace("\\r", "").replace("\\\\", "\\\\\\\\")
    for plain, written in ((";", "\\\\;"), (",", "\\\\,"), ("\\n", "\\\\n")):
        value = value.replace(plain, written)
    return value


def folded(line):
    """Lines are at most 75 bytes long; what is longer goes on after a space."""
    pieces = [""]
    for character in line:
        if len((pieces[-1] + character).encode()) > 73:
            pieces.append("")
        pieces[-1] += character
    return "\\r\\n ".join(pieces)


def run(title: str, start: str, end: str, place: str = "") -> dict:
    begins, ends = parsed(start), parsed(end)
    if ends <= begins:
        raise ValueError("the end must lie after the start")
    mark = hashlib.sha256("\\n".join((title, begins, ends, place)).encode()).hexdigest()[:32]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cupel.dev//calendar//EN",
        "BEGIN:VEVENT",
        "UID:" + mark,
        "DTSTAMP:" + begins + "Z",
        "DTSTART:" + begins,
        "DTEND:" + ends,
        "SUMMARY:" + escaped(title),
        *(["LOCATION:" + escaped(place)] if place else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return {"ics": "".join(folded(line) + "\\r\\n" for line in lines)}
'''

CODES = {
    "recurrence": RECURRENCE,
    "nth-weekday": NTH_WEEKDAY,
    "ics-events": ICS_EVENTS,
    "invite": INVITE,
}
