# category: d13; static: refuse
import cProfile

def run(code: str) -> dict:
    cProfile.run(code)
    return {}
