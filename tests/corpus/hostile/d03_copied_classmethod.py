# category: d03; static: refuse
import copy
from functools import wraps
from typing import NewType
class C:
    @classmethod
    @wraps(NewType("__mro__", int))
    def m(cls):
        return None
def run() -> dict:
    return {"x": str(copy.copy(C.m))}
