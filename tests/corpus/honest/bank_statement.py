from collections import namedtuple
from decimal import Decimal, InvalidOperation
from itertools import groupby

Entry = namedtuple("Entry", "day text amount")


def parse(line):
    day, text, amount = (part.strip() for part in line.split(";"))
    try:
        return Entry(day, text, Decimal(amount.replace(".", "").replace(",", ".")))
    except InvalidOperation as exc:
        raise ValueError(f"bad amount in {line!r}") from exc


def run(statement: str) -> dict:
    entries = sorted(parse(l) for l in statement.splitlines() if l.strip())
    months = {}
    for month, group in groupby(entries, key=lambda e: e.day[:7]):
        group = list(group)
        months[month] = {
            "in": str(sum(e.amount for e in group if e.amount > 0)),
            "out": str(sum(e.amount for e in group if e.amount < 0)),
            "largest": max(group, key=lambda e: abs(e.amount))._asdict()["text"],
        }
    return {"months": months, "balance": str(sum((e.amount for e in entries), Decimal()))}
