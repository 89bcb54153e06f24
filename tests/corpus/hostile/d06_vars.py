# category: d06; static: refuse
import json

def run() -> dict:
    return {"n": sorted(vars(json)["__builtins__"])}
