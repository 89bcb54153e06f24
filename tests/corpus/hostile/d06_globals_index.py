# category: d06; static: refuse
def run() -> dict:
    b = globals()["__builtins__"]
    return {"n": len(str(b))}
