# category: d03; static: refuse
from enum import Enum, nonmember
class Maker:
    def __add__(self, other):
        return nonmember(1)
    def _convert_(self):
        return None
class E(Enum):
    x = Maker() + Maker()
def run() -> dict:
    made = E._convert_("X", "builtins", lambda n: n == "eval")
    return {"x": made["eval"].value("__import__('os').getpid()")}
