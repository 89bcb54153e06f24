# category: d03; static: refuse
import copy
from types import SimpleNamespace

class Plain:
    pass

def rebuild(protocol):
    return (lambda: Plain), (), (None, {"__match_args__": ("__dict__",)})

def run() -> dict:
    copy.copy(SimpleNamespace(**{"__reduce_ex__": rebuild}))
    return {}
