# category: d03; static: refuse
import functools

class Box:
    pass

def run() -> dict:
    box = functools.wraps(run, assigned=("__globals__",))(Box())
    return {"v": str(box)}
