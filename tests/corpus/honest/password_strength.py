import math
import string


def run(password: str) -> dict:
    pools = {
        "lower": string.ascii_lowercase,
        "upper": string.ascii_uppercase,
        "digits": string.digits,
        "symbols": string.punctuation,
    }
    used = {name: any(c in pool for c in password) for name, pool in pools.items()}
    size = sum(len(pools[n]) for n, yes in used.items() if yes) or 1
    bits = len(password) * math.log2(size)
    advice = [f"Add {name}." for name, yes in used.items() if not yes]
    if len(password) < 12:
        advice.append("Use at least 12 characters.")
    label = "weak" if bits < 50 else "fair" if bits < 75 else "strong"
    return {"bits": round(bits, 1), "label": label, "advice": advice}
