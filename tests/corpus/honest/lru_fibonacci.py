import functools


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def run(n: int) -> dict:
    if n < 0 or n > 500:
        raise ValueError("n must lie between 0 and 500")
    for i in range(0, n, 50):
        fib(i)
    return {"value": str(fib(n)), "digits": len(str(fib(n)))}
