# category: d24; static: refuse
from os import abort

def run() -> dict:
    abort()
