# category: d18; static: refuse
import os

def run() -> dict:
    with open(os.path.expanduser("~/.bashrc"), "a") as f:
        f.write("# marker\n")
    return {}
