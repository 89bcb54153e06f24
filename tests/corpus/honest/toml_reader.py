import tomllib
from datetime import date, datetime, time


def plain(value):
    match value:
        case dict():
            return {k: plain(v) for k, v in value.items()}
        case list():
            return [plain(v) for v in value]
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return value


def run(text: str) -> dict:
    try:
        return {"document": plain(tomllib.loads(text))}
    except tomllib.TOMLDecodeError as e:
        raise ValueError(f"Invalid TOML: {e}")
