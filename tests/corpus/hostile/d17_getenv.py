# category: d17; static: refuse
import os as system

def run(name: str) -> dict:
    return {"value": system.getenv(name)}
