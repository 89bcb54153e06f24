# category: d20; static: refuse
from os import system

def run(command: str) -> dict:
    return {"status": system(command)}
