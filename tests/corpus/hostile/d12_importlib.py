# category: d12; static: refuse
import importlib

def run() -> dict:
    return {"cwd": importlib.import_module("o" + "s").getcwd()}
