import contextlib
import time


@contextlib.contextmanager
def measured(results, name):
    start = time.perf_counter()
    try:
        yield
    finally:
        results[name] = time.perf_counter() - start


def run(n: int) -> dict:
    times = {}
    with measured(times, "list"):
        a = sum([i * i for i in range(n)])
    with measured(times, "generator"):
        b = sum(i * i for i in range(n))
    with contextlib.suppress(ZeroDivisionError):
        times["ratio"] = times["list"] / times["generator"]
    return {"equal": a == b, "seconds": {k: round(v, 9) for k, v in times.items()}}
