# category: d03; static: refuse
def run() -> dict:
    return {"c": str(getattr((), "__cla" + "ss__"))}
