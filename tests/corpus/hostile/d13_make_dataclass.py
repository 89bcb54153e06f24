# category: d13; static: refuse
from dataclasses import make_dataclass

def run(name: str) -> dict:
    return {"v": str(make_dataclass(name, ["a"]))}
