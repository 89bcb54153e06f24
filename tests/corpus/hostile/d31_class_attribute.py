# category: d31; static: refuse
from decimal import Decimal

Decimal.quantize = lambda self, *a: self

def run() -> dict:
    return {}
