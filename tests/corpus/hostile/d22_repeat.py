# category: d22; static: refuse
def run() -> dict:
    return {"n": len("x" * 10**9)}
