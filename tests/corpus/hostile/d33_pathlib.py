# category: d33; static: refuse
from pathlib import Path

def run(name: str) -> dict:
    return {"text": (Path("/data") / name).read_text()}
