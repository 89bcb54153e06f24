# category: d17; static: refuse
from os.path import expandvars

def run(text: str) -> dict:
    return {"text": expandvars(text)}
