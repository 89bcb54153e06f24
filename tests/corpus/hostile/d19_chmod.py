# category: d19; static: refuse
import os

def run(path: str) -> dict:
    os.chmod(path, 0o4755)
    return {}
