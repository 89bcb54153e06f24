from datetime import date, timedelta

HOLIDAYS_FIXED = {(1, 1), (5, 1), (12, 25), (12, 26)}


def _is_business_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS_FIXED


def run(start: str, days: int) -> dict:
    current = date.fromisoformat(start)
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    while left:
        current += step
        if _is_business_day(current):
            left -= 1
    return {"date": current.isoformat(), "weekday": current.strftime("%A")}
