# category: d03; static: refuse
def run() -> dict:
    name = "".join(["__", "class", "__"])
    return {"c": str(getattr("", name))}
