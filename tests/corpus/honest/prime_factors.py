from math import gcd, isqrt
import random


def is_prime(n):
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def rho(n, rng):
    if n % 2 == 0:
        return 2
    root = isqrt(n)
    if root * root == n:
        return root
    while True:
        x = y = rng.randrange(2, n)
        c, d = rng.randrange(1, n), 1
        while d == 1:
            x = (x * x + c) % n
            y = (y * y + c) % n
            y = (y * y + c) % n
            d = gcd(abs(x - y), n)
        if d != n:
            return d


def run(n: int) -> dict:
    rng = random.Random(n)
    todo, primes = [n], []
    while todo:
        m = todo.pop()
        if m == 1:
            continue
        if is_prime(m):
            primes.append(m)
        else:
            d = rho(m, rng)
            todo += [d, m // d]
    return {"factors": sorted(primes), "prime": primes == [n]}
