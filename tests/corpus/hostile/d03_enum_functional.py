# category: d03; static: refuse
from enum import Enum

def run() -> dict:
    make = Enum("Make", {"__copy__": None, "A": 1})
    return {"v": str(make.A)}
