# category: d06; static: refuse
def run() -> dict:
    kind = type("X", (object,), {"__getattr__": lambda self, n: n})
    return {"v": kind().anything}
