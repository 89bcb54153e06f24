# category: d03; static: refuse
from abc import ABC

class Open(ABC):
    pass

def run() -> dict:
    Open.register(type(run))
    match run:
        case Open(scope):
            return {"v": str(scope)}
    return {}
