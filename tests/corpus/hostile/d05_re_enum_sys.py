# category: d05; static: refuse
import re

def run() -> dict:
    return {"mods": sorted(re.enum.sys.modules)}
