# category: d22; static: sandbox
import itertools

def run() -> dict:
    return {"n": len(list(itertools.product(range(100), repeat=4)))}
