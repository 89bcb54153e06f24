# category: d24; static: refuse
import sys

def dive(n):
    return dive(n + 1)

def run() -> dict:
    sys.setrecursionlimit(10**8)
    return {"n": dive(0)}
