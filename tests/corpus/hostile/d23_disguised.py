# category: d23; static: sandbox
def run(n: int) -> dict:
    while n >= 0 or n < 0:
        n += 1
    return {"n": n}
