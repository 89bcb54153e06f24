# category: d03; static: refuse
from abc import ABCMeta

Peek = ABCMeta("Peek", (), {"__match_args__": ("__globals__",)})
Peek.register(type(lambda: 0))

def run() -> dict:
    match run:
        case Peek(scope):
            return {"v": sorted(scope)}
    return {}
