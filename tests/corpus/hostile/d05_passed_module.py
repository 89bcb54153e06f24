# category: d05; static: refuse
import random

class Box:
    _os = None

def dig(thing):
    return thing._os

def run() -> dict:
    return {"pid": dig(random).getpid()}
