# category: d19; static: refuse
from shutil import chown

def run(path: str) -> dict:
    chown(path, "root")
    return {}
