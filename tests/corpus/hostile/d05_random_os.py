# category: d05; static: refuse
import random

def run() -> dict:
    return {"pid": random._os.getpid()}
