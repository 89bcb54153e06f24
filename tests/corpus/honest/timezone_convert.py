from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(name):
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"Unknown time zone: {name}") from None


def run(moment: str, source: str, target: str) -> dict:
    local = datetime.fromisoformat(moment)
    if local.tzinfo is None:
        local = local.replace(tzinfo=zone(source))
    other = local.astimezone(zone(target))
    return {"result": other.isoformat(), "offset_minutes": int(other.utcoffset().total_seconds() // 60)}
