import calendar


def run(year: int, month: int, first: str = "monday") -> dict:
    day = getattr(calendar, "SUNDAY") if first == "sunday" else calendar.MONDAY
    cal = calendar.Calendar(firstweekday=day)
    weeks = [[d or None for d in week] for week in cal.monthdayscalendar(year, month)]
    return {
        "name": calendar.month_name[month],
        "weeks": weeks,
        "leap": calendar.isleap(year),
        "text": calendar.TextCalendar(day).formatmonth(year, month),
    }
