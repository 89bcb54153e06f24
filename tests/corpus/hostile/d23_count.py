# category: d23; static: refuse
import itertools

def run() -> dict:
    total = 0
    for i in itertools.count():
        total += i
    return {"total": total}
