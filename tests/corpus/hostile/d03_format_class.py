# category: d03; static: refuse
def run(text: str) -> dict:
    return {"out": "{0.__class__.__mro__}".format(text)}
