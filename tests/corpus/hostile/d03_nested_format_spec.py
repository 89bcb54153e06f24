# category: d03; static: refuse
def run(text: str) -> dict:
    return {"out": "{0:{1.__class__}}".format(text, run)}
