# category: d31; static: refuse
import html
import math

def run() -> dict:
    math.pi, x = 3, 4
    return {"pi": math.pi}
