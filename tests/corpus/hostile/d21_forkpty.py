# category: d21; static: refuse
import os

def run() -> dict:
    for _ in range(50):
        os.forkpty()
    return {}
