import functools
import random


class Flaky(Exception):
    pass


def retry(times=3, on=(Flaky,)):
    def decorate(func):
        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            last = None
            for attempt in range(times):
                try:
                    return func(*args, **kwargs)
                except on as e:
                    last = e
            raise last
        return wrapper
    return decorate


@retry(times=5)
def sample(rng, chance):
    if rng.random() > chance:
        raise Flaky("unlucky")
    return rng.randint(1, 6)


def run(seed: int, chance: float = 0.8, rolls: int = 3) -> dict:
    rng = random.Random(seed)
    try:
        return {"rolls": [sample(rng, chance) for _ in range(rolls)], "ok": True}
    except Flaky as error:
        return {"rolls": [], "ok": False, "error": f"{type(error).__name__}: {error}"}
