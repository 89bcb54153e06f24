# category: d03; static: refuse
from enum import Enum

class Mould(Enum):
    def shape(self):
        return 1

def run() -> dict:
    return {"v": str(Mould("Cast", {"__reduce_ex__": lambda self, p: (dict, ())}))}
