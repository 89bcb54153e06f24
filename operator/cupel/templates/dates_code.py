"""The code of template date-arithmetic, one program for each operation."""

from __future__ import annotations

PARSED = """
def parsed(given):
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError(repr(given) + " is no day of the calendar; write it as 2026-03-31") from None
"""

MOVED = '''
def moved(day, months):
    """The same day so many months later; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError("that lies outside the years 1 to 9999")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
'''

BETWEEN = (
    '''
"""The time between two days: in days, and in years, months and days."""

from calendar import monthrange
from datetime import date

'''
    + PARSED
    + "\n"
    + MOVED
    + """

def run(start: str, end: str) -> dict:
    first, last = parsed(start), parsed(end)
    early, late = min(first, last), max(first, last)
    months = (late.year - early.year) * 12 + late.month - early.month
    if moved(early, months) > late:
        months -= 1
    return {
        "days": (last - first).days,
        "weeks": (late - early).days // 7,
        "years": months // 12,
        "months": months % 12,
        "rest_days": (late - moved(early, months)).days,
    }
"""
)

ADD = (
    '''
"""A day so many years, months, weeks and days later (or earlier, when they are negative)."""

from calendar import monthrange
from datetime import date, timedelta

# parameters

'''
    + PARSED
    + "\n"
    + MOVED
    + """

def run(start: str, years: int = 0, months: int = 0, weeks: int = 0, days: int = 0) -> dict:
    reached = moved(parsed(start), years * 12 + months)
    try:
        reached += timedelta(weeks=weeks, days=days)
    except OverflowError:
        raise ValueError("that lies outside the years 1 to 9999") from None
    return {"date": reached.isoformat(), "weekday": WEEKDAYS[reached.weekday()]}
"""
)

WEEKDAY = (
    '''
"""What day of the week, week of the year and quarter a day is."""

from calendar import isleap
from datetime import date

# parameters

'''
    + PARSED
    + """

def run(day: str) -> dict:
    found = parsed(day)
    week_year, week, number = found.isocalendar()
    return {
        "weekday": WEEKDAYS[found.weekday()],
        "number": number,
        "week": week,
        "week_year": week_year,
        "day_of_year": found.timetuple().tm_yday,
        "quarter": (found.month + 2) // 3,
        "leap_year": isleap(found.year),
    }
"""
)

WORKS = """
def works(day):
    return day.weekday() not in WEEKEND and day.isoformat() not in HOLIDAYS
"""

BUSINESS_DAYS = (
    '''
"""Business days from one day to another, both included."""

from datetime import date, timedelta

# parameters

MOST_DAYS = 36_600

'''
    + PARSED
    + "\n"
    + WORKS
    + """

def run(start: str, end: str) -> dict:
    first, last = parsed(start), parsed(end)
    if last < first:
        raise ValueError("the end lies before the start")
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise ValueError("that is more than a hundred years")
    days = [first + timedelta(days=place) for place in range(count)]
    return {"business_days": sum(works(day) for day in days), "days": count}
"""
)

ADD_BUSINESS_DAYS = (
    '''
"""The day so many business days later (or earlier, when they are negative)."""

from datetime import date, timedelta

# parameters

'''
    + PARSED
    + "\n"
    + WORKS
    + """

def run(start: str, days: int) -> dict:
    reached = parsed(start)
    step = timedelta(days=1 if days > 0 else -1)
    left = abs(days)
    try:
        while left:
            reached += step
            left -= works(reached)
    except OverflowError:
        raise ValueError("that lies outside the years 1 to 9999") from None
    return {"date": reached.isoformat(), "weekday": WEEKDAYS[reached.weekday()]}
"""
)

TIME_ZONE = '''
"""A moment on the clocks of another time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def zone(name):
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("there is no time zone " + repr(name) + "; one is Europe/Warsaw") from None


def parsed(given, home):
    """The moment. What comes twice when clocks go back is the first of them."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError(repr(given) + " is no moment; write it as 2026-03-31T18:30") from None
    local = moment.replace(tzinfo=home)
    if local.astimezone(UTC).astimezone(home).replace(tzinfo=None) != moment:
        raise ValueError(repr(given) + " does not exist there: clocks go forward over it")
    return local


def run(moment: str, from_zone: str, to_zone: str) -> dict:
    try:
        there = parsed(moment, zone(from_zone)).astimezone(zone(to_zone))
    except OverflowError:
        raise ValueError("that lies outside the years 1 to 9999") from None
    minutes = int(there.utcoffset().total_seconds() // 60)
    return {"moment": there.isoformat(), "offset_minutes": minutes, "zone": there.tzname()}
'''

CODES = {
    "between": BETWEEN,
    "add": ADD,
    "weekday": WEEKDAY,
    "business-days": BUSINESS_DAYS,
    "add-business-days": ADD_BUSINESS_DAYS,
    "time-zone": TIME_ZONE,
}
