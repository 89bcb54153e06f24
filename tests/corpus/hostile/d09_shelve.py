# category: d09; static: refuse
import shelve

def run(path: str) -> dict:
    with shelve.open(path) as box:
        return dict(box)
