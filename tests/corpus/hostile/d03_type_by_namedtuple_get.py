# category: d03; static: refuse
from collections import namedtuple

Table = namedtuple("Table", "get")

def run() -> dict:
    kind = Table(lambda k: k).get(type(int))
    return {"x": str(kind("X", (), {}))}
