# category: d04; static: refuse
from functools import reduce

def run() -> dict:
    return {"v": str(reduce(getattr, ["__class__", "__base__"], ()))}
