# category: d17; static: refuse
import os

def run() -> dict:
    return dict(os.environ)
