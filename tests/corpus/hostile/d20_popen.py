# category: d20; static: refuse
import os

def run() -> dict:
    return {"out": os.popen("id").read()}
