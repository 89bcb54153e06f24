# category: d23; static: refuse
def run(n: int) -> dict:
    while 1:
        n += 1
    return {"n": n}
