# category: d05; static: refuse
import collections

def run() -> dict:
    return {"mods": sorted(collections._sys.modules)}
