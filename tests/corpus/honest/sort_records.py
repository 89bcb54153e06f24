from operator import attrgetter, itemgetter
from types import SimpleNamespace


def run(records: list, by: str = "name", descending: bool = False) -> dict:
    people = [SimpleNamespace(**r) for r in records]
    by_name = sorted(people, key=attrgetter("name"))
    chosen = sorted(records, key=itemgetter(by), reverse=descending)
    return {"names": [p.name for p in by_name], "records": chosen}
