# category: d21; static: refuse
import os
import time

def run() -> dict:
    for _ in range(200):
        os.fork() or time.sleep(1)
    return {}
