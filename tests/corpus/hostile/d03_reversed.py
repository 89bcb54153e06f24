# category: d03; static: refuse
def run() -> dict:
    read = getattr
    return {"c": str(read([], "__ssalc__"[::-1]))}
