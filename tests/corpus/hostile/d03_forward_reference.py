# category: d03; static: refuse
from typing import List

caught = []

class Catch:
    def __call__(self):
        return None

    def __hash__(self):
        return 1

    def __eq__(self, other):
        caught.append(other)
        return True

    def _evaluate(self):
        return None

def run() -> dict:
    List["__import__('os').getpid"] == List[Catch()]
    found = [c for c in caught if str(c).startswith("ForwardRef")]
    return {"x": found[0]._evaluate({}, {}, frozenset())()}
