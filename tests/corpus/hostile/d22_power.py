# category: d22; static: refuse
def run() -> dict:
    return {"n": (9 ** 9 ** 9) % 7}
