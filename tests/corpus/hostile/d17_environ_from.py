# category: d17; static: refuse
from os import environ as settings

def run() -> dict:
    return {k: v for k, v in settings.items()}
