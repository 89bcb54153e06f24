# category: d03; static: refuse
from types import SimpleNamespace
import dataclasses
def run() -> dict:
    kind = SimpleNamespace(get=lambda k: k).get(type(int))
    made = kind("X", (), {"__annotations__": {"\"+str(__import__('os').getpid())#": int}})
    shown = dataclasses.dataclass(made, init=False, eq=False) if False else dataclasses.dataclass(init=False, eq=False)(made)
    return {"x": repr(shown()), "k": str(kind)}
