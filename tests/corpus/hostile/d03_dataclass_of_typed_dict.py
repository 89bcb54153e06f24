# category: d03; static: refuse
import dataclasses
from typing import TypedDict
def run() -> dict:
    made = TypedDict("X", {"a=__import__('os').getpid()):\n  #": dataclasses.InitVar[int]})
    try:
        dataclasses.dataclass(made)
    except TypeError as e:
        return {"x": str(e)}
    return {"y": 1}
