# category: d12; static: refuse
import pkgutil

def run() -> dict:
    return {"cwd": pkgutil.resolve_name("os:getcwd")()}
