from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True)
class Event:
    start: datetime
    end: datetime
    title: str = field(compare=False)

    def __post_init__(self):
        if self.end <= self.start:
            raise ValueError(f"{self.title} ends before it starts")
        object.__setattr__(self, "title", self.title.strip())

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Event") -> bool:
        return self.start < other.end and other.start < self.end


def run(events: list[dict]) -> dict:
    parsed = sorted(
        Event(datetime.fromisoformat(e["start"]), datetime.fromisoformat(e["end"]), e["title"]) for e in events
    )
    clashes = []
    for i, first in enumerate(parsed):
        for second in parsed[i + 1:]:
            if first.overlaps(second):
                clashes.append([first.title, second.title])
            else:
                break
    busy = sum((e.duration for e in parsed), timedelta())
    return {"clashes": clashes, "busy_minutes": int(busy.total_seconds() // 60)}
