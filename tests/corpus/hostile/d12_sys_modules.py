# category: d12; static: refuse
import sys

def run() -> dict:
    return {"cwd": sys.modules["os"].getcwd()}
