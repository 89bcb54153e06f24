# category: d31; static: refuse
import builtins

builtins.open = lambda *a: None

def run() -> dict:
    return {}
