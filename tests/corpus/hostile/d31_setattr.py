# category: d31; static: refuse
import json

def run(text: str) -> dict:
    setattr(json, "loads", str)
    return {}
