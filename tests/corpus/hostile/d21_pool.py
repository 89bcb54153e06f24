# category: d21; static: refuse
from concurrent.futures import ProcessPoolExecutor

def run() -> dict:
    with ProcessPoolExecutor(100) as pool:
        return {"v": list(pool.map(abs, range(100)))}
