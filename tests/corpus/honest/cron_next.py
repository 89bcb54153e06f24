"""Next run times of a five-field cron expression."""
from datetime import datetime, timedelta

FIELDS = [("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 6)]


def parse_field(text, low, high):
    values = set()
    for part in text.split(","):
        step = 1
        if "/" in part:
            part, step_text = part.split("/", 1)
            step = int(step_text)
        if part == "*":
            start, end = low, high
        elif "-" in part:
            start, end = (int(x) for x in part.split("-", 1))
        else:
            start = end = int(part)
        if not low <= start <= end <= high:
            raise ValueError(f"{text!r} is outside {low}-{high}")
        values.update(range(start, end + 1, step))
    return values


def run(expression: str, after: str, count: int = 3) -> dict:
    parts = expression.split()
    if len(parts) != len(FIELDS):
        raise ValueError("A cron expression has five fields.")
    sets = {name: parse_field(text, low, high) for text, (name, low, high) in zip(parts, FIELDS)}
    moment = datetime.fromisoformat(after).replace(second=0, microsecond=0)
    found = []
    limit = moment + timedelta(days=366)
    while len(found) < count and moment < limit:
        moment += timedelta(minutes=1)
        if (
            moment.minute in sets["minute"]
            and moment.hour in sets["hour"]
            and moment.day in sets["day"]
            and moment.month in sets["month"]
            and (moment.weekday() + 1) % 7 in sets["weekday"]
        ):
            found.append(moment.isoformat())
    return {"next": found}
