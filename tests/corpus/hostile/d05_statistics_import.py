# category: d05; static: refuse
from statistics import sys

def run() -> dict:
    return {"path": sys.path}
