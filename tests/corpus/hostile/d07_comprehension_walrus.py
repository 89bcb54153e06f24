# category: d07; static: refuse
FOUND = [eval("1") or (eval := 1) for _ in [1]]

def run() -> dict:
    return {"v": FOUND}
