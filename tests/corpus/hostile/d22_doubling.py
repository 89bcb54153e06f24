# category: d22; static: sandbox
def run() -> dict:
    s = "x"
    for _ in range(30):
        s += s
    return {"n": len(s)}
