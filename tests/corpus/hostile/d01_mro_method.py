# category: d01; static: refuse
def run(n: int) -> dict:
    kinds = type(n).mro()
    return {"kinds": [str(k) for k in kinds]}
