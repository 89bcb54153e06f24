# category: d03; static: refuse
from enum import Enum, nonmember

def auto():
    return nonmember(1)

class Mould(Enum):
    x = auto()

def run() -> dict:
    return {"x": str(Mould("Cast", {"__copy__": lambda self: 1, "A": 1}))}
