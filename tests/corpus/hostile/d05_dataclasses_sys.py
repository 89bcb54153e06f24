# category: d05; static: refuse
import dataclasses as dc

def run() -> dict:
    m = dc.sys.modules["o" + "s"]
    return {"cwd": m.getcwd()}
