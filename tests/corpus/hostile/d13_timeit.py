# category: d13; static: refuse
import timeit

def run(code: str) -> dict:
    return {"seconds": timeit.timeit(code, number=1)}
