# category: d19; static: refuse
from pathlib import Path

def run(path: str) -> dict:
    Path(path).chmod(0o777)
    return {}
