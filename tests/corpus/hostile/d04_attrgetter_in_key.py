# category: d04; static: refuse
from operator import attrgetter

def run(field: str) -> dict:
    items = sorted([run], key=attrgetter(field))
    return {"n": len(items)}
