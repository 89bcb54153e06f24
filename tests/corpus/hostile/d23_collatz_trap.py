# category: d23; static: sandbox
def run(n: int) -> dict:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else n
        steps += 1
    return {"steps": steps}
