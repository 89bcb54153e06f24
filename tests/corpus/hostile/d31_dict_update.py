# category: d31; static: refuse
import math

def run() -> dict:
    math.__dict__.update(pi=3)
    return {"pi": math.pi}
