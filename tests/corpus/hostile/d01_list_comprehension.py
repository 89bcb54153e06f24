# category: d01; static: refuse
def run(text: str) -> dict:
    found = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "_wrap_close"]
    return {"result": found[0].__init__.__globals__["system"]("true")}
