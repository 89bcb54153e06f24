# category: d05; static: refuse
from random import _os as box

def run() -> dict:
    return {"pid": box.getpid()}
